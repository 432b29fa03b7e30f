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
 * `zone` is the one of now.
 */
export const dayOfOrgSql = (instant: string, zone: string): string => `
  (${instant} at time zone coalesce(
    (select f ->> 'zone' from org_settings s, jsonb_array_elements(s.former_time_zones) f
      where s.org_id = $1 and ${instant} >= (f ->> 'since')::timestamptz and ${instant} < (f ->> 'until')::timestamptz
      limit 1), ${zone}))::date`;
