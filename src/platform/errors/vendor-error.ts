/** A vendor did not do what was asked. `uncertain` says that it may have done it all the same. */
export class VendorError extends Error {
  constructor(
    readonly vendor: 'qbo' | 'stripe',
    message: string,
    readonly facts: {
      /** Stable, for programs: `qbo_throttled`. */
      code: string;
      /** The HTTP status that tells our caller about it. */
      status: 409 | 502 | 503;
      retryable: boolean;
      /** True when the request may have taken effect although no answer said so. */
      uncertain: boolean;
      /** The vendor's own trace id: Intuit's `intuit_tid`, Stripe's request id. */
      vendorRequestId?: string;
      /** The vendor's own code and HTTP status: `6240`, 400. */
      vendorCode?: string;
      vendorStatus?: number;
      /** Seconds after which the vendor, or we, can be asked again, where that is known. */
      retryAfterSeconds?: number;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.name = 'VendorError';
  }
}
