import { type CalendarDay, isCalendarDay } from '../platform/time/calendar-day.js';
import { csvLine } from '../platform/text/csv.js';
import type { AuditQuery, AuditEntryView } from './audit.dto.js';
import type { AuditEntry, AuditFilter } from './audit-entry.js';
import { normalizedEmail } from '../platform/text/email-address.js';

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

/** What is asked for. Null where a date is none: there is no 31 February. */
export function auditFilterOf({ actor, action, from, to }: AuditQuery): AuditFilter | null {
  if (![from, to].every((text) => text === undefined || isDayOrInstant(text))) return null;
  return {
    actor: actor !== undefined && /^\d{1,9}$/.test(actor) ? Number(actor) : actor && normalizedEmail(actor),
    action,
    from: from && dayOrInstant(from),
    to: to && dayOrInstant(to),
  };
}

/** True of a range that ends before it begins. Of a day and an instant only the database knows. */
export function isReversed({ from, to }: AuditFilter): boolean {
  if (typeof from === 'string' && typeof to === 'string') return from > to;
  return from instanceof Date && to instanceof Date && from >= to;
}

function isDayOrInstant(text: string): boolean {
  return isCalendarDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

function dayOrInstant(text: string): CalendarDay | Date {
  return isCalendarDay(text) ? text : new Date(text);
}
