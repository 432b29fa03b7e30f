import { type Diary, type Job, PROGRESS_PERCENT } from './diary.js';
import type { LineGround, Papers, Sale } from './papers.js';
import { cardMoneyOf, type Returned } from './returned.js';
import { netCentsOf, type Settled, settledOf } from './settled.js';

export type Kind = 'billed' | 'earned' | 'credited' | 'received' | 'tax' | 'receivable' | 'bad_debt' | 'lost';

/** An amount of a job on a day of its own. */
export interface DayEntry {
  proposalId: number;
  kind: Kind;
  day: string;
  cents: number;
}

export interface Dated {
  day: string;
  cents: number;
}

/** The papers of one job. */
export interface JobPapers {
  invoices: Sale[];
  /** Everything that settles its invoices. */
  settled: Settled[];
  /** What was paid on its invoices or by card, before tax. */
  money: Dated[];
  /** Credit memos on its invoices, before tax and as far as they are used, on their own day; none on a held deposit. */
  credits: Dated[];
  /** The same on a deposit that is held: it lowers what is owed. */
  depositCredits: Dated[];
  /** Credit memos of its change orders, which count by themselves, used or not. */
  ownCredits: Sale[];
  returned: Returned[];
}

/**
 * What a year comes to, worked out from the documents in the books and from what was agreed: a second computation
 * beside the product's, which shares nothing with it. Of one day one entry of a kind.
 */
export function dayBook(diary: Diary, papers: Papers): DayEntry[] {
  return diary.jobs.flatMap((job) => entriesOf(job, papersOf(diary, job, papers)));
}

/** The papers that are of a job, by its number on them. */
export function papersOf({ mode, edits }: Diary, job: Job, papers: Papers): JobPapers {
  const isOurs = new RegExp(`^CRM-${job.proposalId}(-|$)`);
  const invoices = papers.invoices.filter(({ number }) => isOurs.test(number));
  const memos = new Map(papers.memos.map((memo) => [memo.id, memo]));
  const settled = invoices.flatMap((invoice) =>
    settledOf(invoice, papers.settlements, { memos, editedCents: edits.get(invoice.id) ?? 0 }),
  );
  const { unapplied, returned } = cardMoneyOf(job, papers, settled);
  const held = new Set(
    invoices.filter(({ lines }) => lines.every(({ ground }) => ground === 'held')).map(({ id }) => id),
  );
  const ownCredits = papers.memos.filter(({ number }) => isOurs.test(number));
  const own = new Set(ownCredits.map(({ id }) => id));
  const credits = settled.filter(({ by, memo }) => by === 'memo' && !own.has(memo!));
  const isOnHeld = ({ invoice }: Settled): boolean => mode === 'liability' && held.has(invoice);
  return {
    invoices,
    settled,
    money: [...settled.filter(({ by }) => by === 'money').map(netOf), ...unapplied],
    credits: credits.filter((one) => !isOnHeld(one)).map(netOf),
    depositCredits: credits.filter(isOnHeld).map(netOf),
    ownCredits,
    returned,
  };
}

function netOf(one: Settled): Dated {
  return { day: one.countsOn, cents: netCentsOf(one) };
}

function entriesOf(job: Job, papers: JobPapers): DayEntry[] {
  const { invoices, settled, money, credits, depositCredits, ownCredits, returned } = papers;
  const lines = (grounds: readonly LineGround[]): Dated[] =>
    invoices.map(({ day, lines: all }) => ({
      day,
      cents: all.filter(({ ground }) => grounds.includes(ground)).reduce((sum, one) => sum + one.cents, 0),
    }));
  const invoiced = lines(['income']);
  const netted = returned.map((one) => ({ ...one, cents: one.cents - one.taxCents }));
  const refunds = netted.filter(({ kind, isLeftOut }) => kind === 'refund' && !isLeftOut);
  const reductions = refunds.map((one) => ({ ...one, cents: one.cents - one.offHeldCents }));
  const ownCredited = ownCredits.map(({ day, cents, taxCents }) => ({ day, cents: cents - taxCents }));
  const isFinal = ({ number, cents }: Sale): boolean => /-F\d*$/.test(number) && cents !== 0; // a voided one is over 0
  const finalDay = invoices.find(isFinal)?.day ?? null;
  const earnedUpTo = (day: string): number =>
    earnedOf(job, { invoiced, credits, ownCredited, reductions, finalDay }, day);
  const dayOf = new Map(invoices.map(({ id, day }) => [id, day]));
  const byKind: Record<Kind, Dated[]> = {
    billed: lines(['income', 'held']),
    earned: stepsOf(earnedUpTo, [
      ...[...invoiced, ...credits, ...ownCredited, ...reductions, ...job.changes].map(({ day }) => day),
      ...[job.completedOn, job.milestoneOn, job.cancelledOn].filter((day) => day !== null),
      ...[...job.percents.keys()].map(endOf),
    ]),
    credited: [...credits, ...depositCredits, ...ownCredited, ...refunds],
    received: [...money, ...netted.map(({ day, cents }) => ({ day, cents: -cents }))],
    tax: [
      ...invoices.map(({ day, taxCents }) => ({ day, cents: taxCents })),
      ...settled
        .filter(({ by, memo }) => by === 'memo' && ownCredits.every(({ id }) => id !== memo))
        .map((one) => ({ day: one.countsOn, cents: netCentsOf(one) - one.cents })),
      ...ownCredits.map(({ day, taxCents }) => ({ day, cents: -taxCents })),
      ...returned
        .filter(({ kind }) => kind === 'refund')
        .map(({ day, taxCents }) => ({ day, cents: -taxCents })),
    ],
    // The credit memo of a change order is off the account in QuickBooks from its own day on, used or not.
    receivable: [
      ...invoices,
      ...ownCredits.map(({ day, cents }) => ({ day, cents: -cents })),
      ...settled
        .filter(({ by, memo }) => by !== 'memo' || ownCredits.every(({ id }) => id !== memo))
        .map(({ invoice, day, cents }) => ({ day: later(day, dayOf.get(invoice)!), cents: -cents })),
    ],
    bad_debt: settled
      .filter(({ by }) => by === 'journal')
      .map(({ countsOn, cents }) => ({ day: countsOn, cents })),
    lost: returned.filter(({ kind }) => kind === 'dispute'),
  };
  return Object.entries(byKind).flatMap(([kind, dated]) =>
    [...sumsByDay(dated)].map(([day, cents]) => ({
      proposalId: job.proposalId,
      kind: kind as Kind,
      day,
      cents,
    })),
  );
}

