import { StripeError } from './stripe-error.ts';

/** How long Stripe remembers a key, in milliseconds of the sandbox clock. */
const memoryMs = 24 * 3_600_000;
const keyLengthMax = 255;

interface StoredResponse {
  path: string;
  parameters: string;
  status: number;
  body: object;
  requestId: string;
  storedAt: number;
}

/** The first answer under each idempotency key, given again to whoever repeats the request. */
export class Idempotency {
  readonly #responses = new Map<string, StoredResponse>();

  /** The answer to give again; null for a new key. Throws when the key belongs to another request. */
  replayOf(key: string, path: string, parameters: string, now: number): StoredResponse | null {
    if (key.length > keyLengthMax)
      throw new StripeError('The Idempotency-Key header is limited to 255 characters.', {
        type: 'idempotency_error',
      });
    const stored = this.#responses.get(key);
    if (!stored || now - stored.storedAt >= memoryMs) return null;
    if (stored.path !== path)
      throw new StripeError(
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ` +
          `('${path}' vs '${stored.path}'). Try using a key other than '${key}' if you meant to execute a ` +
          `different request.`,
        { type: 'idempotency_error' },
      );
    if (stored.parameters !== parameters)
      throw new StripeError(
        `Keys for idempotent requests can only be used with the same parameters they were first used ` +
          `with. Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    return stored;
  }

  store(key: string, answer: StoredResponse): void {
    this.#responses.set(key, answer);
  }

  forget(): void {
    this.#responses.clear();
  }
}
