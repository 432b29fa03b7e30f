import { moneyText } from '../../src/messages/format.js';

/** What Stripe's lists say of one payment. Cents. */
export interface StripePayment {
  intent: string;
  amountCents: number;
  refunds: readonly { amountCents: number; status: string }[];
  disputes: readonly { amountCents: number; status: string }[];
}

/** What the CRM has of one payment. Cents. */
export interface CrmPayment {
  intent: string;
  amountCents: number;
  refundedCents: number;
  lostCents: number;
  netCents: number;
  /** The newest operation that puts it into the books waits for its invoice. */
  isBlocked: boolean;
}

/** An open inbox item about the proposal, its customer or the whole organisation. */
export interface OpenItem {
  code: string;
  reason: string;
}

/** What the CRM shows of a proposal's money. Cents. */
export interface CrmMoney {
  currency: string;
  depositPaidCents: number;
  payments: readonly CrmPayment[];
  /** Null where the proposal has no invoice in QuickBooks. */
  invoice: { balanceCents: number | null; state: string } | null;
  items: readonly OpenItem[];
}

/** A document in QuickBooks that the CRM made of a payment. Cents. */
export interface BookedDocument {
  intent: string;
  totalCents: number;
}

/** What the records of QuickBooks say. Nothing that was deleted. */
export interface BooksMoney {
  /** The one the CRM names; null where there is none, or it was deleted. Cents. */
  invoice: { balanceCents: number; totalCents: number } | null;
  payments: readonly BookedDocument[];
  refundReceipts: readonly BookedDocument[];
  /** The payments of ours that a bookkeeper voided or deleted. */
  undone: ReadonlySet<string>;
}

/** The three sides of one proposal's money, once nothing is under way any more. */
export interface MoneySides {
  stripe: readonly StripePayment[];
  crm: CrmMoney;
  /** Null where no company was ever connected. */
  books: BooksMoney | null;
}

/** Something that two sides do not agree about, and whether an open item of the inbox accounts for all of it. */
export interface Difference {
  what: string;
  expected: number;
  found: number;
  isExplained: boolean;
}

const GONE = ['pending', 'requires_action', 'succeeded'];

const sumOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** Every difference that no open item of the inbox tells of. Empty where the three sides agree per cent. Pure. */
export function unexplainedDifferences(sides: MoneySides): Difference[] {
  return differencesOf(sides).filter(({ isExplained }) => !isExplained);
}

/** Every difference between the three sides. Pure. */
export function differencesOf(sides: MoneySides): Difference[] {
  const all = [...crmDifferences(sides), ...lostDifferences(sides), ...bookDifferences(sides)];
  return all.filter(({ expected, found }) => expected !== found);
}

/** Between Stripe and the CRM nothing may differ, whatever the inbox says. */
function crmDifferences({ stripe, crm }: MoneySides): Difference[] {
  const atStripe = stripe.map(balanceAtStripe);
  const compare = (
    what: string,
    pick: (one: Pick<CrmPayment, 'amountCents' | 'refundedCents' | 'lostCents'>) => number,
  ) => ({
    what: `${what}, Stripe and CRM`,
    expected: sumOf(atStripe.map(pick)),
    found: sumOf(crm.payments.map(pick)),
    isExplained: false,
  });
  return [
    compare('paid', ({ amountCents }) => amountCents),
    compare('refunded', ({ refundedCents }) => refundedCents),
    compare('lost in disputes', ({ lostCents }) => lostCents),
    {
      what: 'left with us, Stripe and CRM',
      expected: sumOf(atStripe.map(({ netCents }) => netCents)),
      found: crm.depositPaidCents,
      isExplained: false,
    },
  ];
}

/** No entry is made of a lost dispute: each stands in the inbox with its amount, and no other does. */
function lostDifferences({ stripe, crm }: MoneySides): Difference[] {
  const lost = stripe.flatMap(({ disputes }) => disputes.filter(({ status }) => status === 'lost'));
  const items = crm.items.filter(({ code }) => code === 'dispute_lost');
  return lost.map(({ amountCents }, place) => ({
    what: `lost dispute ${place + 1}, CRM and books`,
    expected: amountCents,
    found: 0,
    isExplained: items.length === lost.length && isNamed(items, `took back ${text(crm, amountCents)} of`),
  }));
}

function bookDifferences({ crm, books }: MoneySides): Difference[] {
  if (books === null) return [];
  const invoice =
    books.invoice && crm.invoice
      ? [
          {
            what: 'open on the invoice, books and CRM',
            expected: books.invoice.balanceCents,
            found: crm.invoice.balanceCents ?? 0,
            isExplained: false,
          },
        ]
      : [];
  return [...invoice, ...crm.payments.flatMap((payment) => differencesOfPayment(crm, books, payment))];
}

/** One payment and its refunds in the books. Where nothing of it is left, a bookkeeper may have undone it. */
function differencesOfPayment(crm: CrmMoney, books: BooksMoney, payment: CrmPayment): Difference[] {
  const { intent, amountCents, refundedCents, netCents } = payment;
  const paid = totalOf(books.payments, intent);
  const refunded = totalOf(books.refundReceipts, intent);
  const isWaiting = payment.isBlocked && crm.items.some(({ code, reason }) => isOfInvoice(code, reason));
  const isWithPerson = isNamed(crm.items, `The payment of ${text(crm, amountCents)} for`);
  const missing = `The refund of ${text(crm, refundedCents - refunded)} for`;
  const excess = `${text(crm, refunded - refundedCents)} of refunds for`;
  return [
    {
      what: `paid by ${intent}, CRM and books`,
      expected: amountCents,
      found: paid,
      isExplained: paid === 0 && (isWaiting || isWithPerson || (books.undone.has(intent) && netCents === 0)),
    },
    {
      what: `refunded of ${intent}, CRM and books`,
      expected: refundedCents,
      found: refunded,
      isExplained:
        refunded > refundedCents
          ? isNamed(crm.items, excess)
          : isNamed(crm.items, missing) || (refunded === 0 && paid === 0 && (isWaiting || isWithPerson)),
    },
  ];
}

/** What keeps the invoice from being made, and with it everything that waits for the invoice. */
function isOfInvoice(code: string, reason: string): boolean {
  return (
    reason.startsWith('The invoice of proposal') ||
    ['customer_match', 'paid_not_approved', 'connection_lost'].includes(code)
  );
}

function isNamed(items: readonly OpenItem[], part: string): boolean {
  return items.some(({ reason }) => reason.includes(part));
}

function totalOf(documents: readonly BookedDocument[], intent: string): number {
  return sumOf(documents.filter((one) => one.intent === intent).map(({ totalCents }) => totalCents));
}

function text({ currency }: CrmMoney, cents: number): string {
  return moneyText(cents, currency);
}

/** A refund that failed or was cancelled is none; a dispute counts once it is lost. */
function balanceAtStripe({ amountCents, refunds, disputes }: StripePayment) {
  const refunded = sumOf(refunds.filter(({ status }) => GONE.includes(status)).map((one) => one.amountCents));
  const lost = sumOf(disputes.filter(({ status }) => status === 'lost').map((one) => one.amountCents));
  return {
    amountCents,
    refundedCents: Math.min(refunded, amountCents),
    lostCents: Math.min(lost, amountCents),
    netCents: Math.max(amountCents - refunded - lost, 0),
  };
}
