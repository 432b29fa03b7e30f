/** A refusal in Stripe's words: an HTTP status and the `error` object of the answer. */
export class StripeError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | undefined;
  readonly param: string | undefined;

  constructor(message: string, more: { status?: number; type?: string; code?: string; param?: string } = {}) {
    super(message);
    this.status = more.status ?? 400;
    this.type = more.type ?? 'invalid_request_error';
    this.code = more.code;
    this.param = more.param;
  }

  toBody(): { error: Record<string, string> } {
    return {
      error: {
        ...(this.code !== undefined && {
          code: this.code,
          doc_url: `https://stripe.com/docs/error-codes/${this.code.replaceAll('_', '-')}`,
        }),
        message: this.message,
        ...(this.param !== undefined && { param: this.param }),
        type: this.type,
      },
    };
  }
}

export const missing = (param: string): StripeError =>
  new StripeError(`Missing required param: ${param}.`, { code: 'parameter_missing', param });

export const invalid = (param: string, message: string): StripeError => new StripeError(message, { param });

export const noSuch = (what: string, id: string, param = 'id'): StripeError =>
  new StripeError(`No such ${what}: '${id}'`, { status: 404, code: 'resource_missing', param });
