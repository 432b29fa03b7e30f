import { after, DAY_MS } from '../../platform/time/after.js';

/** When a timer runs: every so many seconds, or once a day at a time of UTC, `HH:MM`. */
export type When = { readonly everySeconds: number } | { readonly dailyAt: string };

export interface Timer {
  readonly when: When;
  /** What it does, and why it is needed. */
  readonly does: string;
  /** Who does it where several processes run. */
  readonly runBy: string;
}

const EVERY_WORKER = 'every process that runs jobs';

/** Every timer of the timetable: `@TimerHandler` with the name stands at the method that does the work. */
export const TIMETABLE = {
  'enqueue-due': {
    when: { everySeconds: 5 },
    does: 'enqueues the job of every row that is due and held by nobody: the net for jobs that were lost',
    runBy: `${EVERY_WORKER}; waiting jobs of one row are one`,
  },
  'detect-incidents': {
    when: { everySeconds: 60 },
    does: 'opens and closes incidents and writes the messages about them',
    runBy: `${EVERY_WORKER}; one at a time, by an advisory lock`,
  },
  'fetch-missed-events': {
    when: { everySeconds: 60 },
    does: 'fetches from Stripe the events that no webhook brought within two minutes',
    runBy: `${EVERY_WORKER}; one at a time, by the cursor's row`,
  },
  'post-revenue': {
    when: { dailyAt: '02:41' },
    does: 'enqueues the posting of revenue of each organisation with contracts, so that the dashboard is of this night',
    runBy: `${EVERY_WORKER}; waiting jobs of one organisation are one`,
  },
  'look-at-pages': {
    when: { dailyAt: '04:23' },
    does:
      'enqueues a look at each payment page by which a bank is about to pay: of one that is not of the account of ' +
      'the key nothing may be heard any more, and a person is asked',
    runBy: `${EVERY_WORKER}; waiting jobs of one proposal are one`,
  },
  'restate-disputes': {
    when: { everySeconds: 600 },
    does:
      'says of each open dispute anew what there is to do about it: the day passes until which the bank takes an ' +
      'answer, and words of earlier versions are replaced',
    runBy: `${EVERY_WORKER}; each dispute of which something else is to be said under the lock of its row`,
  },
  purge: {
    when: { dailyAt: '03:17' },
    does: 'deletes rows, and empties columns, whose retention is over',
    runBy: `${EVERY_WORKER}; each takes other rows`,
  },
} as const satisfies Record<string, Timer>;

export type TimerName = keyof typeof TIMETABLE;

/** What runs by a clock of its own, because it is part of something else. */
export const OTHER_TIMERS = {
  'invoice-poller': {
    when: { everySeconds: 1 },
    does: 'takes companies that are due for a poll, as often as the interval needs (a tenth of it, 1 to 60 seconds)',
    runBy: `${EVERY_WORKER}; due companies are taken with skip locked`,
  },
  'lease-heartbeat': {
    when: { everySeconds: 2.5 },
    does: 'renews the lease of a row that is being worked on',
    runBy: 'whoever holds the row',
  },
  'queue-poll': {
    when: { everySeconds: 0.5 },
    does: 'looks for due jobs of all queues in one statement, and wakes as many workers',
    runBy: EVERY_WORKER,
  },
  'queue-supervision': {
    when: { everySeconds: 5 },
    does: 'gives the jobs of workers that fell silent to others, and deletes finished jobs',
    runBy: `${EVERY_WORKER}; one at a time`,
  },
  'usage-flush': {
    when: { everySeconds: 1 },
    does: 'writes down the calls to QuickBooks that were counted, where there were any',
    runBy: 'every process that calls QuickBooks',
  },
} as const satisfies Record<string, Timer>;

/**
 * The latest instant up to `now` at which a timer should have run. One that was missed because the process was busy is
 * still due; several that were missed are one.
 */
export function latestRunAt(when: When, now: Date): Date {
  if ('everySeconds' in when) {
    const everyMs = when.everySeconds * 1000;
    return new Date(Math.floor(now.getTime() / everyMs) * everyMs);
  }
  const today = new Date(`${now.toISOString().slice(0, 10)}T${when.dailyAt}:00.000Z`);
  return today <= now ? today : after(today, -DAY_MS);
}
