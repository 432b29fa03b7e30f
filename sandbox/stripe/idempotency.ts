import { StripeError } from './stripe-error.ts';

/** How long Stripe remembers a key, in milliseconds of the sandbox clock. */
const memoryMs = 24 * 3_600_000;
const keyLengthMax = 255;

interface Kept {
  path: string;
  parameters: string;
  status: number;
  body: object;
  requestId: string;
  keptAt: number;
}

/** The first answer under each idempotency key, given again to whoever repeats the request. */
export class Idempotency {
  readonly #kept = new Map<string, Kept>();

  /** The answer to give again; null for a new key. Throws when the key belongs to another request. */
  replayOf(key: string, path: string, parameters: string, now: number): Kept | null {
    if (key.length > keyLengthMax)
      throw new StripeError('The Idempotency-Key header is limited to 255 characters.', {
        type: 'idempotency_error',
      });
    const kept = this.#kept.get(key);
    if (!kept || now - kept.keptAt >= memoryMs) return null;
    if (kept.path !== path)
      throw new StripeError(
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${kept.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    if (kept.parameters !== parameters)
      throw new StripeError(
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    return kept;
  }

  keep(key: string, answer: Kept): void {
    this.#kept.set(key, answer);
  }
}
