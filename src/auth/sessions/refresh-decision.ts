const GRACE_MS = 10_000;

/** The answer to an exchange is held back for so long: whoever asks within it cannot have seen the answer. */
export const ANSWER_HELD_MS = 100;

/** What is known of a refresh token. */
export interface TicketFacts {
  readonly expiresAt: Date;
  /** When it was exchanged for its successor. */
  readonly usedAt: Date | null;
  /** When its session was ended before its time. */
  readonly endedAt: Date | null;
}

/** `rotate`: exchange it. `repeat`: hand out the same successor again. `reuse`: someone has a copy, end the sign-in. */
export type RefreshDecision = 'rotate' | 'repeat' | 'reuse' | 'refuse';

/**
 * What to do with a refresh token that is presented. Pure. A used one is an alarm, except from a request that came
 * before the exchange was answered: then one honest client sent two in parallel and gets one successor for both.
 * `arrivedAt` is when this request came, `seenUnused` whether the token was still unused when it looked first.
 */
export function refreshDecision(
  ticket: TicketFacts,
  request: { arrivedAt: Date; seenUnused: boolean; now: Date },
): RefreshDecision {
  const { arrivedAt, seenUnused, now } = request;
  if (ticket.endedAt || ticket.expiresAt <= now) return 'refuse';
  if (!ticket.usedAt) return 'rotate';
  const usedAtMs = ticket.usedAt.getTime();
  // By a clock that far ahead no request would have come later: only what this one saw itself counts.
  const isByOtherClock = usedAtMs > now.getTime() + GRACE_MS;
  const parallel = seenUnused || (!isByOtherClock && arrivedAt.getTime() < usedAtMs + ANSWER_HELD_MS);
  const fresh = now.getTime() <= usedAtMs + GRACE_MS;
  return parallel && fresh ? 'repeat' : 'reuse';
}
