import type { QboError, QboErrorKind } from '../../api/errors/qbo-error.js';
import { delayAfterMs } from '../../operations/operation-policy.js';
import type { CustomerSync, SkipReason } from './customer-sync.js';
import { after } from '../../../platform/time/after.js';

export type CustomerResult = CustomerSync['result'] | 'not_found';

/** What came of one customer among many: an end, or a time to try again. `error` is a sentence for people. */
export type CustomerOutcome =
  | {
      final: true;
      result: CustomerResult;
      qboCustomerId: string | null;
      error: string | null;
      /** It was in QuickBooks before and is linked now. */
      adopted?: true;
      /** Of one that was skipped. */
      because?: SkipReason;
    }
  | { final: false; kind: QboErrorKind; at: Date; error: string };

const ATTEMPTS_MAX = 8;
/** A call that was lost says little about the next one. */
const PAUSE_MAX_MS = 10_000;
/** The connection is looked at again: what is left is skipped then. */
const WITHOUT_CONNECTION: ReadonlySet<QboErrorKind> = new Set(['not_connected', 'needs_reauth']);

export const NOT_FOUND: CustomerOutcome = {
  final: true,
  result: 'not_found',
  qboCustomerId: null,
  error: 'There is no such customer.',
};

/**
 * What the sync of one customer means for the whole. A failure that may pass is tried again by the rule of its kind, as
 * long as its creation still stands to be carried out (`open`): what has been refused, or waits for a person, is over.
 * `random` is in [0, 1).
 */
export function outcomeOf(
  sync: CustomerSync,
  { attempts, open, now, random }: { attempts: number; open: boolean; now: Date; random: number },
): CustomerOutcome {
  if (sync.result === 'error' && attempts < ATTEMPTS_MAX && passes(sync.failure, open)) {
    const { kind, detail } = sync.failure;
    const ruleMs = WITHOUT_CONNECTION.has(kind) ? 0 : delayAfterMs(kind, attempts, random);
    const delayMs = Math.max(ruleMs, (detail.retryAfterSeconds ?? 0) * 1000);
    return { final: false, kind, at: after(now, delayMs), error: sync.error };
  }
  return {
    final: true,
    result: sync.result,
    qboCustomerId: sync.qboCustomerId,
    error: sync.ok ? null : sync.error,
    adopted: sync.ok ? sync.adopted : undefined,
    because: sync.result === 'skipped' ? sync.because : undefined,
  };
}

/**
 * Until when nothing more should be sent after these, or null where the rest can go on: QuickBooks asked to slow down,
 * or none of them got through. What concerns single customers holds up nobody else.
 */
export function pauseAfter(outcomes: readonly CustomerOutcome[], now: Date): Date | null {
  const again = outcomes.filter((outcome) => !outcome.final);
  const throttled = again.filter(({ kind }) => kind === 'throttled');
  if (throttled.length > 0) return earliest(throttled.map(({ at }) => at));
  if (again.length === 0 || again.length < outcomes.length) return null;
  const soon = earliest(again.map(({ at }) => at));
  return new Date(Math.min(soon.getTime(), now.getTime() + PAUSE_MAX_MS));
}

function earliest(instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((instant) => instant.getTime())));
}

function passes({ kind, facts }: QboError, open: boolean): boolean {
  return open && (facts.retryable || WITHOUT_CONNECTION.has(kind));
}
