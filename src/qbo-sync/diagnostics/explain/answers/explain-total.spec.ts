import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INBOX_CODES } from '../../../../messages/inbox-messages.js';
import { whyCustomer } from './explain-customer.js';
import type {
  CheckoutFacts,
  CustomerExplanationFacts,
  InvoiceExplanationFacts,
  OperationFacts,
  ProposalFacts,
} from '../explain-facts.js';
import { whyProposal } from './explain-proposal.js';
import { excessCents } from './open-matters.js';
import { type Answer, NOTHING_TO_DO } from './wording.js';

describe('Every proposal', () => {
  it('has an answer of one sentence and a next step, whatever the facts', () => {
    fc.assert(
      fc.property(someProposal, (facts) => {
        expect(flawsOf(whyProposal(facts))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it(
    'gets the same answer for the same facts, and another where they differ (so the tests above are not ' +
      'vacuous)',
    () => {
      fc.assert(
        fc.property(someProposal, (facts) => {
          expect(whyProposal(structuredClone(facts))).toEqual(whyProposal(facts));
        }),
      );
      const answers = fc.sample(someProposal, 2_000).map((facts) => whyProposal(facts).answer);
      expect(new Set(answers).size).toBeGreaterThan(200);
    },
  );
});

describe('Nothing to do', () => {
  const isOpen = ({ inbox, unfinished }: Pick<ProposalFacts, 'inbox' | 'unfinished'>): boolean =>
    inbox !== null || unfinished.length > 0;

  it('is never said of a proposal while anything of it is open, not done, too much or not billed', () => {
    const result = fc.check(
      fc.property(someProposal, (facts) => {
        const { nextStep } = whyProposal(facts);
        const isAgreed =
          facts.unbilled === null && facts.openChange === null && facts.unearnedFromPercent === null;
        const isBilled = isAgreed || facts.status === 'cancelled';
        const isDone = !isOpen(facts) && excessCents(facts) === 0 && facts.gone.length === 0 && isBilled;
        return (
          (isDone || !nextStep.startsWith('Nothing to do')) && nextStep.includes(facts.inbox?.nextStep ?? '')
        );
      }),
      { numRuns: 5_000 },
    );
    expect(result.counterexample).toBeNull();
  });

  it('is never said of a customer while an item is open or a step is not done', () => {
    const result = fc.check(
      fc.property(someCustomer, (facts) => {
        const { nextStep } = whyCustomer(facts);
        return (
          (!isOpen(facts) || !nextStep.startsWith('Nothing to do')) &&
          nextStep.includes(facts.inbox?.nextStep ?? '')
        );
      }),
      { numRuns: 2_000 },
    );
    expect(result.counterexample).toBeNull();
  });

  it('is said where nothing is open (so that the tests before are not vacuous)', () => {
    const closed = fc.sample(someProposal, 2_000).map((facts) => ({
      ...facts,
      inbox: null,
      inboxCount: 0,
      unfinished: [],
      deposit: null,
      gone: [],
    }));
    expect(closed.filter((facts) => whyProposal(facts).nextStep === NOTHING_TO_DO).length).toBeGreaterThan(
      20,
    );
  });
});

describe('Every customer', () => {
  it('has an answer whatever the facts', () => {
    fc.assert(
      fc.property(someCustomer, (facts) => {
        expect(flawsOf(whyCustomer(facts))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
const day = instant.map((date) => date.toISOString().slice(0, 10));
const cents = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000_000_000 }));
const text = fc.oneof(fc.string({ maxLength: 400 }), fc.constant('The books are closed. (Really.)'));
const maybe = <T>(what: fc.Arbitrary<T>) => fc.option(what, { nil: null });
const someOperation = fc.record({
  state: fc.constantFrom<OperationFacts['state'][]>(
    'waiting',
    'held_back',
    'ready',
    'sent',
    'uncertain',
    'done',
    'refused',
    'needs_person',
  ),
  attempts: fc.nat(9),
  reason: maybe(text),
  since: instant,
  nextAttemptAt: instant,
});
const KINDS = [
  'customer.create',
  'customer.update',
  'invoice.create',
  'invoice.void',
  'item.create',
  'payment.create',
  'payment.apply',
  'refund.create',
] as const;
const around = {
  connection: fc.record({
    state: fc.constantFrom<ProposalFacts['connection']['state'][]>(
      'never',
      'connected',
      'needs_reauth',
      'disconnected',
      'elsewhere',
    ),
    since: maybe(instant),
  }),
  inbox: maybe(
    fc.record({
      code: fc.constantFrom(...INBOX_CODES),
      reason: text,
      nextStep: fc.constant('Do it.'),
    }),
  ),
  inboxCount: fc.nat(3),
  unfinished: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.tuple(someOperation, fc.constantFrom(...KINDS)).map(([operation, kind]) => ({ ...operation, kind })),
      { minLength: 1, maxLength: 2 },
    ),
  ),
  now: instant,
  today: day,
  timeZone: fc.constantFrom('America/Denver', 'UTC', 'Pacific/Auckland'),
  formerTimeZones: fc.constant([]),
};
const someCustomer: fc.Arbitrary<CustomerExplanationFacts> = fc.record({
  ...around,
  id: fc.nat(),
  qboCustomerId: maybe(fc.constant('58')),
  lastSyncAt: maybe(instant),
  inOtherCompany: fc.boolean(),
  excluded: fc.boolean(),
  undecided: fc.boolean(),
  resting: fc.constantFrom(null, 'inactive' as const, 'erased' as const),
  inactive: fc.boolean(),
  differs: fc.boolean(),
  operation: maybe(someOperation),
});
const someDispute = fc.record({
  stripeStatus: fc.constantFrom('lost', 'under_review', 'needs_response', 'warning_needs_response', 'odd'),
  respondBy: maybe(instant),
  takesAnswer: fc.boolean(),
  cents,
  paidCents: cents,
  paidAt: instant,
  reference: fc.constant('pi_3PqRs2LkdIwHu7ix0a1B2c3D'),
  isOnlyPayment: fc.boolean(),
  others: fc.nat({ max: 3 }),
});
const someKey = fc.record({
  kind: fc.constantFrom('deposit' as const, 'progress' as const, 'final' as const, 'retainage' as const),
  sequence: fc.integer({ min: 1, max: 3 }),
  change: maybe(fc.record({ number: fc.integer({ min: 1, max: 9 }), description: fc.constant('Skylights') })),
});
const NONE_OPEN = { count: 0, cents: 0 };
const anyProposal: fc.Arbitrary<ProposalFacts> = fc.record({
  ...around,
  id: fc.nat(),
  status: fc.constantFrom<ProposalFacts['status'][]>('lead', 'draft', 'approved', 'cancelled'),
  amountCents: maybe(cents),
  depositDueCents: maybe(cents),
  currency: fc.constantFrom('USD', 'JPY', 'KWD'),
  approvedAt: maybe(instant),
  keptOut: maybe(fc.nat()),
  undecided: maybe(fc.nat()),
  link: fc.constantFrom<ProposalFacts['link'][]>('none', 'live', 'over'),
  hidden: maybe(fc.record({ cents, removedCents: cents, removedPaymentId: fc.nat() })),
  paidDeposit: fc.constant(null),
  deposit: maybe(
    fc.record({
      paidCents: cents,
      refundedCents: cents,
      lostCents: cents,
      netCents: cents,
      paidAt: instant,
      dispute: maybe(someDispute),
    }),
  ),
  checkout: maybe(
    fc.record({
      status: fc.constantFrom<CheckoutFacts['status'][]>('open', 'pending', 'paid', 'failed', 'expired'),
      amountCents: cents,
      expiresAt: maybe(instant),
      since: instant,
      error: maybe(fc.constantFrom('payment_failed', 'stripe_refused')),
    }),
  ),
  invoicesFrom: maybe(day),
  recordPayments: fc.boolean(),
  unbilled: fc.option(
    fc.record({
      cents: fc.integer({ min: 1, max: 10_000_000 }),
      heldCents: fc.constantFrom(0, 90_000),
      entryNumber: maybe(fc.nat(9)),
    }),
  ),
  unearnedFromPercent: fc.option(fc.constantFrom(0, 80), { freq: 1 }),
  openChange: fc.option(
    fc.record({
      number: fc.integer({ min: 1, max: 9 }),
      deltaCents: fc.integer(),
      refusal: maybe(fc.constant('It would come to less than is billed of it. Void an invoice first.')),
    }),
  ),
  invoice: maybe(
    fc.record({
      id: fc.nat(9),
      key: someKey,
      number: fc.constantFrom('CRM-7', '1042'),
      qboId: fc.constantFrom('145', '1042', '9007199254740993', 'CRM-7'),
      state: maybe(
        fc.constantFrom<NonNullable<InvoiceExplanationFacts['state']>[]>(
          'open',
          'partially_paid',
          'overdue',
          'paid',
          'settled_by_credit',
          'voided',
          'deleted',
        ),
      ),
      totalCents: cents,
      balanceCents: cents,
      paidCents: cents,
      recordedCents: cents,
      byHandCents: cents,
      undecidedCents: cents,
      dueOn: maybe(day),
      paidAt: maybe(instant),
      settledOn: maybe(day),
      lastSyncAt: maybe(instant),
      remindedAt: maybe(instant),
      inOtherCompany: fc.boolean(),
    }),
  ),
  othersOpen: fc.record({ count: fc.nat(3), cents: fc.nat(900_000) }),
  gone: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.record({
        id: fc.nat(9),
        key: someKey,
        number: fc.constantFrom('CRM-7-F', 'CRM-7-P1'),
        state: fc.constantFrom('voided' as const, 'deleted' as const),
        netCents: fc.integer({ min: 1, max: 10_000_000 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  ),
  spentEntries: fc.oneof(fc.constant([]), fc.array(someKey, { minLength: 1, maxLength: 4 })),
  operation: maybe(someOperation),
  recording: maybe(someOperation),
});
/** An invoice that is open is told of before one that is not, so that beside the latter none is. */
const someProposal = anyProposal.map((facts) =>
  ['open', 'partially_paid', 'overdue'].includes(facts.invoice?.state ?? '')
    ? facts
    : { ...facts, othersOpen: NONE_OPEN },
);

/** What keeps an answer from being one sentence that ends in its only stop, with a next step beside it. */
function flawsOf({ answer, nextStep }: Answer): string[] {
  const flaws = {
    'does not end in one stop': !/^\S.*[^\s.]\.$/u.test(answer),
    'is several sentences': /[.!?]\s/.test(answer),
    'shows what is missing': /undefined|null|NaN|Invalid/.test(answer),
    'has no next step': !nextStep.endsWith('.'),
  };
  return Object.entries(flaws).flatMap(([flaw, is]) => (is ? [`${flaw}: ${answer}`] : []));
}
