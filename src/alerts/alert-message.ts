import type { Backoff } from '../jobs/backoff.js';
import { DAY_MS } from '../platform/time/after.js';

/** A message on its way to one address. */
export interface AlertMessage {
  id: string;
  /** Null where it is about the whole installation. */
  orgId: number | null;
  channel: 'slack' | 'email';
  /** An e-mail address; null on Slack, where the webhook is the address. */
  recipient: string | null;
  subject: string;
  body: string;
  attempts: number;
  /** Why the attempt before failed. */
  problem: string | null;
  createdAt: Date;
}

/** When a message that was not taken is tried again: a day after it was written it is given up. */
export const ALERT_BACKOFF: Backoff = { firstMs: 10_000, maxMs: 300_000, jitter: 0, lifeMs: DAY_MS };
