import { addTo, netCentsOf, type Settlement, settlements } from '../../contracts/settlement/settlements.js';
import type { ItemCents } from './cash-allocation.js';
import type { ApplicationFact, ContractFacts, InvoiceFact, MemoFact, PaymentFact } from './contract-facts.js';
import { earnedByWork } from './earning.js';
import { mainItem, type SplitReturn, splitReturns } from './returns.js';
import type { DerivedEvent, RevenueEventKind, RevenueItem } from './revenue-event.js';
import { sumCents } from '../../platform/money/cents.js';

/** What an amount comes from, and when. */
type Source = Pick<DerivedEvent, 'sourceKind' | 'sourceId' | 'eventOn'>;
/** An amount of a source: what happened, of what, and how much. */
type Amount = readonly [kind: RevenueEventKind, item: RevenueItem, cents: number];

type SettledFact = Settlement<ApplicationFact>;
/** What came in by each payment, or on each invoice. */
type ReceivedById = Map<number, Map<RevenueItem, number>>;

/** Every event that the facts of a contract come to, none over nothing. Pure. */
export function contractEvents(facts: ContractFacts): DerivedEvent[] {
  const settled = new Map(facts.invoices.map((one) => [one.id, settlements(one, facts.applications)]));
  const applied = appliedByPayment([...settled.values()].flat());
  const unapplied = unappliedByPayment(facts, applied);
  const received = { byPayment: together(applied, unapplied), byHand: enteredByInvoice(settled) };
  const returns = splitReturns(facts, received);
  return [
    ...facts.invoices.flatMap((invoice) => [
      ...invoiceEvents(facts, invoice),
      ...settled.get(invoice.id)!.flatMap((settlement) => settlementEvents(facts, invoice, settlement)),
    ]),
    ...facts.memos.flatMap((memo) => memoEvents(facts, memo)),
    ...facts.payments.flatMap((payment) => paymentEvents(payment, unapplied.get(payment.id)!)),
    ...returns.flatMap((one) => returnEvents(facts, one)),
    ...workEvents(facts, returns),
  ];
}

function eventsOf(source: Source, amounts: readonly Amount[]): DerivedEvent[] {
  return amounts.flatMap(([kind, item, cents]) => (cents === 0 ? [] : [{ ...source, kind, item, cents }]));
}

/** What it bills, and where it is earned as it is invoiced what it earns. */
function invoiceEvents(facts: ContractFacts, invoice: InvoiceFact): DerivedEvent[] {
  const { id, txnOn, taxCents, totalCents, retainedCents } = invoice;
  const main = mainItem(invoice);
  const workCents = isHeldDeposit(facts, invoice) ? invoice.releasedCents : 0;
  const earned = facts.policy === 'invoice' ? [...earnedByInvoice(facts, invoice)] : [];
  return eventsOf({ sourceKind: 'invoice', sourceId: String(id), eventOn: txnOn }, [
    ['billed', main, totalCents - taxCents + retainedCents - workCents],
    ['billed', 'work', workCents],
    ['tax', 'tax', taxCents],
    ['receivable', main, totalCents],
    ...earned.map(([item, cents]): Amount => ['earned', item, cents]),
  ]);
}

/** What money or a credit does to the invoice it is on. A credit memo of ours counts by itself. */
function settlementEvents(
  facts: ContractFacts,
  invoice: InvoiceFact,
  settlement: SettledFact,
): DerivedEvent[] {
  const { id, kind, cents, isOwnMemo, isWriteOff, usedOn, memo } = settlement.application;
  if (isOwnMemo) return [];
  const main = mainItem(invoice);
  const applied: Source = { sourceKind: 'application', sourceId: String(id), eventOn: settlement.on };
  const settledOn = usedOn ?? settlement.on;
  const settled = { ...applied, eventOn: settledOn > invoice.txnOn ? settledOn : invoice.txnOn };
  const receivable = eventsOf(settled, [['receivable', main, -cents]]);
  if (kind !== 'credit') return [...receivable, ...receivedEvents(applied, settlement.byItem)];
  if (isWriteOff) {
    const taxCents = memo === null ? 0 : settlement.taxCents;
    const givenUp = eventsOf(applied, [
      ['tax', 'tax', -taxCents],
      ['bad_debt', main, cents - taxCents],
    ]);
    return [...receivable, ...givenUp];
  }
  return [...receivable, ...creditEvents(facts, invoice, settlement, applied)];
}

/** What somebody credited in QuickBooks takes back of what was billed and earned. */
function creditEvents(
  facts: ContractFacts,
  invoice: InvoiceFact,
  settlement: SettledFact,
  applied: Source,
): DerivedEvent[] {
  const main = mainItem(invoice);
  const { workCreditCents } = settlement;
  const netCents = netCentsOf(settlement);
  const earned: Amount = isHeldDeposit(facts, invoice)
    ? ['earned', 'work', -workCreditCents]
    : ['earned', main, -netCents];
  return eventsOf(applied, [
    ['tax', 'tax', netCents - settlement.application.cents],
    ['credited', main, netCents - workCreditCents],
    ['credited', 'work', workCreditCents],
    ...(facts.policy === 'invoice' ? [earned] : []),
  ]);
}

