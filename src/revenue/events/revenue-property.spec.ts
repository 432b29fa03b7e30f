import { describe, expect, it } from 'vitest';
import { addDays, addMonths, lastDayOf } from '../../platform/time/calendar-day.js';
import { percentOfCents } from '../../platform/money/cents.js';
import { contractEvents } from './contract-events.js';
import type { ApplicationFact, ContractFacts, InvoiceFact, ReturnFact } from './contract-facts.js';
import { eventDifference } from './event-difference.js';
import type { DerivedEvent, PostedEvent, PostedSum, RevenueEventKind } from './revenue-event.js';

const CONTRACTS = Number(process.env.REVENUE_CONTRACTS ?? 250);
const POLICIES = ['invoice', 'completion', 'milestone', 'percent'] as const;

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): (low: number, high: number) => number {
  let state = seed >>> 0;
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) % (high - low + 1));
  };
}

/** A contract of a random year: deposit, progress and final invoice, taxes, part payments, credits, refunds. */
function aContract(seed: number, policy: ContractFacts['policy']): ContractFacts {
  const random = randomFrom(seed);
  const day = (): string => addDays('2026-01-01', random(0, 364));
  const depositMode = random(0, 1) === 0 ? 'income' : 'liability';
  const valueCents = random(100, 5_000_000);
  const depositCents = Math.floor(valueCents * 0.3);
  const progressCents = Math.floor(valueCents * 0.4);
  const retainedCents = random(0, 2) === 0 ? Math.floor(progressCents / 10) : 0;
  const finalWork = valueCents - progressCents - (depositMode === 'income' ? depositCents : 0);
  const isHeld = depositMode === 'liability';
  const releasedCents = isHeld ? Math.floor(depositCents / random(1, 2)) : 0;
  const finalCents = finalWork - releasedCents;
  const invoice = (
    id: number,
    kind: InvoiceFact['kind'],
    cents: number,
    lines: InvoiceFact['lines'],
  ): InvoiceFact => {
    const taxCents = random(0, 1) === 0 ? Math.floor(Math.max(0, cents) / 12) : 0;
    return {
      id,
      kind,
      currency: 'USD',
      txnOn: day(),
      totalCents: cents + taxCents,
      taxCents,
      retainedCents: 0,
      releasedCents: 0,
      lines,
    };
  };
  const invoices: InvoiceFact[] = [
    invoice(1, 'deposit', depositCents, [{ kind: 'deposit', cents: depositCents }]),
    {
      ...invoice(2, 'progress', progressCents - retainedCents, [
        { kind: 'work', cents: progressCents + 77 },
        { kind: 'work', cents: -77 },
        { kind: 'retainage', cents: -retainedCents },
      ]),
      retainedCents,
    },
    {
      ...invoice(3, 'final', finalCents, [
        { kind: 'work', cents: isHeld ? finalWork : finalWork + depositCents },
        { kind: 'deposit', cents: isHeld ? -releasedCents : -depositCents },
      ]),
      releasedCents,
    },
    {
      ...invoice(4, 'retainage', retainedCents, [{ kind: 'retainage', cents: retainedCents }]),
      retainedCents: -retainedCents,
    },
  ];
  const applications: ApplicationFact[] = [];
  const returns: ReturnFact[] = [];
  for (const { id: invoiceId, totalCents, kind } of invoices) {
    let left = totalCents;
    while (left > 0 && random(0, 4) > 0) {
      const cents = random(1, left);
      left -= cents;
      const id = applications.length + 1;
      const isCredit = random(0, 4) === 0 && !(isHeld && kind === 'deposit');
      applications.push({
        id,
        invoiceId,
        kind: isCredit ? 'credit' : 'payment',
        on: random(0, 9) === 0 ? null : day(),
        cents,
        paymentId: isCredit ? null : id,
        usedOn: isCredit ? day() : null,
        isOwnMemo: false,
        isWriteOff: false,
        memo: null,
      });
      if (!isCredit && random(0, 5) === 0) {
        returns.push({
          id,
          kind: random(0, 1) === 0 ? 'refund' : 'dispute',
          paymentId: id,
          invoiceKind: kind,
          invoiceId,
          on: day(),
          cents: random(1, cents),
        });
      }
    }
  }
  const payouts = returns
    .filter(({ kind }) => kind === 'refund' && random(0, 2) === 0)
    .map(({ paymentId, cents }) => ({ paymentId, cents: random(1, cents) }));
  const leftOut = returns
    .filter(({ kind }) => kind === 'refund' && random(0, 3) === 0)
    .map(({ paymentId, cents }) => ({ paymentId, cents: random(1, cents) }));
  const changeCents = random(0, 2) === 0 ? random(1, Math.ceil(valueCents / 10)) : 0;
  const taxOfMemo = Math.floor(changeCents / 12);
  const editedCents = random(0, 1) === 0 ? random(-Math.floor(changeCents / 2), 5_000) : 0;
  const months = Array.from({ length: 12 }, (_, index) => addMonths('2026-01', index));
  let percent = 0;
  const progress = months.map((month, index) => {
    percent = index === 11 ? 100 : Math.min(100, percent + random(0, 1_900) / 100);
    return { month, percent: Math.round(percent * 100) / 100 };
  });
  return {
    contractId: seed,
    proposalId: seed,
    currency: 'USD',
    policy,
    depositMode,
    isTaxCountedThere: random(0, 1) === 0,
    valueCents,
    changes: changeCents === 0 ? [] : [{ number: 1, on: day(), cents: -changeCents, givenBackCents: 0 }],
    memos:
      changeCents === 0
        ? []
        : [
            {
              id: 1,
              on: day(),
              totalCents: changeCents + editedCents + taxOfMemo,
              taxCents: taxOfMemo,
              askedCents: changeCents,
            },
          ],
    completedOn: day(),
    cancelledOn: null,
    invoices,
    applications,
    payments: applications
      .filter(({ kind }) => kind === 'payment')
      .map(({ id, on, cents }) => ({
        id,
        on: on ?? '2026-06-01',
        cents: cents + random(0, 3),
        elsewhereCents: 0,
        enteredAgainCents: 0,
      })),
    returns,
    payouts,
    leftOut,
    lossesNotOwed: [],
    receipts: [],
    failedRefunds: [],
    milestones: [{ sequence: 1, on: day(), cents: progressCents }],
    progress,
  };
}

