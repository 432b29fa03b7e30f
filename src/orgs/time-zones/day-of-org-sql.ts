/** A time zone that an organisation had between two instants; ISO 8601. */
export interface FormerTimeZone {
  zone: string;
  since: string;
  until: string;
}

/**
 * The day of an instant in the time zone that its organisation had then, as an expression of SQL: whatever the setting
 * becomes, what happened keeps its day, as the documents in QuickBooks do. What lies before the organisation's first
 * zone was brought from elsewhere, and is of the one of now. The first parameter of the statement is the organisation;
 * `zone` is the one of now. Most organisations never had another: that is asked once for a statement, and the zones of
 * before for each instant only where there are any.
 */
export const dayOfOrgSql = (instant: string, zone: string): string => `
  (${instant} at time zone coalesce(
    case when (select s.former_time_zones <> '[]' from org_settings s where s.org_id = $1) then
      (select f ->> 'zone' from org_settings s, jsonb_array_elements(s.former_time_zones) f
        where s.org_id = $1 and ${isWithin(instant)} limit 1) end, ${zone}))::date`;

/** The same of the organisation whose settings are a row of this name in the statement; UTC where it has none. */
export const dayBySettingsSql = (instant: string, settings: string): string => `
  (${instant} at time zone coalesce(
    (select f ->> 'zone' from jsonb_array_elements(${settings}.former_time_zones) f
      where ${isWithin(instant)} limit 1), ${settings}.time_zone, 'UTC'))::date`;

/** True where the organisation had a zone `f` at the instant. */
function isWithin(instant: string): string {
  return `${instant} >= (f ->> 'since')::timestamptz and ${instant} < (f ->> 'until')::timestamptz`;
}
