import { isCalendarDay } from '../platform/time/calendar-day.js';
import { csvLine } from '../platform/text/csv.js';
import type { AuditQuery, AuditEntryView } from './audit.dto.js';
import type { AuditEntry, AuditFilter } from './audit-entry.js';
import { normalizedEmail } from '../platform/text/email-address.js';

const DAY_MS = 86_400_000;

export function auditEntryView(entry: AuditEntry): AuditEntryView {
  const { at, actor, action, subject, before, after, ip, requestId } = entry;
  return {
    at: at.toISOString(),
    actor: actor && { id: actor.id, email: actor.email, full_name: actor.fullName },
    action,
    subject,
    before,
    after,
    ip,
    request_id: requestId,
  };
}

export const AUDIT_CSV_HEAD = csvLine([
  'at',
  'actor',
  'actor_email',
  'action',
  'subject',
  'before',
  'after',
  'ip',
  'request_id',
]);

export function auditCsvLine({
  at,
  actor,
  action,
  subject,
  before,
  after,
  ip,
  requestId,
}: AuditEntry): string {
  return csvLine([
    at.toISOString(),
    actor?.fullName ?? null,
    actor?.email ?? null,
    action,
    subject,
    before && JSON.stringify(before),
    after && JSON.stringify(after),
    ip,
    requestId,
  ]);
}

/** What is asked for. A `to` that is a day includes the day. Null where a date is none: there is no 31 February. */
export function auditFilterOf({ actor, action, from, to }: AuditQuery): AuditFilter | null {
  const since = from === undefined ? undefined : new Date(from);
  const until = to === undefined ? undefined : new Date(to);
  if (![from, to].every((text) => text === undefined || isCalendarDay(text.slice(0, 10)))) return null;
  if ([since, until].some((date) => date && Number.isNaN(date.getTime()))) return null;
  return {
    actor: actor !== undefined && /^\d{1,9}$/.test(actor) ? Number(actor) : actor && normalizedEmail(actor),
    action,
    from: since,
    to: until && isCalendarDay(to) ? new Date(until.getTime() + DAY_MS) : until,
  };
}
