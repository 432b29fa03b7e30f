import type { ReconciliationReason } from './reconciliation-trigger.js';
import { after } from '../../../platform/time/after.js';

export type ReconciliationStatus = 'queued' | 'running' | 'done' | 'failed';

/** A full comparison as far as it has got. Counts of invoices, but for the calls. */
export interface ReconciliationProgress {
  id: string;
  reason: ReconciliationReason;
  status: ReconciliationStatus;
  /** How many are compared; null before it begins. */
  total: number | null;
  done: number;
  changed: number;
  paid: number;
  failed: number;
  calls: number;
  /** Why it failed, or why it goes on later, in one sentence. */
  error: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

const FREE_CALLS = 3;
const REST_SECONDS_PER_CALL = 5;
const REST_SECONDS_MAX = 60;

/**
 * When the next comparison may begin after one that began at `startedAt`: at once after a small one, up to a minute
 * later where it took many calls, so that asking again and again does not use up what QuickBooks allows.
 */
export function restedAt(startedAt: Date, calls: number): Date {
  const seconds = Math.min(Math.max(calls - FREE_CALLS, 0) * REST_SECONDS_PER_CALL, REST_SECONDS_MAX);
  return after(startedAt, seconds * 1000);
}