/** What a job's revenue follows from. */
interface JobDays {
  invoiced: readonly Dated[];
  credits: readonly Dated[];
  ownCredited: readonly Dated[];
  reductions: readonly Dated[];
  /** Of the final invoice; null while it is not out. */
  finalDay: string | null;
}

/** What is earned up to the end of a day, by the job's policy. */
function earnedOf(
  job: Job,
  { invoiced, credits, ownCredited, reductions, finalDay }: JobDays,
  day: string,
): number {
  const upTo = (dated: readonly Dated[]): number =>
    dated.reduce((sum, one) => (one.day <= day ? sum + one.cents : sum), 0);
  const agreed = job.valueCents + upTo(job.changes);
  const months = [...job.percents.keys()].filter((month) => endOf(month) <= day).toSorted();
  const percent = job.percents.get(months.at(-1) ?? '') ?? 0;
  const isWhole = job.policy === 'percent' && percent === 100;
  const isComplete = isWhole || (job.completedOn !== null && job.completedOn <= day);
  // What was credited can be billed again; it is lost once the work is complete and wholly billed.
  const again = upTo(invoiced) - upTo(ownCredited) - agreed;
  const isOver = isComplete && (again >= 0 || (finalDay !== null && finalDay <= day));
  const lost = isOver ? Math.max(0, Math.min(upTo(credits), upTo(credits) - again)) : 0;
  const value = agreed - lost - upTo(reductions);
  // A proposal is cancelled once none of its invoices stands: nothing is kept.
  if (job.cancelledOn !== null && job.cancelledOn <= day && job.policy !== 'invoice')
    return upTo(invoiced) - upTo(credits) - upTo(ownCredited) - upTo(reductions);
  switch (job.policy) {
    case 'invoice':
      return upTo(invoiced) - upTo(credits) - upTo(ownCredited) - upTo(reductions);
    case 'completion':
      return isComplete ? value : 0;
    case 'milestone': {
      const isReached = job.milestoneOn !== null && job.milestoneOn <= day;
      const share = isReached ? shareIn(job, job.valueCents, PROGRESS_PERCENT) : 0;
      return isComplete ? value : Math.min(share, value);
    }
    case 'percent':
      return shareIn(job, value, percent);
  }
}

/** A percentage of an amount, half up: of whole yen in whole yen, as the books of a company in Japan have them. */
function shareIn({ currency }: Job, cents: number, percent: number): number {
  const step = currency === 'JPY' && cents % 100 === 0 ? 100 : 1;
  return step * halfUp(BigInt(cents) * BigInt(Math.round(percent * 100)), 10_000n * BigInt(step));
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

function stepsOf(upTo: (day: string) => number, days: readonly string[]): Dated[] {
  let before = 0;
  return [...new Set(days)].toSorted().map((day) => {
    const cents = upTo(day) - before;
    before += cents;
    return { day, cents };
  });
}

function sumsByDay(dated: readonly Dated[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { day, cents } of dated) sums.set(day, (sums.get(day) ?? 0) + cents);
  return new Map([...sums].filter(([, cents]) => cents !== 0));
}

function halfUp(dividend: bigint, divisor: bigint): number {
  const doubled = 2n * dividend + divisor;
  const quotient = doubled / (2n * divisor);
  return Number(doubled < 0n && doubled % (2n * divisor) !== 0n ? quotient - 1n : quotient);
}

function endOf(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}
