import { percentIn } from '../../platform/money/charge-amount.js';
import type { ContractFacts } from './contract-facts.js';

/** How the work of a contract stands after some of its facts. Cents before tax. */
export interface WorkStanding {
  /** With its change orders. */
  valueCents: number;
  /** What its invoices bill of the value. */
  billedCents: number;
  isFinalBilled: boolean;
  /** What is credited beside change orders: it can be billed again. */
  creditedCents: number;
  refundedCents: number;
  /** What of change orders no credit memo credits: as far as there are refunds, one of them gave it back. */
  givenBackCents: number;
  /** Credit memos of change orders, as far as those go: they lower what is kept, as the change lowers the value. */
  memoCents: number;
  reachedCents: number;
  percent: number;
  isCompleted: boolean;
  /** After the cancellation: what was billed of it and is kept, before what was given back; null before. */
  keptCents: number | null;
}

const WHOLE_PERCENT = 100;

export function workBefore(valueCents: number): WorkStanding {
  return {
    valueCents,
    billedCents: 0,
    isFinalBilled: false,
    creditedCents: 0,
    refundedCents: 0,
    givenBackCents: 0,
    memoCents: 0,
    reachedCents: 0,
    percent: 0,
    isCompleted: false,
    keptCents: null,
  };
}

/**
 * What is earned of it by a policy that follows the work. Where that is the percentage, all of it is as much as the day
 * of completion. Pure.
 */
export function earnedSoFar(
  { policy, currency }: Pick<ContractFacts, 'policy' | 'currency'>,
  work: WorkStanding,
): number {
  const { creditedCents, memoCents, refundedCents } = work;
  const isCompleted = work.isCompleted || (policy === 'percent' && work.percent >= WHOLE_PERCENT);
  if (work.keptCents !== null) return work.keptCents - creditedCents - refundedCents - memoCents;
  const baseCents =
    work.valueCents - (refundedCents - inPlaceOfMemos(work)) - (isCompleted ? forgoneCents(work) : 0);
  switch (policy) {
    case 'completion':
      return isCompleted ? baseCents : 0;
    case 'milestone':
      return isCompleted ? baseCents : Math.min(work.reachedCents, baseCents);
    case 'percent':
      return percentIn(currency, baseCents, work.percent);
    case 'invoice':
      return 0;
    default:
      return policy satisfies never;
  }
}

/** What of refunds stands in place of credit memos: the change orders have lowered the value by it already. */
function inPlaceOfMemos({ refundedCents, givenBackCents }: WorkStanding): number {
  return Math.min(refundedCents, givenBackCents);
}

/**
 * What of the credits of complete work nobody is billed for any more: a credit makes its amount billable again, so it
 * lowers the value only once the work is wholly billed, and as far as it was not billed again. Pure.
 */
function forgoneCents(work: WorkStanding): number {
  const { valueCents, billedCents, memoCents, creditedCents } = work;
  const againCents = billedCents - memoCents - inPlaceOfMemos(work) - valueCents;
  const isWhollyBilled = work.isFinalBilled || againCents >= 0;
  if (!isWhollyBilled) return 0;
  return Math.max(0, Math.min(creditedCents, creditedCents - againCents));
}
