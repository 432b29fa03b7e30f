import { moneyText } from '../../../../../messages/format.js';

/** Kinds of operations whose documents are money of a customer. */
export type MoneyKind = 'payment.create' | 'refund.create' | 'credit.create';

/** A document in QuickBooks as it was read; customer and sum are null of one that was deleted or voided. */
export interface ReadMoney {
  id: string;
  customerId: string | null;
  totalCents: number | null;
}

/** One that was made from here, as it was sent and as it was last read before. */
export interface MoneyDocument {
  operationId: string;
  /** The payment of ours; of a credit memo its change order. */
  entityId: number;
  qboId: string;
  proposalId: number;
  /** The customer of the proposal; null without one, or where that is not known by a name. */
  customer: string | null;
  /** Of a credit memo its number. */
  number: string | null;
  /** ISO 4217; null of a credit memo. */
  currency: string | null;
  /** Of a payment and a refund what it was sent over. */
  sentCents: number | null;
  /** What it was over when it was last read; null where that was as sent. */
  standsCents: number | null;
  /** The customer there that it was made for; null where a person entered it. */
  sentTo: string | null;
  /** The one it was with when it was last read; null where that was as sent. */
  standsWith: string | null;
  /** The customer it is with now is linked to that of its proposal, or is a project of theirs. */
  isTheirs: boolean;
  /** The one it was made for is there no more, as after it was merged into another. */
  isMerged: boolean;
  /** It is on an invoice of its proposal. */
  isOnInvoice: boolean;
  /** A person is asked already, as QuickBooks applied another sum than was sent. */
  isAsked: boolean;
}

/** What is to be done about a question: a person is asked, it is over, or it stays as it is. */
export type QuestionChange = 'ask' | 'close' | 'none';

/** What follows for a question, and what is kept from now on: null where it is as it was sent. */
interface Standing<T> {
  question: QuestionChange;
  keep: T | null;
}

/**
 * What a payment of ours is over. A person is asked once for each other sum; it is no question any more once it is over
 * what was sent, or gone. One that QuickBooks made over another sum as it was recorded is asked about already. Pure.
 */
export function sumStanding(
  { sentCents, standsCents, isAsked }: Pick<MoneyDocument, 'sentCents' | 'standsCents' | 'isAsked'>,
  { totalCents }: Pick<ReadMoney, 'totalCents'>,
): Standing<number> {
  const isRight = totalCents === null || totalCents === sentCents;
  if (standsCents === null && isAsked) return { question: 'none', keep: isRight ? null : totalCents };
  return standingOf(isRight ? null : totalCents, standsCents);
}

/**
 * Whose a document of ours is. One that is on an invoice of its proposal is with whoever that is made out to, which is
 * a question about the invoice; one that a person entered is where they put it; and where customers were merged, all
 * that was one's is the other's. Pure.
 */
export function customerStanding(
  {
    sentTo,
    standsWith,
    isTheirs,
    isMerged,
    isOnInvoice,
  }: Pick<MoneyDocument, 'sentTo' | 'standsWith' | 'isTheirs' | 'isMerged' | 'isOnInvoice'>,
  { customerId }: Pick<ReadMoney, 'customerId'>,
): Standing<string> {
  const isNobodyElses = customerId === null || sentTo === null || customerId === sentTo;
  const isRight = isNobodyElses || isTheirs || isMerged || isOnInvoice;
  return standingOf(isRight ? null : customerId, standsWith);
}

function standingOf<T extends string | number>(now: T | null, before: T | null): Standing<T> {
  if (now === before) return { question: 'none', keep: now };
  return { question: now === null ? 'close' : 'ask', keep: now };
}

/** What a document is called in a sentence: `The payment of $3,750.00 for proposal 7`. Pure. */
export function nameOfDocument(
  kind: MoneyKind,
  {
    sentCents,
    currency,
    number,
    proposalId,
  }: Pick<MoneyDocument, 'sentCents' | 'currency' | 'number' | 'proposalId'>,
): string {
  if (kind === 'credit.create')
    return `Credit memo ${number ?? ''} of a change order of proposal ${proposalId}`;
  const what = kind === 'payment.create' ? 'payment' : 'refund';
  return `The ${what} of ${moneyText(sentCents ?? 0, currency ?? '')} for proposal ${proposalId}`;
}
