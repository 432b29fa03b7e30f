import { lowersBilled, netCentsOf, settlements } from '../../contracts/settlement/settlements.js';
import { sumCents } from '../../platform/money/cents.js';
import { type CalendarDay, lastDayOf } from '../../platform/time/calendar-day.js';
import type { ContractFacts, InvoiceFact } from './contract-facts.js';
import type { SplitReturn } from './returns.js';
import type { DerivedEvent } from './revenue-event.js';
import { earnedSoFar, workBefore, type WorkStanding } from './work-standing.js';

type Earned = Pick<DerivedEvent, 'sourceKind' | 'sourceId' | 'eventOn' | 'cents'>;

/** What of a contract is worked out from all its facts. */
interface WholeContract {
  /** Its invoices, with what each bills of the value: of a deposit that is held nothing, until it is released. */
  billed: readonly { invoice: InvoiceFact; cents: number }[];
  returns: readonly SplitReturn[];
}

/** One fact that changes what is earned. */
interface Step {
  sourceKind: Earned['sourceKind'];
  sourceId: string;
  on: CalendarDay;
  apply: (work: WorkStanding) => void;
}

/** Facts of one day count in this order. */
const ORDER: readonly Earned['sourceKind'][] = [
  'change_order',
  'credit_memo',
  'invoice',
  'application',
  'refund',
  'milestone',
  'progress',
  'completion',
  'cancellation',
];

/**
 * What a contract earns by work: each fact brings what is earned to its new cumulative amount, and the event is the
 * difference, so that rounding never adds up. Pure.
 */
export function earnedByWork(facts: ContractFacts, whole: WholeContract): Earned[] {
  const work = workBefore(facts.valueCents);
  let earnedCents = 0;
  return stepsOf(facts, whole)
    .toSorted(
      (one, other) =>
        compare(one.on, other.on) || ORDER.indexOf(one.sourceKind) - ORDER.indexOf(other.sourceKind),
    )
    .flatMap(({ sourceKind, sourceId, on, apply }) => {
      apply(work);
      const next = earnedSoFar(facts, work);
      const cents = next - earnedCents;
      earnedCents = next;
      return cents === 0 ? [] : [{ sourceKind, sourceId, eventOn: on, cents }];
    });
}

function stepsOf(facts: ContractFacts, { billed, returns }: WholeContract): Step[] {
  const steps: Step[] = facts.changes.map(({ number, on, cents, givenBackCents }) => ({
    sourceKind: 'change_order',
    sourceId: String(number),
    on,
    apply: (work) => {
      work.valueCents += cents;
      work.givenBackCents += givenBackCents;
    },
  }));
  for (const { id, on, totalCents, taxCents, askedCents } of facts.memos) {
    const netCents = totalCents - taxCents;
    const apply = (work: WorkStanding): void => {
      work.memoCents += Math.min(netCents, askedCents);
      // The change has not lowered the value by what the credit memo was raised by: that is a credit like others.
      work.creditedCents += Math.max(0, netCents - askedCents);
      work.givenBackCents += Math.max(0, askedCents - netCents);
    };
    steps.push({ sourceKind: 'credit_memo', sourceId: String(id), on, apply });
  }
  for (const { invoice, cents } of billed) {
    const apply = (work: WorkStanding): void => {
      work.billedCents += cents;
      work.isFinalBilled ||= invoice.kind === 'final';
    };
    steps.push({ sourceKind: 'invoice', sourceId: String(invoice.id), on: invoice.txnOn, apply });
  }
  for (const invoice of facts.invoices) {
    const isHeldDeposit = facts.depositMode === 'liability' && invoice.kind === 'deposit';
    for (const settlement of settlements(invoice, facts.applications)) {
      const { application, on } = settlement;
      const cents = isHeldDeposit ? settlement.workCreditCents : netCentsOf(settlement);
      if (!lowersBilled(application) || cents === 0) continue;
      const apply = (work: WorkStanding) => void (work.creditedCents += cents);
      steps.push({ sourceKind: 'application', sourceId: String(application.id), on, apply });
    }
  }
  for (const { back, reducedCents } of returns) {
    if (reducedCents === 0) continue;
    const apply = (work: WorkStanding) => void (work.refundedCents += reducedCents);
    steps.push({ sourceKind: 'refund', sourceId: String(back.id), on: back.on, apply });
  }
  for (const { sequence, on, cents } of facts.milestones) {
    const apply = (work: WorkStanding) => void (work.reachedCents += cents);
    steps.push({ sourceKind: 'milestone', sourceId: String(sequence), on, apply });
  }
  for (const { month, percent } of facts.progress) {
    const apply = (work: WorkStanding) => void (work.percent = percent);
    steps.push({ sourceKind: 'progress', sourceId: month, on: lastDayOf(month), apply });
  }
  const sourceId = String(facts.contractId);
  if (facts.completedOn !== null) {
    const apply = (work: WorkStanding) => void (work.isCompleted = true);
    steps.push({ sourceKind: 'completion', sourceId, on: facts.completedOn, apply });
  }
  if (facts.cancelledOn !== null) {
    const apply = (work: WorkStanding) => void (work.keptCents = sumCents(billed.map(({ cents }) => cents)));
    steps.push({ sourceKind: 'cancellation', sourceId, on: facts.cancelledOn, apply });
  }
  return steps;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
