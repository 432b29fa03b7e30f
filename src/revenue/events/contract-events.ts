import { addTo, netCentsOf, settlements } from '../../contracts/settlements.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { ItemCents } from './cash-allocation.js';
import type { ContractFacts, InvoiceFact } from './contract-facts.js';
import { earnedByWork } from './earning.js';
import { mainItem, splitReturns } from './returns.js';
import type { DerivedEvent, RevenueEventKind, RevenueItem, RevenueSource } from './revenue-event.js';
import { sumCents } from '../../platform/money/cents.js';

/** An amount of one source, before it becomes an event. */
interface Source {
  sourceKind: RevenueSource;
  sourceId: string;
  eventOn: CalendarDay;
}

/** Every event that the facts of a contract come to, none over nothing. Pure. */
export function contractEvents(facts: ContractFacts): DerivedEvent[] {
  const events: DerivedEvent[] = [];
  const post = (source: Source, kind: RevenueEventKind, item: RevenueItem, cents: number): void => {
    if (cents !== 0) events.push({ ...source, kind, item, cents });
  };
  const received = new Map<number, Map<RevenueItem, number>>();
  const receive = (paymentId: number | null, byItem: ItemCents): void => {
    if (paymentId === null) return;
    const sum = received.get(paymentId) ?? new Map<RevenueItem, number>();
    for (const [item, cents] of byItem) addTo(sum, item, cents);
    received.set(paymentId, sum);
  };

  for (const invoice of facts.invoices) {
    const { taxCents, totalCents, retainedCents } = invoice;
    const main = mainItem(invoice);
    const source: Source = { sourceKind: 'invoice', sourceId: String(invoice.id), eventOn: invoice.txnOn };
    const workCents = isHeldDeposit(facts, invoice) ? invoice.releasedCents : 0;
    post(source, 'billed', main, totalCents - taxCents + retainedCents - workCents);
    post(source, 'billed', 'work', workCents);
    post(source, 'tax', 'tax', taxCents);
    post(source, 'receivable', main, totalCents);
    if (facts.policy === 'invoice') {
      for (const [item, cents] of earnedByInvoice(facts, invoice)) post(source, 'earned', item, cents);
    }
    for (const settlement of settlements(invoice, facts.applications)) {
      const { application, on, byItem, workCreditCents } = settlement;
      const { id, kind, cents, isOwnMemo, isWriteOff, paymentId, usedOn } = application;
      if (isOwnMemo) continue;
      const applied: Source = { sourceKind: 'application', sourceId: String(id), eventOn: on };
      const settledOn = usedOn ?? on;
      const settled = { ...applied, eventOn: settledOn > invoice.txnOn ? settledOn : invoice.txnOn };
      post(settled, 'receivable', main, -cents);
      if (kind !== 'credit') {
        for (const [item, share] of byItem) post(applied, 'received', item, share);
        receive(paymentId, byItem);
      } else if (isWriteOff) {
        post(applied, 'bad_debt', main, cents);
      } else {
        const netCents = netCentsOf(settlement);
        post(applied, 'tax', 'tax', netCents - cents);
        post(applied, 'credited', main, netCents - workCreditCents);
        post(applied, 'credited', 'work', workCreditCents);
        if (facts.policy !== 'invoice') continue;
        if (isHeldDeposit(facts, invoice)) post(applied, 'earned', 'work', -workCreditCents);
        else post(applied, 'earned', main, -netCents);
      }
    }
  }
  for (const { id, on, totalCents, taxCents } of facts.memos) {
    const source: Source = { sourceKind: 'credit_memo', sourceId: String(id), eventOn: on };
    post(source, 'receivable', 'work', -totalCents);
    post(source, 'tax', 'tax', -taxCents);
    post(source, 'credited', 'work', totalCents - taxCents);
    if (facts.policy === 'invoice') post(source, 'earned', 'work', taxCents - totalCents);
  }
  for (const { id, on, cents, elsewhereCents } of facts.payments) {
    const applied = sumOf(received.get(id)?.values() ?? []);
    const unapplied = new Map<RevenueItem, number>();
    addTo(unapplied, 'unapplied', Math.max(0, cents - elsewhereCents - applied));
    receive(id, unapplied);
    const source: Source = { sourceKind: 'payment', sourceId: String(id), eventOn: on };
    for (const [item, share] of unapplied) post(source, 'received', item, share);
  }
  const returns = splitReturns(facts, received);
  for (const { back, item, byItem, taxCents, paidOutCents, netCents, reducedCents } of returns) {
    const source: Source = { sourceKind: back.kind, sourceId: String(back.id), eventOn: back.on };
    for (const [of, share] of byItem) post(source, 'received', of, -share);
    if (back.kind === 'dispute') {
      post(source, 'lost', item, sumOf(byItem.values()));
      continue;
    }
    post(source, 'tax', 'tax', -taxCents);
    post(source, 'receivable', 'work', paidOutCents);
    post(source, 'credited', item, netCents);
    if (facts.policy === 'invoice') post(source, 'earned', item, -reducedCents);
  }
  if (facts.policy !== 'invoice') {
    const billed = facts.invoices.map((invoice) => ({
      invoice,
      cents: sumOf(earnedByInvoice(facts, invoice).values()),
    }));
    for (const { cents, ...source } of earnedByWork(facts, { billed, returns }))
      post(source, 'earned', 'work', cents);
  }
  return events;
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
