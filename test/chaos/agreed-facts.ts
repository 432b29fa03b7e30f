import type { BookedDocument, Facts } from './facts.ts';

const ORG = 1;
const DEPOSIT = 30_000;

function document(facts: Partial<BookedDocument> & Pick<BookedDocument, 'id'>): BookedDocument {
  return {
    customerId: 'C1',
    number: '',
    note: '',
    totalCents: DEPOSIT,
    balanceCents: 0,
    isDeleted: false,
    isVoided: false,
    currency: 'USD',
    rate: 1,
    workCents: facts.totalCents ?? DEPOSIT,
    lines: [],
    ...facts,
  };
}

/**
 * One proposal whose deposit was invoiced, paid by card and refunded in part, with every side agreeing. A new object
 * each time, to plant something in.
 */
export function agreedFacts(): Facts {
  const made = (id: number, kind: string, qboId: string, entityId = id) => ({
    id,
    kind,
    entityId,
    generation: 1,
    proposalId: 7,
    requestId: `r${id}`,
    state: 'done',
    qboId,
    error: null,
  });
  return {
    crm: [
      {
        org: ORG,
        isConnected: true,
        customers: [{ id: 3, email: 'ann@chaos.test', qboId: 'C1' }],
        proposals: [
          {
            id: 7,
            customerId: 3,
            status: 'approved',
            currency: 'USD',
            qboInvoiceId: 'I1',
            qboBalanceCents: 0,
            depositPaidCents: 20_000,
            isLogged: true,
          },
        ],
        contracts: [
          { proposalId: 7, valueCents: 110_000, offeredCents: 100_000, changedCents: 10_000, approvals: 1 },
        ],
        invoices: [
          {
            id: 5,
            proposalId: 7,
            kind: 'deposit',
            sequence: 1,
            generation: 1,
            qboId: 'I1',
            number: 'CRM-7',
            state: 'paid',
            totalCents: DEPOSIT,
            balanceCents: 0,
          },
        ],
        payments: [
          { id: 2, proposalId: 7, kind: 'deposit', intent: 'pi_1', session: 'cs_1', cents: DEPOSIT },
        ],
        refunds: [{ paymentId: 2, stripeId: 're_1', cents: 10_000, state: 'succeeded' }],
        disputes: [],
        credits: [],
        applied: [{ paymentQboId: 'P1', invoiceQboId: 'I1', cents: DEPOSIT }],
        operations: [
          made(1, 'invoice.create', 'I1'),
          made(2, 'payment.create', 'P1'),
          made(3, 'refund.create', 'R1', 2),
        ],
        inbox: [],
        activity: [
          { proposalId: 7, event: 'invoice_created', occurrence: 'I1' },
          { proposalId: 7, event: 'payment_success', occurrence: '2' },
          { proposalId: 7, event: 'payment_recorded', occurrence: '2#1' },
          { proposalId: 7, event: 'refund_recorded', occurrence: '2#1' },
          { proposalId: 7, event: 'invoice_paid', occurrence: 'I1#1' },
        ],
        reminders: [
          { id: 8, invoiceId: 5, proposalId: 7, state: 'sent', isHandedOver: true, isDue: false },
          { id: 9, invoiceId: 5, proposalId: 7, state: 'skipped', isHandedOver: false, isDue: false },
        ],
        mailedLinks: [{ id: 4, proposalId: 7, state: 'sent', isDue: false }],
        audit: [
          { action: 'proposal.approved', proposalId: 7 },
          { action: 'change_order.approved', proposalId: 7 },
        ],
        why: [{ proposalId: 7, answer: 'Invoice CRM-7 was paid in full.', nextStep: 'Nothing to do.' }],
        pendingEvents: [],
      },
    ],
    books: {
      [ORG]: {
        customers: [{ id: 'C1', email: 'ann@chaos.test', isActive: true, currency: 'USD' }],
        invoices: [document({ id: 'I1', number: 'CRM-7', note: 'crm:r1' })],
        payments: [
          document({
            id: 'P1',
            note: 'crm:r2 Stripe pi_1',
            lines: [{ invoiceId: 'I1', cents: DEPOSIT }],
          }),
        ],
        refundReceipts: [document({ id: 'R1', note: 'crm:r3 Stripe pi_1', totalCents: 10_000 })],
        creditMemos: [],
        costs: [],
      },
    },
    stripe: {
      charges: [{ intent: 'pi_1', session: 'cs_1', cents: DEPOSIT }],
      refunds: [{ id: 're_1', intent: 'pi_1', cents: 10_000, status: 'succeeded' }],
      disputes: [],
      eventIds: ['evt_1', 'evt_2'],
    },
    events: [
      { id: 'evt_1', type: 'checkout.session.completed', state: 'processed', error: null },
      { id: 'evt_2', type: 'charge.refunded', state: 'ignored', error: null },
    ],
    letters: [
      { id: `invoice-reminder-${ORG}-8`, to: 'ann@chaos.test' },
      { id: 'proposal-link-4.abc', to: 'ann@chaos.test' },
      { id: 'account-m1', to: 'kim@chaos.test' },
    ],
    accountMails: [{ id: 'm1', state: 'sent', isDue: false }],
    signIns: [
      { org: ORG, email: 'bo@chaos.test', state: 'live', access: 200, refresh: null },
      { org: ORG, email: 'bo@chaos.test', state: 'over', access: 401, refresh: 401 },
      { org: ORG, email: 'bo@chaos.test', state: 'unknown', access: 401, refresh: null },
    ],
  };
}
