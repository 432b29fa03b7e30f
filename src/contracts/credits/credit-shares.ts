import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { type InvoiceKey, isSameKey } from '../../invoices/invoice-key.js';
import { isLive, type QboState } from '../../invoices/invoice-state.js';
import { sumCents } from '../../platform/money/cents.js';

/** Refunds that pay credits out, in cents. */
export interface CreditPayouts {
  refundsCents: number;
  /** Credits that a refund may have paid out, as long as nobody has said so. */
  creditsCents: number;
  /** What of credits that refunds may have given back no refund did, as long as nobody has said that one has. */
  notGivenBackCents: number;
}

/** An invoice with what is still to be paid of it, in cents. */
export interface CreditableInvoice {
  id: number;
  kind: InvoiceKind;
  openCents: number;
}

/** What of an invoice decides whether credits come off it. */
export interface BilledInvoice extends InvoiceKey {
  id: number;
  /** As QuickBooks last said; null of one that it does not have, or that was never read. */
  state: QboState | null;
  balanceCents: number | null;
  qboRealmId: string | null;
}

/** What of them is in the books of one company; null where it waits for whichever it belongs to. */
export interface CreditsElsewhere {
  realmId: string | null;
  cents: number;
}

/** What of a contract's credits is on no invoice, in cents. */
export interface WaitingCredits {
  /** In the connected company, or on their way there. */
  cents: number;
  /** In the books of companies that were connected before, or waiting for one: no invoice of another one takes them. */
  elsewhere: readonly CreditsElsewhere[];
  /** The connected company; null before the first one was. */
  realmId: string | null;
}

/** True where credits that wait in the connected company can be put on the invoice: it is in the same books. */
function takesCredits(
  { qboRealmId }: { qboRealmId: string | null },
  { realmId }: Pick<WaitingCredits, 'realmId'>,
): boolean {
  return qboRealmId === null || realmId === null || qboRealmId === realmId;
}

/**
 * True where a credit memo of a contract belongs into the books of this company: an open invoice of the contract is
 * there, or none is open anywhere, and one was billed there. A link that names no company is of this one. Pure.
 */
export function creditBelongsTo(
  realmId: string,
  invoices: readonly { qboRealmId: string | null; openCents: number }[],
): boolean {
  const open = invoices.filter(({ openCents }) => openCents > 0);
  const takers = open.length > 0 ? open : invoices;
  return takers.length === 0 || takers.some(({ qboRealmId }) => (qboRealmId ?? realmId) === realmId);
}

/**
 * The invoices of a contract that its credits can still come off, with what is open of each: those that stand in
 * QuickBooks. `money`: what was paid here for some of them and is not there yet. Whoever asks what a customer has to
 * pay names it, as it pays the invoice first. Whoever asks what of the credits finds a place in the books does not:
 * there a credit goes onto whatever is open at that moment, and the payment that comes after it onto the rest. Pure.
 */
export function creditableInvoices(
  invoices: readonly BilledInvoice[],
  money: readonly (InvoiceKey & { unrecordedCents: number })[] = [],
): (CreditableInvoice & { qboRealmId: string | null })[] {
  return invoices
    .filter((invoice) => invoice.state !== null && isLive(invoice))
    .map((invoice) => {
      const { id, kind, qboRealmId, balanceCents } = invoice;
      const unrecordedCents = money.find((one) => isSameKey(one, invoice))?.unrecordedCents ?? 0;
      return { id, kind, qboRealmId, openCents: (balanceCents ?? 0) - unrecordedCents };
    });
}

/** What credits that are on no invoice yet take off each, in cents. */
export interface CreditShares {
  byInvoice: ReadonlyMap<number, number>;
  /** What no invoice takes: the customer's credit. */
  leftCents: number;
}

/** How all that waits will lie: what no invoice takes is told by where it is. */
export interface WaitingShares extends CreditShares {
  /** In the books of companies that were connected before. */
  leftElsewhereCents: number;
}

/** The order in which credits are put on invoices: the final one, then the newest. */
export function finalFirst(
  one: { id: number; kind: InvoiceKind },
  other: { id: number; kind: InvoiceKind },
): number {
  return Number(other.kind === 'final') - Number(one.kind === 'final') || other.id - one.id;
}

/** How credits will lie on the open invoices of their contract once all of them are there. Pure. */
export function creditShares(invoices: readonly CreditableInvoice[], creditsCents: number): CreditShares {
  const byInvoice = new Map<number, number>();
  let leftCents = creditsCents;
  for (const { id, openCents } of invoices.toSorted(finalFirst)) {
    const cents = Math.min(leftCents, Math.max(openCents, 0));
    if (cents === 0) continue;
    byInvoice.set(id, cents);
    leftCents -= cents;
  }
  return { byInvoice, leftCents };
}

/**
 * The same for all credits that wait: those in the connected company come off invoices there, and those in each that
 * was connected before off the invoices there, as soon as it is back. What waits for one of these, whichever it is,
 * comes off what they leave. Pure.
 */
export function waitingShares(
  invoices: readonly (CreditableInvoice & { qboRealmId: string | null })[],
  waiting: WaitingCredits,
): WaitingShares {
  const byInvoice = new Map<number, number>();
  const leftOf = (cents: number, isTaker: (invoice: { qboRealmId: string | null }) => boolean): number => {
    const open = invoices
      .filter(isTaker)
      .map(({ id, kind, openCents }) => ({ id, kind, openCents: openCents - (byInvoice.get(id) ?? 0) }));
    const shares = creditShares(open, cents);
    for (const [id, off] of shares.byInvoice) byInvoice.set(id, (byInvoice.get(id) ?? 0) + off);
    return shares.leftCents;
  };
  const leftCents = leftOf(waiting.cents, (invoice) => takesCredits(invoice, waiting));
  const known = waiting.elsewhere.filter(({ realmId }) => realmId !== null);
  const others = waiting.elsewhere.filter(({ realmId }) => realmId === null);
  const leftElsewhere = [...known, ...others].map(({ realmId, cents }) =>
    leftOf(
      cents,
      (invoice) => !takesCredits(invoice, waiting) && (realmId === null || invoice.qboRealmId === realmId),
    ),
  );
  return { byInvoice, leftCents, leftElsewhereCents: sumCents(leftElsewhere) };
}
