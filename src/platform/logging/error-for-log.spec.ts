import { describe, expect, it } from 'vitest';
import { VendorError } from '../errors/vendor-error.js';
import { errorForLog } from './error-for-log.js';

describe('An error for the log', () => {
  it('tells its kind, message, code and causes, and nothing else it carries', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED with Bearer abcdef123456'), {
      code: 'ECONNREFUSED',
      config: { headers: { authorization: 'Bearer abcdef123456' } },
    });
    const shown = errorForLog(new TypeError('The call failed', { cause }));
    expect(shown).toMatchObject({
      type: 'TypeError',
      message: 'The call failed',
      stack: expect.stringContaining('error-for-log.spec'),
      cause: { type: 'Error', message: 'connect ECONNREFUSED with [redacted]', code: 'ECONNREFUSED' },
    });
    expect(JSON.stringify(shown)).not.toContain('abcdef123456');
  });

  it("tells QuickBooks' code and Intuit's trace id, and not its explanation, which names customers", () => {
    const facts = { code: 'qbo_validation', status: 409 as const, retryable: false, uncertain: false };
    const error = Object.assign(
      new VendorError('qbo', 'QuickBooks refuses the invoice.', {
        ...facts,
        vendorCode: '6240',
        vendorStatus: 400,
        vendorRequestId: '1-abc',
      }),
      { detail: { explanation: 'Amy Lauterbach exists already' } },
    );
    expect(errorForLog(error)).toMatchObject({
      type: 'VendorError',
      code: 'qbo_validation',
      vendor_code: '6240',
      vendor_status: 400,
      intuit_tid: '1-abc',
    });
    expect(JSON.stringify(errorForLog(error))).not.toContain('Amy');
  });

  it('tells each of several errors that were thrown as one', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED ::1:5432'), { code: 'ECONNREFUSED' });
    expect(errorForLog(new AggregateError([refused], ''))).toMatchObject({
      type: 'AggregateError',
      errors: [{ type: 'Error', message: 'connect ECONNREFUSED ::1:5432', code: 'ECONNREFUSED' }],
    });
  });

  it.each([
    { what: 'a text', thrown: 'secret=abc', is: { message: 'secret=[redacted]' } },
    { what: 'an object with a message', thrown: { message: 'no' }, is: { type: 'Object', message: 'no' } },
    {
      what: 'any other object',
      thrown: { reason: 'private' },
      is: { type: 'Object', message: 'thrown with reason in it' },
    },
  ])('tells what was thrown where that is $what', ({ thrown, is }) => {
    expect(errorForLog(thrown)).toEqual(is);
  });

  it('ends, whatever the chain of causes', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(errorForLog(error)).length).toBeLessThan(20_000);
  });
});
