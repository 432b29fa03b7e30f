import { DEPOSIT } from '../../../../invoices/invoice-key.js';
import type {
  CheckoutFacts,
  DepositFacts,
  DisputeFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  ProposalFacts,
} from '../explain-facts.js';

const NOW = new Date('2026-03-20T17:00:00Z');
const AROUND = {
  connection: { state: 'connected' as const, since: new Date('2026-01-05T17:00:00Z') },
  inbox: null,
  inboxCount: 0,
  unfinished: [],
  now: NOW,
  today: '2026-03-20',
  timeZone: 'America/Denver',
  formerTimeZones: [],
};

const proposal = (facts: Partial<ProposalFacts> = {}): ProposalFacts => ({
  ...AROUND,
  id: 7,
  status: 'approved',
  amountCents: 1_250_000,
  depositDueCents: 375_000,
  currency: 'USD',
  approvedAt: new Date('2026-03-01T17:00:00Z'),
  keptOut: null,
  undecided: null,
  link: 'live',
  deposit: null,
  paidDeposit: null,
  checkout: null,
  invoicesFrom: null,
  recordPayments: true,
  unbilled: null,
  unearnedFromPercent: null,
  openChange: null,
  invoice: null,
  hidden: null,
  othersOpen: { count: 0, cents: 0 },
  gone: [],
  spentEntries: [],
  operation: null,
  recording: null,
  ...facts,
});
const deposit = (facts: Partial<DepositFacts> = {}): DepositFacts => ({
  paidCents: 375_000,
  refundedCents: 0,
  lostCents: 0,
  netCents: 375_000 - (facts.refundedCents ?? 0) - (facts.lostCents ?? 0),
  paidAt: new Date('2026-03-02T17:00:00Z'),
  dispute: null,
  ...facts,
});
/** About all of the only payment. */
const dispute = (stripeStatus: string, facts: Partial<DisputeFacts> = {}): DisputeFacts => ({
  stripeStatus,
  respondBy: null,
  takesAnswer: true,
  cents: 375_000,
  paidCents: 375_000,
  paidAt: new Date('2026-03-02T17:00:00Z'),
  reference: 'pi_1',
  isOnlyPayment: true,
  others: 0,
  ...facts,
});
const operation = (state: OperationFacts['state'], facts: Partial<OperationFacts> = {}): OperationFacts => ({
  state,
  attempts: 1,
  reason: null,
  since: new Date('2026-03-20T16:30:00Z'),
  nextAttemptAt: new Date('2026-03-20T17:05:00Z'),
  ...facts,
});
const invoice = (facts: Partial<InvoiceExplanationFacts> = {}): InvoiceExplanationFacts => ({
  id: 4,
  key: DEPOSIT,
  number: 'CRM-7',
  qboId: '145',
  state: 'open',
  totalCents: 375_000,
  balanceCents: 375_000,
  paidCents: 0,
  recordedCents: 0,
  byHandCents: 0,
  undecidedCents: 0,
  dueOn: '2026-03-25',
  paidAt: null,
  settledOn: null,
  lastSyncAt: new Date('2026-03-20T16:59:00Z'),
  remindedAt: null,
  inOtherCompany: false,
  ...facts,
});
const page = (status: CheckoutFacts['status'], facts: Partial<CheckoutFacts> = {}): CheckoutFacts => ({
  status,
  amountCents: 375_000,
  expiresAt: new Date('2026-03-21T17:00:00Z'),
  since: new Date('2026-03-19T17:00:00Z'),
  error: null,
  ...facts,
});
const LOST = { state: 'needs_reauth' as const, since: new Date('2026-03-18T17:00:00Z') };
const NEVER = { state: 'never' as const, since: null };
const ITEM = {
  code: 'books_closed' as const,
  reason: 'The invoice: the books are closed.',
  nextStep: 'Open the period.',
};
const CLOSED = 'The books are closed for this date. (Account period closed.)';

/** What explanations are made from, as it stands on an ordinary day: a test changes what it is about. */
export const explained = {
  NOW,
  AROUND,
  LOST,
  NEVER,
  ITEM,
  CLOSED,
  proposal,
  deposit,
  dispute,
  operation,
  invoice,
  page,
};
