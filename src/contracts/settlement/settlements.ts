import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import type { InvoiceLineKind } from '../../invoices/invoice-line.entity.js';
import { shareOfCents, sumCents } from '../../platform/money/cents.js';
import { splitStepCents } from '../../platform/money/charge-amount.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { apportion } from '../../platform/money/apportion.js';

/** What an amount on an invoice settles; `unapplied` is what is above all that was left of it. */
export type SettledItem = InvoiceLineKind | 'tax' | 'unapplied';

/** What of an amount goes to each item. */
export type CentsByItem<Item = SettledItem> = ReadonlyMap<Item, number>;

/** An invoice, as far as what settles it is split over it. */
export interface SettledInvoice {
  id: number;
  kind: InvoiceKind;
  currency: string;
  txnOn: CalendarDay;
  totalCents: number;
  taxCents: number;
  /** Of a deposit that is held, released; on the invoice of that deposit, what of it is work at once. */
  releasedCents: number;
  /** As they were asked of QuickBooks, in their order. None for a link made by hand. */
  lines: readonly { kind: InvoiceLineKind; cents: number }[];
}

/** A credit memo, as far as an invoice takes of it. */
export interface UsedMemo {
  totalCents: number;
  /** What of the total is tax: a memo without tax takes nothing off that of its invoice. */
  taxCents: number;
  /** What of its lines is under the product of deposits that are held. */
  depositCents: number;
  /** What its contract used of it before: what other contracts use changes nothing in this one. */
  usedBeforeCents: number;
}

/** What settles a part of an invoice: money, or what is none. */
export interface Application {
  id: number;
  invoiceId: number;
  kind: 'payment' | 'deposit' | 'credit';
  /** Of the payment, or of the credit memo; null where QuickBooks did not say. */
  on: CalendarDay | null;
  cents: number;
  /** Of a credit: it is a credit memo of ours, which counts by itself. */
  isOwnMemo: boolean;
  /** A credit that is no income given back but a debt given up: it is booked to an expense. */
  isWriteOff: boolean;
  /** Of a credit whose credit memo is known. */
  memo: UsedMemo | null;
}

/** An amount on an invoice, with its day and what of each item it settles. */
export interface Settlement<A extends Application = Application> {
  application: A;
  on: CalendarDay;
  byItem: CentsByItem;
  /** What of it is tax: of a known credit memo its own, whatever the invoice has. */
  taxCents: number;
  /** Of a credit on the invoice of a deposit that is held: what of it takes off the work that stands there. */
  workCreditCents: number;
}

/** A line of an invoice, signed, with its tax as a line of its own at the end. */
interface SettledLine {
  item: SettledItem;
  cents: number;
}

/** Lines of an invoice with what is still to be settled of each. */
interface OpenLines {
  currency: string;
  lines: readonly SettledLine[];
  remaining: number[];
}

/**
 * Everything that settles an invoice, in the order of its days, on one day in the one given, with what of each item it
 * settles: a share of all that remains of the lines, of which tax is one. Work on the invoice of a deposit that is held
 * is credited first, but for what a credit memo says is of the deposit. Pure.
 */
export function settlements<A extends Application>(
  invoice: SettledInvoice,
  applications: readonly A[],
): Settlement<A>[] {
  const lines = settledLines(invoice);
  const remaining = lines.map(({ cents }) => cents);
  let workLeftCents = invoice.kind === 'deposit' ? Math.max(0, invoice.releasedCents) : 0;
  return applications
    .filter(({ invoiceId }) => invoiceId === invoice.id)
    .map((application) => ({ application, on: application.on ?? invoice.txnOn }))
    .toSorted((one, other) => Number(one.on > other.on) - Number(one.on < other.on))
    .map(({ application, on }) => {
      const settled = settle({ currency: invoice.currency, lines, remaining }, application);
      const offWorkCents = application.cents - settled.taxCents - depositOnUse(application, invoice.currency);
      const workCreditCents = lowersBilled(application)
        ? Math.max(0, Math.min(workLeftCents, offWorkCents))
        : 0;
      workLeftCents -= workCreditCents;
      return { application, on, ...settled, workCreditCents };
    });
}

/**
 * True where it takes from what is billed: a credit that a bookkeeper gave. Our own credit memos count by themselves,
 * and a debt that is given up leaves its invoice billed.
 */
export function lowersBilled({ kind, isOwnMemo, isWriteOff }: Application): boolean {
  return kind === 'credit' && !isOwnMemo && !isWriteOff;
}

/** What of a settlement is no tax. */
export function netCentsOf({ application, taxCents }: Settlement): number {
  return application.cents - taxCents;
}

/** What settles an invoice without money. Our own credit memos are none of it: they count by themselves. */
export interface InvoiceCredits {
  /** What credits took off what it bills, before tax. */
  creditCents: number;
  /** What of that is off the work on the invoice of a deposit that is held. */
  workCreditCents: number;
  /** What they took off its tax. */
  creditTaxCents: number;
  /** What was given up of it as a debt, with tax: it stays billed. */
  writtenOffCents: number;
}

