/** What Stripe's lists say of one payment. Cents. */
export interface StripePayment {
  intent: string;
  amountCents: number;
  refunds: readonly { amountCents: number; status: string }[];
  disputes: readonly { amountCents: number; status: string }[];
}

/** What the CRM shows of a proposal's money. Cents. */
export interface CrmMoney {
  depositPaidCents: number;
  payments: readonly { amountCents: number; refundedCents: number; lostCents: number; netCents: number }[];
  /** Null where the proposal has no invoice in QuickBooks. */
  invoice: { balanceCents: number | null; state: string } | null;
  /** The codes of the open inbox items about this proposal, or about its whole organisation. */
  openCodes: readonly string[];
}

/** What the records of QuickBooks say. Cents; nothing that was deleted. */
export interface BooksMoney {
  /** The one the CRM names; null where there is none, or it was deleted. */
  invoice: { balanceCents: number; totalCents: number } | null;
  /** The total of the payments that the CRM made. */
  ownPaymentCents: number;
  /** The total of the refund receipts. */
  refundReceiptCents: number;
}

/** The three sides of one proposal's money, once nothing is under way any more. */
export interface MoneySides {
  stripe: readonly StripePayment[];
  crm: CrmMoney;
  /** Null where no company was ever connected. */
  books: BooksMoney | null;
}

/** Something that two sides do not agree about, and the inbox codes that would tell a person of it. */
export interface Difference {
  what: string;
  expected: number;
  found: number;
  notifiedBy: readonly string[];
}

const GONE = ['pending', 'requires_action', 'succeeded'];

/** Why a payment is not, or not any more, in the books as it was paid. */
const PAYMENT_CODES = [
  'invoice_settled_already',
  'invoice_gone',
  'invoice_missing',
  'paid_not_approved',
  'payment_not_owed',
  'payment_unapplied',
  'invoice_unwanted',
  'uncertain',
  'customer_match',
];
/** Why the refunds in the books are not those of Stripe. */
const REFUND_CODES = ['refund_reversed', 'payment_missing', 'uncertain', ...PAYMENT_CODES];

const sumOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** Every difference that no open item of the inbox tells of. Empty where the three sides agree per cent. Pure. */
export function unexplainedDifferences(sides: MoneySides): Difference[] {
  const open = new Set(sides.crm.openCodes);
  return differencesOf(sides).filter(({ notifiedBy }) => !notifiedBy.some((code) => open.has(code)));
}

/** Every difference between the three sides. Pure. */
export function differencesOf({ stripe, crm, books }: MoneySides): Difference[] {
  const atStripe = stripe.map(balanceAtStripe);
  const all: Difference[] = [
    {
      what: 'paid, Stripe and CRM',
      expected: sumOf(atStripe.map(({ amountCents }) => amountCents)),
      found: sumOf(crm.payments.map(({ amountCents }) => amountCents)),
      notifiedBy: [],
    },
    {
      what: 'refunded, Stripe and CRM',
      expected: sumOf(atStripe.map(({ refundedCents }) => refundedCents)),
      found: sumOf(crm.payments.map(({ refundedCents }) => refundedCents)),
      notifiedBy: [],
    },
    {
      what: 'lost in disputes, Stripe and CRM',
      expected: sumOf(atStripe.map(({ lostCents }) => lostCents)),
      found: sumOf(crm.payments.map(({ lostCents }) => lostCents)),
      notifiedBy: [],
    },
    {
      what: 'left with us, Stripe and CRM',
      expected: sumOf(atStripe.map(({ netCents }) => netCents)),
      found: crm.depositPaidCents,
      notifiedBy: [],
    },
    ...differencesOfBooks(crm, books),
    {
      what: 'lost in disputes, CRM and books (no entry is made of it)',
      expected: sumOf(crm.payments.map(({ lostCents }) => lostCents)),
      found: 0,
      notifiedBy: ['dispute_lost'],
    },
  ];
  return all.filter(({ expected, found }) => expected !== found);
}

function differencesOfBooks(crm: CrmMoney, books: BooksMoney | null): Difference[] {
  if (books === null) return [];
  const invoice: Difference[] =
    books.invoice && crm.invoice
      ? [
          {
            what: 'open on the invoice, books and CRM',
            expected: books.invoice.balanceCents,
            found: crm.invoice.balanceCents ?? 0,
            notifiedBy: [],
          },
        ]
      : [];
  return [
    ...invoice,
    {
      what: 'paid, CRM and books',
      expected: sumOf(crm.payments.map(({ amountCents }) => amountCents)),
      found: books.ownPaymentCents,
      notifiedBy: PAYMENT_CODES,
    },
    {
      what: 'refunded, CRM and books',
      expected: sumOf(crm.payments.map(({ refundedCents }) => refundedCents)),
      found: books.refundReceiptCents,
      notifiedBy: REFUND_CODES,
    },
  ];
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