/** What a credit memo of a change order takes back. */
function memoEvents({ policy }: ContractFacts, { id, on, totalCents, taxCents }: MemoFact): DerivedEvent[] {
  return eventsOf({ sourceKind: 'credit_memo', sourceId: String(id), eventOn: on }, [
    ['receivable', 'work', -totalCents],
    ['tax', 'tax', -taxCents],
    ['credited', 'work', totalCents - taxCents],
    ...(policy === 'invoice' ? [['earned', 'work', taxCents - totalCents] as const] : []),
  ]);
}

/** What of a payment is on no invoice. */
function paymentEvents({ id, on }: PaymentFact, unapplied: ItemCents): DerivedEvent[] {
  return receivedEvents({ sourceKind: 'payment', sourceId: String(id), eventOn: on }, unapplied);
}

/** What went back with a refund or a dispute. */
function returnEvents(
  { policy }: ContractFacts,
  { back, item, byItem, taxCents, paidOutCents, netCents, reducedCents }: SplitReturn,
): DerivedEvent[] {
  const source: Source = { sourceKind: back.kind, sourceId: String(back.id), eventOn: back.on };
  const gone = receivedEvents(source, new Map([...byItem].map(([of, cents]) => [of, -cents])));
  if (back.kind === 'dispute') {
    return [...gone, ...eventsOf(source, [['lost', item, sumOf(byItem.values())]])];
  }
  const taken = eventsOf(source, [
    ['tax', 'tax', -taxCents],
    ['receivable', 'work', paidOutCents],
    ['credited', item, netCents],
    ...(policy === 'invoice' ? [['earned', item, -reducedCents] as const] : []),
  ]);
  return [...gone, ...taken];
}

/** What work earns, where it is not earned as it is invoiced. */
function workEvents(facts: ContractFacts, returns: readonly SplitReturn[]): DerivedEvent[] {
  if (facts.policy === 'invoice') return [];
  const billed = facts.invoices.map((invoice) => ({
    invoice,
    cents: sumOf(earnedByInvoice(facts, invoice).values()),
  }));
  return earnedByWork(facts, { billed, returns }).flatMap(({ cents, ...source }) =>
    eventsOf(source, [['earned', 'work', cents]]),
  );
}

function receivedEvents(source: Source, byItem: ItemCents): DerivedEvent[] {
  return eventsOf(
    source,
    [...byItem].map(([item, cents]): Amount => ['received', item, cents]),
  );
}

/** What of each payment is on invoices, by what it settles there. */
function appliedByPayment(settled: readonly SettledFact[]): ReceivedById {
  const received: ReceivedById = new Map();
  for (const { application, byItem } of settled) {
    const { kind, isOwnMemo, paymentId } = application;
    if (isOwnMemo || kind === 'credit' || paymentId === null) continue;
    receive(received, paymentId, byItem);
  }
  return received;
}

/** What on each invoice is money that was entered by hand: a payment that we record is known by itself. */
function enteredByInvoice(settled: ReadonlyMap<number, readonly SettledFact[]>): ReceivedById {
  const entered: ReceivedById = new Map();
  for (const [invoiceId, settlementsOfIt] of settled) {
    for (const { application, byItem } of settlementsOfIt) {
      if (application.kind !== 'credit' && application.paymentId === null)
        receive(entered, invoiceId, byItem);
    }
  }
  return entered;
}

/** What of each payment is on none. */
function unappliedByPayment({ payments }: ContractFacts, applied: ReceivedById): ReceivedById {
  return new Map(
    payments.map(({ id, cents, elsewhereCents }) => {
      const unapplied = new Map<RevenueItem, number>();
      const appliedCents = sumOf(applied.get(id)?.values() ?? []);
      addTo(unapplied, 'unapplied', Math.max(0, cents - elsewhereCents - appliedCents));
      return [id, unapplied];
    }),
  );
}

function together(...parts: readonly ReceivedById[]): ReceivedById {
  const all: ReceivedById = new Map();
  for (const part of parts) for (const [paymentId, byItem] of part) receive(all, paymentId, byItem);
  return all;
}

function receive(received: ReceivedById, id: number, byItem: ItemCents): void {
  const sum = received.get(id) ?? new Map<RevenueItem, number>();
  for (const [item, cents] of byItem) addTo(sum, item, cents);
  received.set(id, sum);
}

/**
 * What an invoice earns where it is earned as it is invoiced: what it is over before tax with what it withholds. A
 * deposit that is owed to the customer earns nothing until it is released; what else is on its invoice does.
 */
function earnedByInvoice(facts: ContractFacts, invoice: InvoiceFact): ItemCents {
  const isHeld = facts.depositMode === 'liability';
  const byItem = new Map<RevenueItem, number>();
  if (isHeldDeposit(facts, invoice)) {
    addTo(byItem, 'work', invoice.releasedCents);
    return byItem;
  }
  const { totalCents, taxCents, retainedCents, releasedCents } = invoice;
  const whole = totalCents - taxCents + retainedCents + releasedCents;
  for (const { kind, cents } of invoice.lines) {
    if (kind === 'work' || (kind === 'deposit' && !isHeld)) addTo(byItem, kind, cents);
  }
  addTo(byItem, mainItem(invoice), whole - sumOf(byItem.values()));
  return byItem;
}

function isHeldDeposit({ depositMode }: ContractFacts, { kind }: InvoiceFact): boolean {
  return depositMode === 'liability' && kind === 'deposit';
}

function sumOf(amounts: Iterable<number>): number {
  return sumCents([...amounts]);
}
