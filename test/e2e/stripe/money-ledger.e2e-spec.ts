import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { QboRecord } from '../../../sandbox/control-client.ts';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { aContractor, anApprovedProposal, beginsWith, type Contractor, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { createOrg, type Json } from '../../support/people.js';
import { connect } from '../../support/qbo.js';
import { retriedWhileSent, ANSWERED_WHILE_SENT } from '../../support/retry-under-way.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  payDeposit,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

/** A proposal of 10,000.00, so that the deposit is 3,000.00. */
const TOTAL = { amountCents: 1_000_000 };

describe('The ledger of payments, refunds and disputes', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const deposit = async (id: number): Promise<number> =>
    (await contractor.admin.get(`/proposals/${id}`)).body.deposit_paid_cents;
  const inbox = () => openItems(contractor.admin);
  const records = (entity: 'Invoice' | 'Payment' | 'RefundReceipt') =>
    books.control.records(contractor.realmId, entity);
  const ours = async (entity: 'Invoice' | 'Payment' | 'RefundReceipt') =>
    (await records(entity)).filter(
      (one) => beginsWith(one.PrivateNote, 'crm:') || beginsWith(one.DocNumber, 'CRM-'),
    );

  /** Has Stripe say it, signed, and waits until it is done. */
  async function hear(type: string, object: object, secondsLater = 0): Promise<void> {
    const event = stripeEvent(type, object, { created: Math.floor(Date.now() / 1000) + secondsLater });
    await deliver(books.app, event);
    const outcome = await outcomeOf(books, event.id);
    expect(outcome).not.toMatchObject({ state: 'failed' });
  }

  /** Has the newest charge's own event come before those of its refunds, which Stripe holds back. */
  async function hearSumAlone(): Promise<void> {
    const sumEvent = (await books.stripe.events()).findLast(({ type }) => type === 'charge.refunded');
    await deliver(books.app, sumEvent);
    expect(await outcomeOf(books, sumEvent.id as string)).toMatchObject({ state: 'processed' });
  }

  async function stepCents(orgId: number): Promise<string[]> {
    const steps = await books.database.query<{ cents: string }>(
      `select payload->>'amountCents' as cents from sync_operations
        where org_id = $1 and kind = 'refund.create' order by id`,
      [orgId],
    );
    return steps.map(({ cents }) => cents);
  }

  /** What the proposal's log says of its refunds, in order: each amount, and what it did to the deposit. */
  async function returnsOf(proposalId: number): Promise<[number, number][]> {
    const { body } = await contractor.admin.get(`/proposals/${proposalId}/activity`);
    return (body.items as { event: string; meta: Record<string, number> }[])
      .filter(({ event }) => event === 'payment_refunded')
      .map(({ meta }): [number, number] => [meta.amount_cents!, meta.deposit_change_cents!])
      .toReversed();
  }

  const dispute = (id: string, intent: string, amount: number, status: string) => ({
    id,
    object: 'dispute',
    charge: `ch_of_${intent}`,
    payment_intent: intent,
    amount,
    currency: 'usd',
    status,
    reason: 'product_not_received',
  });
  const refund = (id: string, intent: string, amount: number, status: string) => ({
    id,
    object: 'refund',
    charge: `ch_of_${intent}`,
    payment_intent: intent,
    amount,
    currency: 'usd',
    status,
    created: Math.floor(Date.now() / 1000),
  });

  describe('without QuickBooks', () => {
    beforeEach(async () => {
      contractor = { ...(await createOrg(books.app)), realmId: '' };
    });

    it('lets each dispute stand and fall by itself, be it lost, won or decided anew', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('charge.dispute.created', dispute(`du_a_${pi}`, pi, 100_000, 'needs_response'));
      await hear('charge.dispute.created', dispute(`du_b_${pi}`, pi, 50_000, 'needs_response'));
      expect((await inbox()).map(({ code }) => code)).toEqual(['dispute_open', 'dispute_open']);
      await hear('charge.dispute.closed', dispute(`du_a_${pi}`, pi, 100_000, 'lost'), 1);
      await hear('charge.dispute.closed', dispute(`du_b_${pi}`, pi, 50_000, 'won'), 2);
      expect(await deposit(proposalId)).toBe(200_000);
      expect((await inbox()).map(({ code }) => code)).toEqual(['dispute_lost']);
      await hear('charge.dispute.closed', dispute(`du_c_${pi}`, pi, 50_000, 'lost'));
      expect(await deposit(proposalId)).toBe(150_000);
      await hear('charge.dispute.funds_reinstated', dispute(`du_c_${pi}`, pi, 50_000, 'won'), 1);
      expect(await deposit(proposalId)).toBe(200_000);
      await hear('charge.dispute.funds_reinstated', dispute(`du_a_${pi}`, pi, 100_000, 'won'), 2);
      expect(await deposit(proposalId)).toBe(300_000);
      expect(await inbox()).toEqual([]);
    });

    it('counts money once that was refunded and disputed, when the refund fails', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('refund.created', refund(`re_${pi}`, pi, 100_000, 'pending'));
      await hear('charge.refunded', {
        id: `ch_of_${pi}`,
        object: 'charge',
        amount_refunded: 100_000,
        currency: 'usd',
        payment_intent: pi,
      });
      expect(await deposit(proposalId)).toBe(200_000);
      await hear('charge.dispute.closed', dispute(`du_${pi}`, pi, 100_000, 'lost'));
      expect(await deposit(proposalId)).toBe(100_000);
      await hear('refund.failed', refund(`re_${pi}`, pi, 100_000, 'failed'));
      expect(await deposit(proposalId)).toBe(200_000);
      const codes = (await inbox()).map(({ code }) => code);
      expect(codes.toSorted()).toEqual(['dispute_lost', 'refund_failed']);
      const { items } = (await contractor.admin.get(`/proposals/${proposalId}/timeline`)).body;
      const steps = items as { event: string; after: Record<string, number> }[];
      const failed = steps.find(({ event }) => event === 'payment_refund_failed');
      expect(failed?.after).toMatchObject({ deposit_paid_cents: 200_000 });
    });

    it('has a person hear once of a refund that did not arrive, in whichever order that is told', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('refund.failed', refund(`re_${pi}`, pi, 100_000, 'failed'), 1);
      const [item] = await inbox();
      expect(item).toMatchObject({ code: 'refund_failed' });
      expect(item!.reason).toContain('The refund of $1,000.00 of the deposit of $3,000.00');
      await contractor.admin.post(`/inbox/${item!.id}/resolve`, {});
      await hear('refund.created', refund(`re_${pi}`, pi, 100_000, 'pending'));
      expect(await inbox()).toEqual([]);
      expect(await deposit(proposalId)).toBe(300_000);
    });

    it('asks nobody to refund again what went back after all, by a refund or by a dispute', async () => {
      const lastOf = {
        refund: (pi: string) => hear('refund.created', refund(`re_last_${pi}`, pi, 300_000, 'succeeded'), 2),
        dispute: (pi: string) => hear('charge.dispute.closed', dispute(`du_${pi}`, pi, 300_000, 'lost'), 2),
      };
      for (const [last, left] of [
        ['refund', []],
        ['dispute', ['dispute_lost']],
      ] as const) {
        const proposalId = await anApprovedProposal(contractor, TOTAL);
        const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
        await hear('refund.created', refund(`re_${pi}`, pi, 100_000, 'succeeded'));
        await hear('refund.failed', refund(`re_${pi}`, pi, 100_000, 'failed'), 1);
        expect((await inbox()).map(({ code }) => code)).toEqual(['refund_failed']);
        await lastOf[last](pi);
        expect(await deposit(proposalId)).toBe(0);
        expect((await inbox()).map(({ code }) => code)).toEqual(left);
      }
    });

    it('asks nobody to refund what came for a cancelled proposal and was lost in a dispute', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const checkout = await openCheckout(contractor.admin, proposalId);
      await books.stripe.act('pause'); // its page ends once it is cancelled: it is paid before, and heard of later
      const { payment_intent } = await books.stripe.act('pay', { session: checkout.session_id });
      await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
      await books.stripe.act('resume');
      await books.stripe.act('flush');
      await eventually(async () =>
        expect((await inbox()).map(({ code }) => code)).toEqual(['paid_not_approved']),
      );
      await hear('charge.dispute.closed', dispute('du_cancelled', String(payment_intent), 300_000, 'lost'));
      expect((await inbox()).map(({ code }) => code)).toEqual(['dispute_lost']);
    });

    it('asks once more about money that nobody owed, once a bank that took it has given it back', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const checkout = await openCheckout(contractor.admin, proposalId);
      await books.stripe.act('pause'); // its page ends once it is cancelled: it is paid before, and heard of later
      const { payment_intent } = await books.stripe.act('pay', { session: checkout.session_id });
      await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
      await books.stripe.act('resume');
      await books.stripe.act('flush');
      const pi = String(payment_intent);
      const codes = async () => (await inbox()).map(({ code }) => code).toSorted();
      await eventually(async () => expect(await codes()).toEqual(['paid_not_approved']));
      const [asked] = await inbox();
      await hear('refund.failed', refund(`re_${pi}`, pi, 100_000, 'failed'));
      expect(await codes()).toEqual(['paid_not_approved', 'refund_failed']);
      await hear('charge.dispute.closed', dispute(`du_${pi}`, pi, 300_000, 'lost'));
      expect(await codes()).toEqual(['dispute_lost']);
      await hear('charge.dispute.funds_reinstated', dispute(`du_${pi}`, pi, 300_000, 'won'), 1);
      expect(await codes()).toEqual(['paid_not_approved', 'refund_failed']);
      const items = await inbox();
      const again = items.find(({ code }) => code === 'paid_not_approved')!;
      expect(again.reason).toBe(asked!.reason);

      for (const { id } of items) await contractor.admin.post(`/inbox/${id}/dismiss`, {});
      await hear('charge.dispute.closed', dispute(`du_b_${pi}`, pi, 300_000, 'lost'), 2);
      await hear('charge.dispute.funds_reinstated', dispute(`du_b_${pi}`, pi, 300_000, 'won'), 3);
      expect(await codes()).toEqual([]);
    });

    it('hears of a refund after one that failed, though only their sum is told', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('refund.created', refund(`re_${pi}`, pi, 30_000, 'succeeded'));
      await hear('refund.failed', refund(`re_${pi}`, pi, 30_000, 'failed'), 1);
      const charge = { id: `ch_of_${pi}`, object: 'charge', currency: 'usd', payment_intent: pi };
      await hear('charge.refunded', { ...charge, amount_refunded: 30_000 });
      expect(await deposit(proposalId)).toBe(300_000);
      await hear('charge.refunded', { ...charge, amount_refunded: 20_000 }, 2);
      expect(await deposit(proposalId)).toBe(280_000);
    });

    it('reads the refunds at Stripe where a sum is not that of those it knows', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      const { id } = await books.stripe.act('refund', { payment_intent: pi, amount: 30_000 });
      await eventually(async () => expect(await deposit(proposalId)).toBe(270_000));
      await books.stripe.act('pause');
      await books.stripe.act('update-refund', { refund: id, status: 'failed' });
      await books.stripe.act('refund', { payment_intent: pi, amount: 20_000 });
      await books.stripe.act('flush', { order: 'reversed' });
      await books.stripe.act('resume');
      await eventually(async () => expect(await deposit(proposalId)).toBe(280_000));
    });

    it('tells refunds as they were made, where the sum of the first comes when there is a second already', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await books.stripe.act('pause');
      await books.stripe.act('refund', { payment_intent: pi, amount: 75_000 });
      await books.stripe.act('refund', { payment_intent: pi });
      const sumOfFirst = { object: 'charge', amount_refunded: 75_000, currency: 'usd', payment_intent: pi };
      await hear('charge.refunded', { id: `ch_of_${pi}`, ...sumOfFirst });
      await eventually(async () => expect(await deposit(proposalId)).toBe(0));
      await books.stripe.act('resume');
      await idle(books, contractor);
      expect(await returnsOf(proposalId)).toEqual([
        [75_000, -75_000],
        [225_000, -225_000],
      ]);
    });

    it('believes what is said of a refund by its name over what its sum let be guessed', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('charge.refunded', {
        id: `ch_of_${pi}`,
        object: 'charge',
        amount_refunded: 100_000,
        currency: 'usd',
        payment_intent: pi,
      });
      const states = async () => {
        const { body } = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
        return (body.items[0].refunds as { state: string }[]).map(({ state }) => state);
      };
      const pending = { ...refund(`re_${pi}`, pi, 100_000, 'pending'), created: 1 };
      await hear('refund.created', pending);
      expect(await states()).toEqual(['pending']);
      await hear('refund.updated', { ...pending, status: 'succeeded' });
      await hear('refund.created', pending);
      expect(await states()).toEqual(['succeeded']);
      expect(await deposit(proposalId)).toBe(200_000);
    });

    it('shows each payment with its refunds and disputes', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('refund.updated', refund(`re_${pi}`, pi, 50_000, 'succeeded'));
      await hear('charge.dispute.closed', dispute(`du_${pi}`, pi, 100_000, 'lost'));
      const { body } = await eventually(async () => {
        const answer = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
        if (answer.body.items[0].invoice_id === null) throw new Error('its invoice is not wanted yet');
        return answer;
      });
      expect(body.items).toEqual([
        {
          id: expect.any(Number),
          proposal_id: proposalId,
          proposal_name: expect.any(String),
          customer_id: expect.any(Number),
          customer_name: expect.stringMatching(/^Ann Ruiz/),
          kind: 'deposit',
          invoice_id: expect.any(Number),
          invoice_number: expect.toSatisfy((one) => one === null || one === `CRM-${proposalId}`),
          amount_cents: 300_000,
          refunded_cents: 50_000,
          lost_cents: 100_000,
          net_cents: 150_000,
          currency: 'USD',
          state: 'partially_refunded',
          paid_at: expect.any(String),
          reference: pi,
          qbo_payment_id: expect.toSatisfy((one) => one === null || typeof one === 'string'),
          refunds: [
            {
              id: expect.any(Number),
              amount_cents: 50_000,
              state: 'succeeded',
              reason: null,
              created_at: expect.any(String),
            },
          ],
          disputes: [
            {
              id: expect.any(Number),
              amount_cents: 100_000,
              state: 'lost',
              reason: 'product_not_received',
              stripe_status: 'lost',
              respond_by: null,
              created_at: expect.any(String),
            },
          ],
        },
      ]);
      const [{ id }] = body.items as [{ id: number }];
      expect((await contractor.admin.get(`/payments/${id}`)).body).toEqual(body.items[0]);
      expect((await contractor.admin.get('/payments?state=paid')).body.items).toEqual([]);
      const backwards = await contractor.admin.get('/payments?from=2026-12-01&to=2026-11-30');
      expect(backwards).toMatchObject({ status: 422, body: { errors: [{ field: 'to' }] } });
      const stranger = await createOrg(books.app, 'Rival Roofing');
      expect((await stranger.admin.get(`/payments/${id}`)).status).toBe(404);
      expect((await stranger.admin.get('/payments')).body.items).toEqual([]);
    });
  });

  it('bills gross what was paid before, with refunds beside it that did not fail, and asks about losses', async () => {
    const { orgId, admin } = await createOrg(books.app);
    const company = await books.control.createCompany({ name: 'Late Roofing', fixtures: 'sales' });
    contractor = { orgId, admin, realmId: company.realm_id };
    const paidBefore = async (): Promise<{ proposalId: number; pi: string }> => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, admin, proposalId);
      return { proposalId, pi };
    };
    const leaves = (proposalId: number, cents: number) =>
      eventually(async () => expect(await deposit(proposalId)).toBe(cents));
    for (const amount of [100_000, 300_000]) {
      const { proposalId, pi } = await paidBefore();
      await books.stripe.act('refund', { payment_intent: pi, amount });
      await leaves(proposalId, 300_000 - amount);
    }
    const lost = await paidBefore();
    const { id } = await books.stripe.act('dispute', { payment_intent: lost.pi, amount: 100_000 });
    await books.stripe.act('close-dispute', { dispute: id, status: 'lost' });
    await leaves(lost.proposalId, 200_000);
    const failed = await paidBefore();
    await hear('refund.created', refund(`re_${failed.pi}`, failed.pi, 100_000, 'succeeded'));
    await leaves(failed.proposalId, 200_000);
    await hear('refund.failed', refund(`re_${failed.pi}`, failed.pi, 100_000, 'failed'));

    await connect(books.app, admin, { realmId: contractor.realmId });
    await eventually(async () => expect(await ours('Payment')).toHaveLength(4));
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(2));
    await eventually(async () => {
      const open = await books.database.query(
        `select from sync_operations where org_id = $1 and state not in ('done', 'refused')`,
        [orgId],
      );
      expect(open).toEqual([]);
    });
    const gross = { TotalAmt: 3000, Balance: 0 };
    expect(await ours('Invoice')).toMatchObject([gross, gross, gross, gross]);
    const paid = { TotalAmt: 3000, UnappliedAmt: 0 };
    expect(await ours('Payment')).toMatchObject([paid, paid, paid, paid]);
    const receipts = (await records('RefundReceipt')).map(({ TotalAmt }) => Number(TotalAmt));
    expect(receipts.toSorted((one, other) => one - other)).toEqual([1000, 3000]);
    expect((await inbox()).map(({ code }) => code).toSorted()).toEqual(['dispute_lost', 'refund_failed']);
  });

  describe('whose refund fails in part while its receipt is drafted,', () => {
    /** Two refunds that one step stands for, one of which fails after the step was read. Answers the receipts. */
    async function receipts(): Promise<QboRecord[]> {
      const { orgId, admin } = await createOrg(books.app);
      const company = await books.control.createCompany({ name: 'Racing Roofing', fixtures: 'sales' });
      contractor = { orgId, admin, realmId: company.realm_id };
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, admin, proposalId);
      await books.stripe.act('pause');
      await books.stripe.act('refund', { payment_intent: pi, amount: 100_000 });
      const part = await books.stripe.act('refund', { payment_intent: pi, amount: 50_000 });
      await hearSumAlone();
      await eventually(async () => expect(await stepCents(orgId)).toEqual(['150000']));
      const { payments } = books.app.app.get(QboClient);
      const getPayment = payments.get.bind(payments);
      const read = vi.spyOn(payments, 'get').mockImplementationOnce(async (...asked) => {
        const payment = await getPayment(...asked);
        await books.stripe.act('update-refund', { refund: part.id, status: 'failed' });
        await books.stripe.act('flush');
        await books.stripe.act('resume');
        await eventually(async () => expect(await stepCents(orgId)).toEqual(['100000']));
        return payment;
      });
      await connect(books.app, admin, { realmId: contractor.realmId });
      await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
      expect(read).toHaveBeenCalled();
      read.mockRestore();
      return records('RefundReceipt');
    }

    it('books what is left of it', async () => {
      expect(await receipts()).toMatchObject([{ TotalAmt: 1000 }]);
      expect((await inbox()).map(({ code }) => code)).toEqual(['refund_failed']);
    });
  });

  describe('with QuickBooks', () => {
    beforeEach(async () => {
      contractor = await aContractor(books);
    });

    it('loses no refund whose job runs before the payment has its operation', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      // The job of the payment is held up: what the refund's job finds is a payment without an operation.
      await books.control.planFault({
        operation: '*',
        realm_id: contractor.realmId,
        kind: 'slow',
        delay_ms: 1500,
      });
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await books.stripe.act('refund', { payment_intent: pi, amount: 100_000 });
      await eventually(async () => expect(await deposit(proposalId)).toBe(200_000));
      await books.control.clearFaults();
      await eventually(async () =>
        expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 1000 }]),
      );
      expect(await ours('Payment')).toMatchObject([{ TotalAmt: 3000 }]);
    });

    it('puts a refund that waits for the customer into the books once it succeeded, and not before', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect(await ours('Payment')).toHaveLength(1));
      const states = async () => {
        const { body } = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
        return (body.items[0].refunds as { state: string }[]).map(({ state }) => state);
      };
      await books.stripe.act('pause');
      const asked = { payment_intent: pi, amount: 100_000, status: 'requires_action' };
      const { id } = await books.stripe.act('refund', asked);
      await hearSumAlone();
      await idle(books, contractor);
      expect(await states()).toEqual(['pending']);
      expect(await stepCents(contractor.orgId)).toEqual([]);
      expect(await records('RefundReceipt')).toEqual([]);
      await books.stripe.act('update-refund', { refund: id, status: 'succeeded' });
      await books.stripe.act('flush');
      await books.stripe.act('resume');
      await eventually(async () =>
        expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 1000 }]),
      );
      expect(await states()).toEqual(['succeeded']);
    });

    it('takes up what jobs were lost of: an invoice, and refunds with a connection or without', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const jobs = books.app.app.get(JobsService);
      const enqueue = jobs.enqueue.bind(jobs);
      const lost = vi.spyOn(jobs, 'enqueue').mockImplementation(async (tx, name, payload, startAfter) => {
        const isFirst =
          name === 'qbo.invoice.create' && lost.mock.calls.filter(([, one]) => one === name).length === 1;
        if (!isFirst) await enqueue(tx, name, payload, startAfter);
      });
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect(await ours('Payment')).toMatchObject([{ TotalAmt: 3000 }]));
      lost.mockRestore();

      const refundOf = (cents: number, age: string) =>
        books.database.query(
          `insert into refunds (org_id, proposal_id, payment_id, amount_cents, currency, state, made_at,
            created_at, updated_at)
           select org_id, proposal_id, id, $2, currency, 'succeeded', now(), now(), now() - $3::interval
             from payments where stripe_payment_intent_id = $1`,
          [pi, cents, age],
        );
      await refundOf(100_000, '2 minutes');
      // It counts those of the whole installation.
      expect(await books.app.app.get(DueJobsService).enqueueDue('payments')).toBeGreaterThan(0);
      await eventually(async () =>
        expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 1000 }]),
      );
      await books.app.app.get(DueJobsService).enqueueDue('payments');
      await idle(books, contractor);
      expect(await records('RefundReceipt')).toHaveLength(1);
      await refundOf(50_000, '0');
      await connect(books.app, contractor.admin, { realmId: contractor.realmId });
      await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(2));
      expect((await records('RefundReceipt')).map(({ TotalAmt }) => TotalAmt)).toEqual([1000, 500]);
    });

    it('has a person take out a refund that failed after it was in the books', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await hear('refund.created', refund(`re_${pi}`, pi, 100_000, 'succeeded'));
      await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(1));
      await hear('refund.failed', refund(`re_${pi}`, pi, 100_000, 'failed'));
      await eventually(async () => {
        const codes = (await inbox()).map(({ code }) => code);
        expect(codes.toSorted()).toEqual(['refund_failed', 'refund_reversed']);
      });
      expect(await deposit(proposalId)).toBe(300_000);

      await hear('refund.created', refund(`re_2_${pi}`, pi, 100_000, 'succeeded'));
      await eventually(async () => expect(await inbox()).toEqual([]));
      expect(await records('RefundReceipt')).toHaveLength(1);
    });

    it('waits for no invoice that a person gave up', async () => {
      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'books_closed' }]));
      const [item] = await inbox();
      expect((await contractor.admin.post(`/inbox/${item!.id}/dismiss`)).body.state).toBe('dismissed');
      expect(await inbox()).toEqual([]);
      await books.database.query(
        `update sync_operations set next_attempt_at = now() where org_id = $1 and state = 'waiting'`,
        [contractor.orgId],
      );
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'invoice_missing' }]));

      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2001-01-01' });
      await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      await eventually(async () => expect(await ours('Payment')).toMatchObject([{ TotalAmt: 3000 }]));
      await eventually(async () => expect(await inbox()).toEqual([]));
    });

    it('sends a refund again once a person has looked, and says what several come to together', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      await eventually(async () => expect(await ours('Payment')).toHaveLength(1));
      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
      await books.stripe.act('refund', { payment_intent: pi, amount: 100_000 });
      await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'books_closed' }]));
      await books.database.query(
        `update sync_operations set state = 'needs_person', first_sent_at = now() - interval '2 hours'
          where org_id = $1 and kind = 'refund.create'`,
        [contractor.orgId],
      );
      await books.control.setPreferences(contractor.realmId, { BookCloseDate: null });
      const [item] = await inbox();
      expect((await contractor.admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({
        state: 'resolved',
      });
      expect(await records('RefundReceipt')).toMatchObject([{ TotalAmt: 1000 }]);

      await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
      for (const amount of [100_000, 50_000]) {
        await books.stripe.act('refund', { payment_intent: pi, amount });
        await eventually(async () => {
          const refused = await books.database.query(
            `select from sync_operations
              where org_id = $1 and kind = 'refund.create' and state = 'refused'`,
            [contractor.orgId],
          );
          expect(refused).toHaveLength(amount === 100_000 ? 1 : 2);
        });
      }
      const both = await eventually(async () => {
        const [one] = await inbox();
        expect(one).toMatchObject({ code: 'books_closed' });
        expect(one!.reason).toContain('The refund of $1,500.00 for proposal');
        return one;
      });
      await books.control.setPreferences(contractor.realmId, { BookCloseDate: null });
      expect((await contractor.admin.post(`/inbox/${both!.id}/retry`)).body).toMatchObject({
        state: 'resolved',
      });
      expect((await records('RefundReceipt')).map(({ TotalAmt }) => TotalAmt)).toEqual([1000, 1000, 500]);
    });

    it('answers a retry with what comes of another person’s, or that it is under way, and sends it once', async () => {
      const { admin, realmId } = contractor;
      const { payments, refunds } = books.app.app.get(QboClient);
      const refused = (operation: string) =>
        books.control.planFault({ operation, realm_id: realmId, kind: '403', when: 'before' });
      const answered = async (client: typeof payments | typeof refunds): Promise<Json[]> => {
        await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'forbidden' }]));
        const [item] = await inbox();
        return retriedWhileSent(books, contractor, item!.id, [client, 'create']);
      };
      await refused('payment.create');
      const { paymentIntentId: pi } = await payDeposit(
        books,
        admin,
        await anApprovedProposal(contractor, TOTAL),
      );
      expect(await answered(payments)).toMatchObject(ANSWERED_WHILE_SENT);
      await refused('refundreceipt.create');
      await books.stripe.act('refund', { payment_intent: pi, amount: 100_000 });
      expect(await answered(refunds)).toMatchObject(ANSWERED_WHILE_SENT);
      expect(await ours('Payment')).toHaveLength(1);
      expect(await records('RefundReceipt')).toHaveLength(1);
    });
  });
});
