import { describe, expect, it } from 'vitest';
import { sourcesOf } from '../docs/language.js';

const product = sourcesOf('src').filter(({ path }) => !path.endsWith('.spec.ts'));

/** The files of the product in which something stands. */
function filesWith(pattern: RegExp): string[] {
  return product.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
}

describe('Durable work has one engine', () => {
  it('with one heartbeat', () => {
    expect(filesWith(/\bsetInterval\(/)).toEqual([
      'src/jobs/leases/leases.service.ts',
      'src/platform/time/shared-clock.service.ts', // no work: it asks what time it is
    ]);
  });

  it('with one statement that takes a lease, and one that renews it', () => {
    expect(filesWith(/lease_token \+ 1|lease_until = now\(\) \+/)).toEqual([]);
    expect(filesWith(/\.token\} \+ 1/)).toEqual(['src/jobs/leases/lease.ts']);
  });

  it('with one back-off', () => {
    const elsewhere = filesWith(/\*\* *(Math|\(?attempts|\(?failed|\(?failures)/);
    // Of a poll's length and of a company's own pace, nothing of which is a retry.
    const others = [
      'src/qbo-sync/api/metering/poll-stretch.ts',
      'src/qbo-sync/api/rate-limiter/rate-limits.ts',
    ];
    expect(elsewhere.filter((path) => !others.includes(path))).toEqual(['src/jobs/backoff.ts']);
  });

  it('with at most four timers of their own, the timetable among them', () => {
    const withCron = filesWith(/^\s*@Cron\(/m);
    expect(withCron).toContain('src/jobs/timers/timetable.service.ts');
    expect(withCron).toContain('src/qbo-sync/pull/invoice-poller.service.ts');
    expect(withCron.length).toBeLessThanOrEqual(4);
  });

  it('with one place that deletes what is old', () => {
    const old = /delete from \w+\s+where \w+_at </;
    expect(filesWith(old)).toEqual([]);
    expect(old.test('delete from stripe_events where received_at < $1')).toBe(true);
  });

  it('with row locks that do not hold up who only refers to the row, but where rows are deleted', () => {
    const strong = /\bfor update\b|pessimistic_write/;
    expect(filesWith(strong)).toEqual(['src/jobs/retention/retention.ts']);
    expect(strong.test('select from leads where id = $1 for no key update')).toBe(false);
  });
});
