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
  createdAt: Date;
}

const FIRST_DELAY_MS = 10_000;
const DELAY_MAX_MS = 300_000;
const LIFE_MS = 86_400_000;

/** When a message that failed so many times is tried again; null where it is a day old and given up. Pure. */
export function nextAlertAttempt(
  { attempts, createdAt }: Pick<AlertMessage, 'attempts' | 'createdAt'>,
  now: Date,
): Date | null {
  if (now.getTime() - createdAt.getTime() >= LIFE_MS) return null;
  return new Date(now.getTime() + Math.min(FIRST_DELAY_MS * 2 ** Math.max(attempts - 1, 0), DELAY_MAX_MS));
}
