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

/** Two forms that say the same, in whatever order, are the same parameters. Pure. */
export function parametersOf(encoded: string): string {
  const pairs = [...new URLSearchParams(encoded)];
  return JSON.stringify(pairs.toSorted(([a], [b]) => (a === b ? 0 : a < b ? -1 : 1)));
}

/** The first answer under each idempotency key, given again to whoever repeats the request. */
export class Idempotency {
  readonly #responses = new Map<string, StoredResponse>();
  readonly #underWay = new Set<string>();

  /** A request under this key begins; refused while another is under way. */
  begin(key: string): void {
    if (this.#underWay.has(key))
      throw new StripeError(
        'There is currently another in-progress request using this Idempotent Key (that probably means you ' +
          `submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        { status: 409, code: 'idempotency_key_in_use' },
      );
    this.#underWay.add(key);
  }

  end(key: string): void {
    this.#underWay.delete(key);
  }

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

  /** The work of a request was done, and something failed after it: that failure is what Stripe keeps. */
  fail(key: string, requestId: string, outcome: { status: number; body: object }): void {
    const stored = this.#responses.get(key);
    if (stored?.requestId === requestId) this.store(key, { ...stored, ...outcome });
  }

  forget(): void {
    this.#responses.clear();
    this.#underWay.clear();
  }
}
