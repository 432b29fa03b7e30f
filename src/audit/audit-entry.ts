import type { AuditAction } from './audit-action.js';
import type { CalendarDay } from '../platform/time/calendar-day.js';
import type { AuditValues } from './audit-values.js';

/** What an action was done to: `invoice:12`. */
export type AuditSubject = `${string}:${string | number}`;

/** What somebody did. Who, from where and in which request is known from the request it is recorded in. */
export interface Deed {
  readonly action: AuditAction;
  readonly subject: AuditSubject;
  /** The proposal it belongs to, whose timeline then names the person. */
  readonly proposalId?: number | null;
  readonly before?: AuditValues | null;
  readonly after?: AuditValues | null;
  /** The person, where the request itself does not know one yet: a sign-in. */
  readonly userId?: number;
}

/** One line of the audit log, as it was written. */
export interface AuditEntry {
  readonly id: number;
  readonly at: Date;
  /** Null: nobody who is signed in; a customer at a link, a command of the operator, or a sign-in that failed. */
  readonly actor: { readonly id: number; readonly email: string; readonly fullName: string } | null;
  readonly action: AuditAction;
  readonly subject: AuditSubject;
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
  readonly ip: string | null;
  readonly requestId: string | null;
}

export interface AuditFilter {
  /** Number or e-mail of a person. */
  readonly actor?: number | string;
  /** One action, or the part before the dot: `invoice`. */
  readonly action?: string;
  /** From this instant on, and before that one; of days where the organisation works, both are included. */
  readonly from?: Date | CalendarDay;
  readonly to?: Date | CalendarDay;
}
