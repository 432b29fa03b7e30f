/** A time zone that an organisation had, and the instant from which on it had another. */
export interface FormerTimeZone {
  zone: string;
  /** ISO 8601. */
  until: string;
}

/**
 * The day of an instant in the time zone that its organisation had then, as an expression of SQL: whatever the setting
 * becomes, what happened keeps its day, as the documents in QuickBooks do. The first parameter of the statement is the
 * organisation; `zone` is the one of now.
 */
export const dayOfOrgSql = (instant: string, zone: string): string => `
  (${instant} at time zone coalesce(
    (select f ->> 'zone' from org_settings s, jsonb_array_elements(s.former_time_zones) f
      where s.org_id = $1 and ${instant} < (f ->> 'until')::timestamptz
      order by (f ->> 'until')::timestamptz limit 1), ${zone}))::date`;
