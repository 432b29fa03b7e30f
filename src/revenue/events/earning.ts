import { percentOfCents } from '../../platform/money/cents.js';
import { type CalendarDay, lastDayOf } from '../../platform/time/calendar-day.js';
import { settlements } from './cash-allocation.js';
import type { ContractFacts } from './contract-facts.js';
import type { SplitReturn } from './returns.js';
import type { DerivedEvent } from './revenue-event.js';

type Earned = Pick<DerivedEvent, 'sourceKind' | 'sourceId' | 'eventOn' | 'cents'>;

/** What of a contract is worked out from all its facts. */
interface WholeContract {
  /** What its invoices come to, which is kept of a cancelled one. */
  billedCents: number;
  returns: readonly SplitReturn[];
}

/** How the work of a contract stands after some of its facts. */
interface WorkStanding {
  /** The value with its change orders, less what was credited and refunded of it. */
  baseCents: number;
  reachedCents: number;
  percent: number;
  isCompleted: boolean;
  /** After the cancellation: what was billed of it and is kept, before `baseCents`' reductions; null before. */
  keptCents: number | null;
  reducedCents: number;
  /** Credit memos of change orders, before tax: they lower what is kept, as the change lowers the value. */
  memoCents: number;
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
  const work: WorkStanding = {
    baseCents: facts.valueCents,
    reachedCents: 0,
    percent: 0,
    isCompleted: false,
    keptCents: null,
    reducedCents: 0,
    memoCents: 0,
  };
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

function earnedSoFar({ policy }: ContractFacts, work: WorkStanding): number {
  if (work.keptCents !== null) return work.keptCents - work.reducedCents - work.memoCents;
  switch (policy) {
    case 'completion':
      return work.isCompleted ? work.baseCents : 0;
    case 'milestone':
      return work.isCompleted ? work.baseCents : Math.min(work.reachedCents, work.baseCents);
    case 'percent':
      return percentOfCents(work.baseCents, work.percent);
    case 'invoice':
      return 0;
    default:
      return policy satisfies never;
  }
}

function stepsOf(facts: ContractFacts, { billedCents, returns }: WholeContract): Step[] {
  const steps: Step[] = facts.changes.map(({ number, on, cents }) => ({
    sourceKind: 'change_order',
    sourceId: String(number),
    on,
    apply: (work) => void (work.baseCents += cents),
  }));
  for (const { id, on, totalCents, taxCents } of facts.memos) {
    const apply = (work: WorkStanding) => void (work.memoCents += totalCents - taxCents);
    steps.push({ sourceKind: 'credit_memo', sourceId: String(id), on, apply });
  }
  const reduce = (cents: number) => (work: WorkStanding) => {
    work.baseCents -= cents;
    work.reducedCents += cents;
  };
  for (const invoice of facts.invoices) {
    const isHeldDeposit = facts.depositMode === 'liability' && invoice.kind === 'deposit';
    for (const { application, on, byItem } of settlements(invoice, facts.applications)) {
      const { kind, isOwnMemo, isWriteOff } = application;
      if (kind !== 'credit' || isOwnMemo || isWriteOff || isHeldDeposit) continue;
      const cents = application.cents - (byItem.get('tax') ?? 0);
      steps.push({
        sourceKind: 'application',
        sourceId: String(application.id),
        on,
        apply: reduce(cents),
      });
    }
  }
  for (const { back, reducedCents } of returns) {
    if (reducedCents === 0) continue;
    steps.push({ sourceKind: 'refund', sourceId: String(back.id), on: back.on, apply: reduce(reducedCents) });
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
    const apply = (work: WorkStanding) => void (work.keptCents = billedCents);
    steps.push({ sourceKind: 'cancellation', sourceId, on: facts.cancelledOn, apply });
  }
  return steps;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
