import type { ArgumentsHost } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { DomainError } from './domain-error.js';
import { ProblemFilter } from './problem.filter.js';
import { VendorError } from './vendor-error.js';

interface Outcome {
  status: number;
  headers: Record<string, unknown>;
  code: string;
  /** What it warned of, and what it called an error. */
  logged: { warnings: unknown[]; errors: unknown[] };
}

/** What the filter answers to an exception that requests end with, the last of so many. */
function answerTo(exception: unknown, requests = 1): Outcome {
  const headers: Record<string, unknown> = {};
  const answer = { status: 0, code: '' };
  const reply = {
    sent: false,
    status: (status: number) => ((answer.status = status), reply),
    header: (name: string, value: unknown) => ((headers[name] = value), reply),
    send: ({ code }: { code: string }) => void (answer.code = code),
  };
  const http = { getRequest: () => ({ id: 'request-1' }), getResponse: () => reply };
  const filter = new ProblemFilter();
  const warnings = vi.spyOn(filter['logger'], 'warn').mockReturnValue().mock.calls;
  const errors = vi.spyOn(filter['logger'], 'error').mockReturnValue().mock.calls;
  const host = { switchToHttp: () => http } as unknown as ArgumentsHost;
  for (let request = 0; request < requests; request += 1) filter.catch(exception, host);
  return { ...answer, headers, logged: { warnings, errors } };
}

const failed = (code: string): Error =>
  new QueryFailedError('select', [], Object.assign(new Error('said no'), { code }));

describe('A statement that failed', () => {
  it.each(['40001', '40P01', '55P03'])(
    'because others change the same records (%s) may be tried again',
    (code) => {
      const { status, headers, ...answer } = answerTo(failed(code));
      expect([status, answer.code, headers['retry-after']]).toEqual([503, 'records_busy', 1]);
    },
  );

  it('because PostgreSQL is away may be tried again a little later', () => {
    const { status, headers, ...answer } = answerTo(failed('57P01'));
    expect([status, answer.code, headers['retry-after']]).toEqual([503, 'database_unavailable', 5]);
  });

  it('for a reason of its own is our fault, and no call to try again', () => {
    const { status, headers, ...answer } = answerTo(failed('42P01'));
    expect([status, answer.code, headers['retry-after']]).toEqual([500, 'internal_error', undefined]);
  });
});

describe('What is not set up', () => {
  it('is said once in a while, as the sentence that says what to do, and without a stack', () => {
    const unset = new DomainError('unavailable', 'qbo_webhooks_not_configured', 'Set it.');
    expect(answerTo(unset, 3).logged).toEqual({
      warnings: [
        [{ code: 'qbo_webhooks_not_configured', withheld: 0 }, 'Requests are answered with 503: Set it.'],
      ],
      errors: [],
    });
  });
});

describe('A vendor that failed', () => {
  const failedWith = (status: 409 | 502 | 503, retryAfterSeconds?: number): unknown => {
    const facts = { code: 'stripe_failed', status, retryable: false, uncertain: false, retryAfterSeconds };
    return answerTo(new VendorError('stripe', 'Stripe failed on its side.', facts)).headers['retry-after'];
  };

  it('and may be asked again says when, also where the vendor did not', () => {
    expect([failedWith(503, 60), failedWith(503), failedWith(503, 0)]).toEqual([60, 10, 0]);
  });

  it('for good is not asked again', () => {
    expect([failedWith(409), failedWith(502)]).toEqual([undefined, undefined]);
  });
});
