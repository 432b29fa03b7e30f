import { addMonths, lastDayOf } from '../../platform/time/calendar-day.js';

/** What is known of a month before it is closed. */
export interface PeriodFacts {
  month: string;
  /** The month it is, in the organisation's time zone. */
  currentMonth: string;
  /** Earlier months that are open and have entries. */
  openBefore: readonly string[];
  /** The first month with entries, or the one it is. */
  firstMonth: string;
  /** A later month that is closed, while this one is open. */
  closedAfter: string | null;
  /** Open items of the inbox that are about money, of this month. */
  moneyItems: number;
  /** Documents of this month that are not in QuickBooks, and without a question about money. */
  unrecorded: number;
  /** Proposals whose work is complete by its end and stands below 100 %, where revenue follows the percentage. */
  belowWhole: readonly number[];
  qboConnected: boolean;
  qboClosingDate: string | null;
}

export interface PeriodCheck {
  /** What there is to know, named by what stands against closing. */
  code: string;
  ok: boolean;
  /** `block`: the month cannot be closed. `confirm`: only with a reason. `info`: to know. */
  severity: 'block' | 'confirm' | 'info';
  found: string;
  nextStep: string | null;
}

/** So long before its first entries a month is closed without being asked about: books that were kept elsewhere. */
const MONTHS_BEFORE_MAX = 24;

const NAMED_MAX = 10;

/** What stands against closing a month, and what is to know. Pure. */
export function periodChecks(facts: PeriodFacts): PeriodCheck[] {
  const { month, currentMonth, openBefore, moneyItems, unrecorded, firstMonth, closedAfter, belowWhole } =
    facts;
  const isLongBefore = month < addMonths(firstMonth, -MONTHS_BEFORE_MAX);
  const check = (
    code: string,
    severity: PeriodCheck['severity'],
    ok: boolean,
    found: string,
    nextStep: string,
  ): PeriodCheck => ({ code, ok, severity, found, nextStep: ok ? null : nextStep });
  return [
    check(
      'month_not_over',
      'block',
      month < currentMonth,
      month < currentMonth ? `${month} is over` : `${month} is not over yet`,
      `Close it from the first day of the next month on.`,
    ),
    check(
      'earlier_month_open',
      'block',
      openBefore.length === 0,
      openBefore.length === 0
        ? 'every earlier month with entries is closed'
        : `open before it: ${openBefore.join(', ')}`,
      `Close ${openBefore[0] ?? ''} first.`,
    ),
    check(
      'later_month_closed',
      'block',
      closedAfter === null,
      closedAfter === null
        ? 'no later month is closed'
        : `${closedAfter} is closed, and nothing is posted before it`,
      'It needs no closing of its own. To close it all the same, reopen the later months first, the last one before ' +
        'the others.',
    ),
    check(
      'before_the_books',
      'confirm',
      !isLongBefore,
      isLongBefore
        ? `the books begin with ${firstMonth}`
        : `it is not long before ${firstMonth}, the first month`,
      'Look at the year, or close with force and a reason.',
    ),
    check(
      'money_in_inbox',
      'confirm',
      moneyItems === 0,
      moneyItems === 0 ? 'no question about money of this month is open' : `${moneyItems} open in the inbox`,
      'Decide them at /inbox, or close with force and a reason.',
    ),
    check(
      'writes_under_way',
      'confirm',
      unrecorded === 0,
      unrecorded === 0 ? 'all of this month is in QuickBooks' : `not in QuickBooks: ${unrecorded}`,
      'See /qbo/status and /inbox for what they wait for, or close with force and a reason.',
    ),
    check(
      'completed_below_100_percent',
      'info',
      belowWhole.length === 0,
      belowWhole.length === 0
        ? 'no work that is complete stands below 100 %'
        : `the work is complete and stands below 100 %, so that a part of it is never earned: ${named(belowWhole)}`,
      'Where all of it is done, enter 100 % by PUT /proposals/{id}/contract/progress; else lower ' +
        'what is billed by a change order.',
    ),
    closingDate(facts),
  ];
}

/** Of many the first ones. Pure. */
function named(proposalIds: readonly number[]): string {
  const first = proposalIds.slice(0, NAMED_MAX).map((id) => `proposal ${id}`);
  const more = proposalIds.length - first.length;
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}

function closingDate({ month, qboConnected, qboClosingDate }: PeriodFacts): PeriodCheck {
  const isCovered = qboClosingDate !== null && qboClosingDate >= lastDayOf(month);
  const found = !qboConnected
    ? 'no company of QuickBooks is connected'
    : qboClosingDate === null
      ? "QuickBooks' books are not closed"
      : `QuickBooks' books are closed up to ${qboClosingDate}`;
  return {
    code: 'quickbooks_closing_date',
    ok: isCovered || !qboConnected,
    severity: 'info',
    found,
    nextStep:
      isCovered || !qboConnected
        ? null
        : `Set the closing date in QuickBooks to ${lastDayOf(month)}, so that nothing is written into the month there.`,
  };
}