const sum = (events: readonly DerivedEvent[], kind: RevenueEventKind): number =>
  events.filter((event) => event.kind === kind).reduce((total, { cents }) => total + cents, 0);

/** Of the deposit, not released by any invoice. */
function heldOf({ depositMode, invoices }: ContractFacts): number {
  const [deposit] = invoices;
  if (depositMode === 'income' || !deposit) return 0;
  const released = invoices.reduce((total, { releasedCents }) => total + releasedCents, 0);
  return deposit.totalCents - deposit.taxCents - released;
}

/** What the policies say in words, worked out from the facts as they are on one day and from no event. */
function earnedUpTo(facts: ContractFacts, last: string): number {
  const { depositMode, invoices } = facts;
  const isHeldDeposit = (kind: string): boolean => depositMode === 'liability' && kind === 'deposit';
  const events = contractEvents(facts).filter(({ kind, eventOn }) => kind === 'tax' && eventOn <= last);
  const taxOf = (kind: string, id: number): number =>
    events
      .filter(({ sourceKind, sourceId }) => sourceKind === kind && sourceId === String(id))
      .reduce((total, { cents }) => total + cents, 0);
  /** Each payment has one refund at the most, of the same id. */
  const partOf = (parts: ContractFacts['payouts'], id: number): number =>
    parts.find(({ paymentId }) => paymentId === id)?.cents ?? 0;
  const noIncomeOf = (id: number, cents: number): number =>
    Math.min(cents, partOf(facts.leftOut, id) + partOf(facts.payouts, id));
  const refundedOf = (isHeld: boolean): number =>
    facts.returns
      .filter(
        ({ kind, on, invoiceKind }) =>
          kind === 'refund' && on <= last && isHeldDeposit(invoiceKind) === isHeld,
      )
      .reduce((total, { id, cents }) => total + cents - noIncomeOf(id, cents) + taxOf('refund', id), 0);
  const upTo = ({ on }: { on: string }): boolean => on <= last;
  const standing = facts.memos
    .filter(upTo)
    .map(({ totalCents, taxCents, askedCents }) => ({ cents: totalCents - taxCents, askedCents }));
  const lowered = standing.reduce((total, one) => total + Math.max(0, one.askedCents - one.cents), 0);
  const raised = standing.reduce((total, one) => total + Math.max(0, one.cents - one.askedCents), 0);
  const refunded = refundedOf(false) + Math.max(0, refundedOf(true) - heldOf(facts));
  const inPlace = Math.min(refunded, lowered);
  let credited = raised;
  let invoiced = 0;
  for (const invoice of invoices) {
    if (isHeldDeposit(invoice.kind)) continue;
    const { id, txnOn, totalCents, taxCents, retainedCents, releasedCents } = invoice;
    if (txnOn <= last) invoiced += totalCents - taxCents + retainedCents + releasedCents;
    for (const credit of facts.applications) {
      if (credit.invoiceId !== id || credit.kind !== 'credit' || (credit.on ?? txnOn) > last) continue;
      credited += credit.cents + taxOf('application', credit.id);
    }
  }
  const changed = facts.changes.filter(upTo).reduce((total, { cents }) => total + cents, 0);
  const memos = standing.reduce((total, { cents }) => total + cents, 0) - raised;
  const done = facts.progress.findLast(({ month }) => lastDayOf(month) <= last)?.percent ?? 0;
  const isCompleted =
    (facts.completedOn !== null && facts.completedOn <= last) || (facts.policy === 'percent' && done === 100);
  const isFinalOut = invoices.some(({ kind, txnOn }) => kind === 'final' && txnOn <= last);
  const unbilled = facts.valueCents + changed - (invoiced - memos - inPlace);
  // A credit can be billed again until the work is complete and wholly billed.
  const isOver = isCompleted && (isFinalOut || unbilled <= 0);
  const lost = isOver ? Math.max(0, Math.min(credited, credited + unbilled)) : 0;
  const base = facts.valueCents + changed - lost - (refunded - inPlace);
  switch (facts.policy) {
    case 'invoice':
      return invoiced - credited - refunded - memos;
    case 'completion':
      return isCompleted ? base : 0;
    case 'milestone': {
      const reached = facts.milestones
        .filter(({ on }) => on <= last)
        .reduce((total, { cents }) => total + cents, 0);
      return isCompleted ? base : Math.min(reached, base);
    }
    case 'percent':
      return percentOfCents(base, done);
  }
}

