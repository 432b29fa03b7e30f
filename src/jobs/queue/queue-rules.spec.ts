import { describe, expect, it } from 'vitest';
import { QUEUES } from './queue-rules.js';

/** The pauses between the tries of a job, at the least, in seconds. */
function lastsSeconds({
  retryLimit,
  retryDelaySeconds,
  retryDelayMaxSeconds,
}: (typeof QUEUES)['qbo.invoice.read']): number {
  let seconds = 0;
  for (let failed = 1; failed <= retryLimit; failed += 1)
    seconds += Math.min(retryDelayMaxSeconds, (retryDelaySeconds * 2 ** Math.min(failed, 16)) / 2);
  return seconds;
}

describe('A job of which nothing else says that it is to be done', () => {
  it('to read invoices where money came by a page that is not known outlasts trouble of a day', () => {
    expect(lastsSeconds(QUEUES['qbo.invoice.read'])).toBeGreaterThan(86_400);
  });
});