export const NO_CREDITS: InvoiceCredits = {
  creditCents: 0,
  workCreditCents: 0,
  creditTaxCents: 0,
  writtenOffCents: 0,
};

/** What settles an invoice without money. Pure. */
export function creditsOn(invoice: SettledInvoice, applications: readonly Application[]): InvoiceCredits {
  const settled = settlements(invoice, applications);
  const credits = settled.filter(({ application }) => lowersBilled(application));
  const writeOffs = settled.filter(
    ({ application }) => application.kind === 'credit' && application.isWriteOff,
  );
  return {
    creditCents: sumCents(credits.map(netCentsOf)),
    workCreditCents: sumCents(credits.map(({ workCreditCents }) => workCreditCents)),
    creditTaxCents: sumCents(credits.map(({ taxCents }) => taxCents)),
    writtenOffCents: sumCents(writeOffs.map(({ application }) => application.cents)),
  };
}

/** Adds an amount to what an item has so far, unless it is nothing. */
export function addTo<Item>(byItem: Map<Item, number>, item: Item, cents: number): void {
  if (cents !== 0) byItem.set(item, (byItem.get(item) ?? 0) + cents);
}

/**
 * The lines that are settled: as they were asked of QuickBooks, then the invoice's tax. What QuickBooks has besides,
 * because the invoice was edited or linked by hand, is of the kind of the invoice. They sum to the total.
 */
function settledLines(invoice: SettledInvoice): SettledLine[] {
  const lines: SettledLine[] = invoice.lines.map(({ kind, cents }) => ({ item: kind, cents }));
  const asked = sumCents(lines.map(({ cents }) => cents));
  const item = invoice.kind === 'progress' || invoice.kind === 'final' ? 'work' : invoice.kind;
  lines.push({ item, cents: invoice.totalCents - invoice.taxCents - asked });
  lines.push({ item: 'tax', cents: invoice.taxCents });
  return lines.filter(({ cents }) => cents !== 0);
}

/**
 * What is tax of a known credit memo settles that of the invoice, and the rest its other lines, each as far as there
 * is some left; everything else a share of all. Changes `remaining`.
 */
function settle(open: OpenLines, { cents, memo }: Application): Pick<Settlement, 'byItem' | 'taxCents'> {
  if (memo === null) {
    const byItem = payLines(open, cents);
    return { byItem, taxCents: byItem.get('tax') ?? 0 };
  }
  const taxCents = shareOnUse(memo, memo.taxCents, { cents, currency: open.currency });
  const byItem = new Map<SettledItem, number>();
  const pay = (most: number, isPaid: (line: SettledLine) => boolean): number => {
    const part = open.remaining.map((left, index) => (isPaid(open.lines[index]!) ? left : 0));
    const paid = Math.max(0, Math.min(most, sumCents(part)));
    const before = [...part];
    for (const [item, share] of payLines({ ...open, remaining: part }, paid)) addTo(byItem, item, share);
    part.forEach((left, index) => (open.remaining[index]! -= before[index]! - left));
    return paid;
  };
  const paidCents =
    pay(cents - taxCents, ({ item }) => item !== 'tax') + pay(taxCents, ({ item }) => item === 'tax');
  for (const [item, share] of payLines(open, cents - paidCents)) addTo(byItem, item, share);
  return { byItem, taxCents };
}

/** What of a credit is of the deposit that is held, by the lines of its credit memo. */
function depositOnUse({ memo, cents }: Application, currency: string): number {
  return memo === null ? 0 : shareOnUse(memo, memo.depositCents, { cents, currency });
}

/** The share of a part of it, such as its tax, cumulative, so that all uses of a credit memo come to that. */
function shareOnUse(
  { totalCents, usedBeforeCents }: UsedMemo,
  partCents: number,
  { cents, currency }: { cents: number; currency: string },
): number {
  const step = splitStepCents(currency, [totalCents, partCents, usedBeforeCents, cents]);
  const upTo = (used: number): number =>
    shareOfCents(Math.min(used, totalCents), partCents, totalCents, step);
  return upTo(usedBeforeCents + cents) - upTo(usedBeforeCents);
}

/**
 * Splits an amount over what remains of lines that may be negative, by largest remainder, of equal ones to the line
 * before; in yen by whole ones. What clears the invoice clears every line. Changes `remaining`.
 */
function payLines({ currency, lines, remaining }: OpenLines, cents: number): Map<SettledItem, number> {
  const open = sumCents(remaining);
  const paid = Math.max(0, Math.min(cents, open));
  const step = splitStepCents(currency, [paid, ...remaining]);
  const shares = paid === open ? [...remaining] : apportion(paid, remaining, step);
  const byItem = new Map<SettledItem, number>();
  shares.forEach((share, index) => {
    remaining[index]! -= share;
    addTo(byItem, lines[index]!.item, share);
  });
  addTo(byItem, 'unapplied', cents - paid);
  return byItem;
}