function sumsOf(posted: readonly PostedEvent[]): PostedSum[] {
  const groups = Map.groupBy(posted, (event) =>
    [event.kind, event.item, event.sourceKind, event.sourceId, event.eventOn, event.postedOn].join('|'),
  );
  return [...groups.values()].map((some) => ({
    ...some[0]!,
    cents: some.reduce((total, { cents }) => total + cents, 0),
    sequence: Math.max(...some.map(({ sequence }) => sequence)),
  }));
}

describe.each(POLICIES)(`${CONTRACTS} random contracts by policy %s`, (policy) => {
  const contracts = Array.from({ length: CONTRACTS }, (_, index) => aContract(index + 1, policy));

  it('earn in every month what the policy says of the facts, worked out another way', () => {
    for (const facts of contracts) {
      const earned = contractEvents(facts).filter(({ kind }) => kind === 'earned');
      for (const month of ['2026-02', '2026-05', '2026-09', '2026-12']) {
        const last = lastDayOf(month);
        const upTo = sum(
          earned.filter(({ eventOn }) => eventOn <= last),
          'earned',
        );
        expect({ id: facts.contractId, month, cents: upTo }).toEqual({
          id: facts.contractId,
          month,
          cents: earnedUpTo(facts, last),
        });
      }
    }
  });

  it('earn over their life the value net of credits and refunds, and nothing stays deferred but what is owed', () => {
    for (const facts of contracts) {
      const events = contractEvents(facts);
      const refunds = events.filter(({ kind, sourceKind }) => kind === 'credited' && sourceKind === 'refund');
      const refundedDeposit = refunds
        .filter(({ item }) => item === 'deposit')
        .reduce((total, { cents }) => total + cents, 0);
      const lessHeld = Math.min(heldOf(facts), refundedDeposit);
      const ofPrice = refunds.reduce((total, { cents }) => total + cents, 0) - lessHeld;
      const lowered = facts.memos.reduce(
        (total, { totalCents, taxCents, askedCents }) =>
          total + Math.max(0, askedCents - (totalCents - taxCents)),
        0,
      );
      const byHand = events
        .filter(
          ({ kind, sourceKind, item }) =>
            kind === 'credited' &&
            sourceKind === 'application' &&
            !(facts.depositMode === 'liability' && item === 'deposit'),
        )
        .reduce((total, { cents }) => total + cents, 0);
      // By the invoice it is earned; else what is billed above the changed value is owed until it is given back.
      const aboveValue = policy === 'invoice' ? 0 : Math.max(0, lowered - ofPrice - byHand);
      const net = facts.valueCents - (sum(events, 'credited') - lessHeld) - aboveValue;
      expect(sum(events, 'earned')).toBe(net);
      expect(sum(events, 'billed') - sum(events, 'earned') - sum(events, 'credited')).toBe(
        heldOf(facts) - lessHeld + aboveValue,
      );
    }
  });

  it('receive what was paid less what went back, and are owed what is not settled', () => {
    for (const facts of contracts) {
      const events = contractEvents(facts);
      const paid = facts.payments.reduce((total, { cents }) => total + cents, 0);
      const back = facts.returns.reduce((total, { cents }) => total + cents, 0);
      expect(sum(events, 'received')).toBe(paid - back);
      const invoiced = facts.invoices.reduce((total, { totalCents }) => total + totalCents, 0);
      const settled = facts.applications.reduce((total, { cents }) => total + cents, 0);
      const memos = facts.memos.reduce((total, { totalCents }) => total + totalCents, 0);
      const paidOut = facts.payouts.reduce((total, { paymentId, cents }) => {
        const refund = facts.returns.find(({ id }) => id === paymentId)!;
        const out = facts.leftOut.find((one) => one.paymentId === paymentId)?.cents ?? 0;
        return total + Math.min(cents, refund.cents - out);
      }, 0);
      expect(sum(events, 'receivable')).toBe(invoiced - settled - memos + paidOut);
    }
  });

  it('post a change beside what was posted, never into a closed month, and the same facts once', () => {
    for (const facts of contracts) {
      const first = eventDifference(contractEvents(facts), [], null);
      const changed = aContract(facts.contractId + CONTRACTS, policy);
      const derived = contractEvents({ ...changed, contractId: facts.contractId });
      const second = eventDifference(derived, sumsOf(first), '2026-07-01');
      expect(second.every(({ postedOn }) => postedOn >= '2026-07-01')).toBe(true);
      expect(second.every(({ postedOn, eventOn }) => postedOn === eventOn || postedOn === '2026-07-01')).toBe(
        true,
      );
      const all = [...first, ...second];
      const keys = all.map(({ kind, item, sourceKind, sourceId, sequence }) =>
        [kind, item, sourceKind, sourceId, sequence].join('|'),
      );
      expect(new Set(keys).size).toBe(keys.length);
      expect(eventDifference(derived, sumsOf(all), '2026-07-01')).toEqual([]);
    }
  });

  it('have nothing in any month once all is gone, also where months were opened again meanwhile', () => {
    const months = (all: readonly PostedEvent[]): string[] => {
      const sums = Map.groupBy(all, ({ kind, item, postedOn }) => `${kind} ${item} ${postedOn.slice(0, 7)}`);
      return [...sums]
        .filter(([, some]) => some.reduce((cents, one) => cents + one.cents, 0) !== 0)
        .map(([key]) => key);
    };
    for (const facts of contracts.slice(0, 50)) {
      const late = eventDifference(contractEvents(facts), [], '2026-07-01');
      const gone = eventDifference([], sumsOf(late), null);
      expect(months([...late, ...gone])).toEqual([]);
      expect(eventDifference([], sumsOf([...late, ...gone]), null)).toEqual([]);
    }
  });
});
