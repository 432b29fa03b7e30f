import { describe, expect, it } from 'vitest';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { jobFailureLine } from './job-failure.js';

const gone = new VendorError('qbo', 'not connected', {
  code: 'qbo_not_connected',
  status: 409,
  retryable: false,
  uncertain: false,
});
const away = (retryable: boolean) =>
  new VendorError('qbo', 'no answer', { code: 'qbo_transient', status: 503, retryable, uncertain: false });

describe('The line of the log about a job that threw', () => {
  it.each([
    { about: 'a vendor that is away, in a queue that tries again', error: away(true), level: 'warn' },
    { about: 'what a vendor will never do', error: away(false), level: 'error' },
    { about: 'a company that a person disconnected while the job ran', error: gone, level: 'warn' },
    { about: 'a fault of ours', error: new TypeError('x is undefined'), level: 'error' },
  ])('is a $level for $about', ({ error, level }) => {
    expect(jobFailureLine(error, { queue: 'qbo.preflight', isClosed: false }).level).toBe(level);
  });

  it('is an error where the queue does not try again, since nobody expected the job to throw', () => {
    expect(jobFailureLine(away(true), { queue: 'qbo.item.create', isClosed: false }).level).toBe('error');
  });

  it('is a warning where the process had closed its connections', () => {
    const line = jobFailureLine(new Error('Driver not Connected'), {
      queue: 'qbo.item.create',
      isClosed: true,
    });
    expect(line).toEqual({
      level: 'warn',
      message: 'Job of qbo.item.create was cut off by the end of the process',
    });
  });

  it('has a kind by queue and code, so that a vendor that stays away fills no log', () => {
    const kinds = (['qbo.preflight', 'qbo.payment.record'] as const).map(
      (queue) => jobFailureLine(away(true), { queue, isClosed: false }).kind,
    );
    expect(kinds).toEqual(['qbo.preflight qbo_transient', 'qbo.payment.record qbo_transient']);
  });
});
