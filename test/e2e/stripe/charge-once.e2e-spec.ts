import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { addPerson, createOrg } from '../../support/people.js';
import { aDraft, aLink, openPage, sendForm, versionIn } from '../../support/portal.js';
import { connect } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  outcomeOf,
  payDeposit,
  startBooksWithStripe,
  stripeEvent,
} from '../../support/stripe.js';

const CHECKOUT = '/payments/checkout_session';

/** A proposal of 1,000.00, so that the deposit is 300.00. */
const TOTAL = { amountCents: 100_000 };

describe('A customer', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const inbox = () => openItems(contractor.admin);
  const codes = async () => (await inbox()).map(({ code }) => code);
  const connectAgain = () => connect(books.app, contractor.admin, { realmId: contractor.realmId });
  const check = (id: number) => contractor.admin.post(`/qbo/sync/invoice/${id}/check`);
  const sessionAtStripe = (id: string) => books.stripe.show(`checkout/sessions/${id}`);
  const refusal = async (proposalId: number) => {
    const { status, body } = await contractor.admin.post(CHECKOUT, { proposal_id: proposalId });
    return [status, body.code];
  };

  describe('is not asked for what is paid in QuickBooks', () => {
    it('in part, then in full: the open page ends, and the next asks for the rest, or is none', async () => {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
      const hasEnded = (id: string) =>
        eventually(async () => expect(await sessionAtStripe(id)).toMatchObject({ status: 'expired' }));
      const { session_id } = await openCheckout(contractor.admin, proposalId);
      const link = await aLink(contractor.admin, proposalId);
      const page = async () => (await openPage(books.app, link.path)).html;
      expect(await page()).toContain('Pay deposit of $300.00');

      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 200 });
      await check(proposalId);
      await hasEnded(session_id);
      expect(await page()).toContain('Pay the remaining $100.00');
      const rest = await openCheckout(contractor.admin, proposalId);
      expect(rest).toMatchObject({ deposit_cents: 10_000, amount_cents: 10_000, kind: 'deposit' });
      expect(await sessionAtStripe(rest.session_id)).toMatchObject({ amount_total: 10_000, status: 'open' });

      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
      await check(proposalId);
      await hasEnded(rest.session_id);
      expect(await refusal(proposalId)).toEqual([409, 'invoice_paid']);
      expect(await page()).not.toContain('/pay"');
      expect(await inbox()).toEqual([]);
    });

    const isLeftToBookkeeper = () =>
      eventually(async () => {
        const [row] = await books.database.query<{ left: boolean }>(
          'select recorded_here = false and invoice_check_at is null as left from payments where org_id = $1',
          [contractor.orgId],
        );
        expect(row!.left).toBe(true);
      });

    it('as deposit, but for what its invoice was raised by, once QuickBooks shows what was paid', async () => {
      await contractor.admin.patch('/org/settings', { record_payments: false });
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
      await payDeposit(books, contractor.admin, proposalId);
      await isLeftToBookkeeper();
      await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 400.01 });
      await check(proposalId);
      expect(await refusal(proposalId)).toEqual([409, 'proposal_paid']);

      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 300 });
      await check(proposalId);
      expect((await contractor.admin.get(`/proposals/${proposalId}/why`)).body.answer).toContain(
        '$100.01 is still due',
      );
      const link = await aLink(contractor.admin, proposalId);
      expect((await openPage(books.app, link.path)).html).toContain('Pay the remaining $100.01');
      const rest = await openCheckout(contractor.admin, proposalId);
      expect(rest).toMatchObject({ amount_cents: 10_001, kind: 'deposit' });
      await books.stripe.act('pay', { session: rest.session_id });
      await eventually(async () => expect(await refusal(proposalId)).toEqual([409, 'proposal_paid']));
      expect(await codes()).not.toContain('payment_not_owed');
    });

    it('as deposit on the invoice that stands again, in place of the one that was made anew', async () => {
      const { admin, realmId } = contractor;
      await admin.patch('/org/settings', { record_payments: false });
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
      const made = await books.control.records(realmId, 'Invoice');
      const { Line, PrivateNote } = made.find(({ Id }) => Id === invoiceId)!;
      await books.control.voidInvoice(realmId, invoiceId);
      await check(proposalId);
      const { body: newer } = await admin.post(`/qbo/invoice/${proposalId}`, { again: true });
      await books.control.editInvoice(realmId, invoiceId, { Line, PrivateNote });
      await books.control.voidInvoice(realmId, newer.qbo_invoice_id);
      await pollCompany(books, contractor);

      await payDeposit(books, admin, proposalId);
      await isLeftToBookkeeper();
      await books.control.receivePayment(realmId, invoiceId, { amount: 300 });
      await books.control.editInvoice(realmId, invoiceId, { amount: 400 });
      await pollCompany(books, contractor);
      expect(await openCheckout(admin, proposalId)).toMatchObject({ amount_cents: 10_000, kind: 'deposit' });
    });
  });

  it('is not asked again for what was recorded from here while another payment waits for the bookkeeper', async () => {
    const { admin, realmId } = contractor;
    const { proposalId } = await anInvoicedProposal(contractor, TOTAL);
    const isRecorded = (count: number) =>
      eventually(async () => {
        const recorded = await books.database.query(
          `select from sync_operations o join invoice_payments m
              on m.org_id = o.org_id and m.realm_id = o.realm_id and m.qbo_payment_id = o.qbo_id
            where o.org_id = $1 and o.kind = 'payment.create' and o.state = 'done'`,
          [contractor.orgId],
        );
        expect(recorded).toHaveLength(count);
      });
    await admin.patch('/org/settings', { record_payments: true });
    await payDeposit(books, admin, proposalId);
    await isRecorded(1);
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    await admin.patch('/org/settings', { record_payments: false });
    const final = await openCheckout(admin, proposalId);
    expect(final).toMatchObject({ amount_cents: 70_000, kind: 'final' });
    await books.stripe.act('pay', { session: final.session_id });
    await eventually(async () => {
      const left = await books.database.query(
        'select from payments where org_id = $1 and not recorded_here and invoice_check_at is null',
        [contractor.orgId],
      );
      expect(left).toHaveLength(1);
    });
    expect(await refusal(proposalId)).toEqual([409, 'invoice_paid']);

    await admin.patch('/org/settings', { record_payments: true });
    const made = await books.control.records(realmId, 'Invoice');
    const { Id: invoiceId } = made.find(({ DocNumber }) => DocNumber === `CRM-${proposalId}-F`)!;
    await books.control.editInvoice(realmId, invoiceId, { amount: 800 });
    await pollCompany(books, contractor);
    const rest = await openCheckout(admin, proposalId);
    expect(rest).toMatchObject({ amount_cents: 10_000, kind: 'final' });
    await books.stripe.act('pay', { session: rest.session_id });
    await isRecorded(2);
    expect(await refusal(proposalId)).toEqual([409, 'invoice_paid']);
  });

  it('is not asked for an invoice that was voided, nor for a proposal that was cancelled', async () => {
    const { proposalId } = await anInvoicedProposal(contractor, TOTAL);
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}/void`)).body.ok).toBe(true);
    await eventually(async () =>
      expect(await sessionAtStripe(session_id)).toMatchObject({ status: 'expired' }),
    );
    expect(await refusal(proposalId)).toEqual([409, 'invoice_voided']);
    const link = await aLink(contractor.admin, proposalId);
    expect((await openPage(books.app, link.path)).html).toContain(
      'There is nothing to pay here at the moment.',
    );

    const cancelled = await anApprovedProposal(contractor, TOTAL);
    const open = await openCheckout(contractor.admin, cancelled);
    await contractor.admin.patch(`/proposals/${cancelled}`, { status: 'cancelled' });
    await eventually(async () =>
      expect(await sessionAtStripe(open.session_id)).toMatchObject({ status: 'expired' }),
    );
    expect(await refusal(cancelled)).toEqual([409, 'proposal_not_approved']);
  });

  describe('whose payment slips through all the same', () => {
    it('after the invoice was known to be paid comes before a person, with the refund as a next step', async () => {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
      const { session_id } = await openCheckout(contractor.admin, proposalId);
      await books.stripe.act('pause');
      await books.stripe.act('pay', { session: session_id });
      await books.control.receivePayment(contractor.realmId, invoiceId);
      await check(proposalId);
      await books.stripe.act('resume');
      await books.stripe.act('flush');
      await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'payment_not_owed' }]));
      const [item] = await inbox();
      expect(item!.reason).toContain('is paid in QuickBooks.');
      expect(item!.next_step).toMatch(/POST \/payments\/\d+\/refund \{"amount_cents": 30000/);

      const { body } = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
      const paymentId = body.items[0].id as number;
      const refund = await contractor.admin.post(`/payments/${paymentId}/refund`, { reason: 'paid twice' });
      expect([refund.status, refund.body.state, refund.body.net_cents]).toEqual([200, 'refunded', 0]);
      expect(await inbox()).toEqual([]);
    });

    it('before anybody looked at the invoice is noticed too, though the bookkeeper enters payments', async () => {
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
      const { session_id } = await openCheckout(contractor.admin, proposalId);
      await books.control.receivePayment(contractor.realmId, invoiceId);
      await books.stripe.act('pay', { session: session_id });
      await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'payment_not_owed' }]));
      expect((await inbox())[0]!.reason).toContain('nothing is open on invoice CRM-');
    });

    describe('while QuickBooks cannot be asked, though the bookkeeper enters payments,', () => {
      const paid = async (proposalId: number) =>
        eventually(async () =>
          expect((await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body.items).toHaveLength(
            1,
          ),
        );
      const invoiceChecks = async () => {
        const rows = await books.database.query<{ at: Date | null }>(
          'select invoice_check_at as at from payments where org_id = $1',
          [contractor.orgId],
        );
        return rows.map(({ at }) => at);
      };

      const isDeferred = async () => {
        const [row] = await books.database.query<{ deferred: boolean }>(
          "select invoice_check_at > created_at + interval '20 seconds' as deferred from payments where org_id = $1",
          [contractor.orgId],
        );
        return row!.deferred;
      };

      /** A payment of 300.00, of which 120.00 were paid before, while QuickBooks is away. Answers its path. */
      const aPaymentTooLarge = async () => {
        const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
        const { session_id } = await openCheckout(contractor.admin, proposalId);
        await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 120 });
        await books.control.planFault({
          kind: '503_html',
          operation: 'invoice.read',
          realm_id: contractor.realmId,
          rate: 1,
        });
        await books.stripe.act('pay', { session: session_id });
        await paid(proposalId);
        await eventually(async () => expect(await isDeferred()).toBe(true));
        const { items } = (await contractor.admin.get(`/payments?proposal_id=${proposalId}`)).body;
        return `/payments/${items[0].id}`;
      };
      const isAskedOnceItAnswers = async () => {
        await books.control.clearFaults();
        await eventually(async () => {
          await books.database.query(
            `update payments set invoice_check_at = now() - interval '1 minute'
              where org_id = $1 and invoice_check_at is not null`,
            [contractor.orgId],
          );
          await books.app.app.get(DueJobsService).enqueueDue('payments');
          expect(await codes()).toEqual(['payment_not_owed']);
        });
        return (await inbox())[0]!;
      };
      const refund = (path: string, amount_cents: number, reason: string) =>
        contractor.admin.post(`${path}/refund`, { amount_cents, reason });

      it('is noticed as soon as it answers, and closed by the refund of that part', async () => {
        const path = await aPaymentTooLarge();
        const item = await isAskedOnceItAnswers();
        expect(item.reason).toContain('only $180.00 is open');
        await refund(path, 11_999, 'paid twice');
        expect(await inbox()).toMatchObject([
          { code: 'payment_not_owed', next_step: expect.stringContaining('{"amount_cents": 1, "reason"') },
        ]);
        await refund(path, 1, 'the last cent');
        expect(await codes()).toEqual([]);
      });

      it('is to be given back less what went back before anybody noticed', async () => {
        const path = await aPaymentTooLarge();
        await refund(path, 5_000, 'a vent less');
        const item = await isAskedOnceItAnswers();
        expect(item.reason).toContain('$120.00 of');
        expect(item.next_step).toContain('{"amount_cents": 7000, "reason"');
        await refund(path, 7_000, 'paid twice');
        expect(await codes()).toEqual([]);
      });

      it('is noticed once it is connected again, but where the bookkeeper entered it meanwhile', async () => {
        const { proposalId, invoiceId } = await anInvoicedProposal(contractor, TOTAL);
        const entered = await anInvoicedProposal(contractor, TOTAL);
        const { session_id } = await openCheckout(contractor.admin, proposalId);
        const other = await openCheckout(contractor.admin, entered.proposalId);
        await contractor.admin.post('/qbo/disconnect');
        await books.control.receivePayment(contractor.realmId, invoiceId);
        for (const session of [session_id, other.session_id]) await books.stripe.act('pay', { session });
        for (const id of [proposalId, entered.proposalId]) await paid(id);
        await eventually(async () =>
          expect(await invoiceChecks()).toEqual([expect.any(Date), expect.any(Date)]),
        );
        await pause(1100); // QuickBooks tells the time to the second
        await books.control.receivePayment(contractor.realmId, entered.invoiceId);
        await connectAgain();
        await eventually(async () => expect(await codes()).toEqual(['payment_not_owed']));
        await eventually(async () => expect(await invoiceChecks()).toEqual([null, null]));
        expect(await inbox()).toMatchObject([{ code: 'payment_not_owed', proposal_id: proposalId }]);
      });
    });

    it('and was more than was asked, comes before a person over the difference', async () => {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { session_id: id } = await openCheckout(contractor.admin, proposalId);
      const facts = {
        id,
        payment_status: 'paid',
        amount_total: 35_000,
        currency: 'usd',
        payment_intent: `pi_${id}`,
      };
      const event = stripeEvent('checkout.session.completed', facts);
      await deliver(books.app, event);
      await outcomeOf(books, event.id);
      const [item] = await inbox();
      expect(item).toMatchObject({ code: 'payment_not_owed' });
      expect(item!.reason).toContain('$50.00 of');
    });
  });

  describe('gets money back by POST /payments/{id}/refund', () => {
    async function aPayment(): Promise<{ id: number; pi: string; proposalId: number }> {
      const proposalId = await anApprovedProposal(contractor, TOTAL);
      const { paymentIntentId: pi } = await payDeposit(books, contractor.admin, proposalId);
      const { body } = await contractor.admin.get(`/payments?proposal_id=${proposalId}`);
      return { id: body.items[0].id, pi, proposalId };
    }
    const refundsAtStripe = async (pi: string) =>
      (await books.stripe.show(`refunds?payment_intent=${pi}`)).data;

    it('in parts, never more than is left, and whole only where no amount is named: null is none', async () => {
      const { id, pi, proposalId } = await aPayment();
      const none = await contractor.admin.post(`/payments/${id}/refund`, { amount_cents: null, reason: 'x' });
      expect([none.status, none.body.errors[0].field]).toEqual([422, 'amount_cents']);
      expect(await refundsAtStripe(pi)).toEqual([]);

      const part = await contractor.admin.post(`/payments/${id}/refund`, {
        amount_cents: 10_000,
        reason: 'a vent less',
      });
      expect(part.status).toBe(200);
      expect(part.body).toMatchObject({
        refunded_cents: 10_000,
        net_cents: 20_000,
        state: 'partially_refunded',
        refunds: [{ amount_cents: 10_000, state: 'succeeded' }],
      });
      const tooMuch = await contractor.admin.post(`/payments/${id}/refund`, {
        amount_cents: 20_001,
        reason: 'x',
      });
      expect([tooMuch.status, tooMuch.body.code]).toEqual([409, 'refund_exceeds_payment']);
      const rest = await contractor.admin.post(`/payments/${id}/refund`, { reason: 'the rest' });
      expect(rest.body).toMatchObject({ refunded_cents: 30_000, net_cents: 0, state: 'refunded' });
      expect(await refundsAtStripe(pi)).toHaveLength(2);
      await eventually(async () => {
        const { body } = await contractor.admin.get(`/payments/${id}`);
        expect(body.refunds).toHaveLength(2); // the events of the same refunds add none
        const { deposit_paid_cents } = (await contractor.admin.get(`/proposals/${proposalId}`)).body;
        expect(deposit_paid_cents).toBe(0);
      });
    });

    it("once under a key of the client's, however often it asks; else as often as Stripe made it", async () => {
      const { id, pi } = await aPayment();
      const ask = (key: string, amount_cents?: number) =>
        contractor.admin.post(
          `/payments/${id}/refund`,
          { amount_cents, reason: 'a vent less' },
          { 'idempotency-key': key },
        );
      const answers = await Promise.all([
        ask('vent-1', 10_000),
        ask('vent-1', 10_000),
        ask('vent-1', 10_000),
      ]);
      expect(answers.every(({ status }) => status === 200 || status === 202)).toBe(true);
      await eventually(async () => {
        expect(await ask('vent-1', 10_000)).toMatchObject({ status: 200, body: { refunded_cents: 10_000 } });
      });
      expect(await refundsAtStripe(pi)).toHaveLength(1);
      expect(await ask('vent-1', 9_000)).toMatchObject({
        status: 409,
        body: { code: 'idempotency_key_reused' },
      });
      expect((await ask('vent-1')).body).toMatchObject({ refunded_cents: 10_000 });
      // Negative control: under another key it is another refund.
      expect((await ask('vent-2', 10_000)).body).toMatchObject({ refunded_cents: 20_000 });
      for (const key of ['two words', 'x'.repeat(256)])
        expect(await ask(key, 100)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });

      // The answer is lost, and the client asks again without a key.
      await books.stripe.act('faults', {
        kind: 'reset',
        operation: 'refunds.create',
        when: 'after',
        times: 2,
      });
      const answer = await contractor.admin.post(`/payments/${id}/refund`, {
        amount_cents: 10_000,
        reason: 'x',
      });
      expect([200, 202]).toContain(answer.status);
      const again = await contractor.admin.post(`/payments/${id}/refund`, {
        amount_cents: 10_000,
        reason: 'x',
      });
      expect([409, 200, 202]).toContain(again.status);
      await eventually(async () => {
        const { refunds } = (await contractor.admin.get(`/payments/${id}`)).body;
        expect(refunds.map(({ state }: { state: string }) => state)).not.toContain('requested');
      });
      const made = await refundsAtStripe(pi);
      const { body } = await contractor.admin.get(`/payments/${id}`);
      expect(body.refunded_cents).toBe(made.length * 10_000);
      expect(body.refunds).toHaveLength(made.length);
    });

    it('by finance and admin of the organisation alone, and not again under the key of one that failed', async () => {
      const { id, pi } = await aPayment();
      const sales = await addPerson(books.app, contractor.orgId, ['sales']);
      expect((await sales.post(`/payments/${id}/refund`, { reason: 'x' })).status).toBe(403);
      expect((await contractor.admin.post(`/payments/${id}/refund`, {})).status).toBe(422);
      const stranger = await createOrg(books.app, 'Rival Roofing');
      expect((await stranger.admin.post(`/payments/${id}/refund`, { reason: 'x' })).status).toBe(404);
      const finance = await addPerson(books.app, contractor.orgId, ['finance']);
      const ask = (key: string) =>
        finance.post(`/payments/${id}/refund`, { reason: 'x' }, { 'idempotency-key': key });
      expect((await ask('all')).status).toBe(200);
      const [{ id: refund }] = await refundsAtStripe(pi);
      await books.stripe.act('update-refund', { refund, status: 'failed' });
      await eventually(async () => {
        expect(await ask('all')).toMatchObject({ status: 409, body: { code: 'refund_failed' } });
      });
      expect((await ask('again')).body).toMatchObject({ net_cents: 0 });
    });

    it('which Stripe does not make any more is told as a refund, not as a payment', async () => {
      const { id, pi } = await aPayment();
      const { id: dispute } = (await books.stripe.act('dispute', { payment_intent: pi, amount: 1 })) as {
        id: string;
      };
      await books.stripe.act('close-dispute', { dispute, status: 'lost' });
      const state = async () => (await contractor.admin.get(`/payments/${id}`)).body.disputes[0]?.state;
      await eventually(async () => expect(await state()).toBe('lost'));
      const answer = await contractor.admin.post(`/payments/${id}/refund`, { reason: 'x' });
      expect([answer.status, answer.body.code]).toEqual([409, 'stripe_refused']);
      expect(answer.body.detail).toMatch(/^Stripe does not make this refund: /);
    });

    it('which Stripe refuses once nobody waits for its answer any more is before a person', async () => {
      const { id, pi } = await aPayment();
      await books.stripe.act('faults', { kind: 'reset', operation: 'refunds.create', times: 2 });
      const asked = { amount_cents: 10_000, reason: 'a vent less' };
      expect(await contractor.admin.post(`/payments/${id}/refund`, asked)).toMatchObject({
        status: 202,
        body: { refunds: [{ state: 'requested' }] },
      });
      const { id: dispute } = await books.stripe.act('dispute', { payment_intent: pi, amount: 1 });
      await books.stripe.act('close-dispute', { dispute, status: 'lost' });
      const ofPayment = async () => (await contractor.admin.get(`/payments/${id}`)).body;
      await eventually(async () => expect((await ofPayment()).disputes[0]?.state).toBe('lost'));

      await books.database.query(
        `update refunds set updated_at = updated_at - interval '5 minutes' where org_id = $1`,
        [contractor.orgId],
      );
      await books.app.app.get(DueJobsService).enqueueDue('refunds');
      await eventually(async () => expect((await ofPayment()).refunds[0].state).toBe('failed'));
      expect((await codes()).toSorted()).toEqual(['dispute_lost', 'refund_failed']);
      const { reason } = (await inbox()).find(({ code }) => code === 'refund_failed')!;
      expect(reason).toMatch(
        /^The refund of \$100\.00 .* failed at Stripe \(Stripe does not make this refund: /,
      );
      expect(await ofPayment()).toMatchObject({ refunded_cents: 0, net_cents: 29_999 });
    });

    describe('of which the answer was lost', () => {
      const ofPayment = async (id: number) => (await contractor.admin.get(`/payments/${id}`)).body;
      const asked = { amount_cents: 10_000, reason: 'a vent less' };
      const askAgain = async () => {
        await books.database.query(
          `update refunds set updated_at = updated_at - interval '5 minutes' where org_id = $1`,
          [contractor.orgId],
        );
        await books.app.app.get(DueJobsService).enqueueDue('refunds');
      };
      /** How often Stripe was asked for refunds of the organisation. */
      const attempts = async () => {
        const [row] = await books.database.query<{ attempts: number }>(
          'select attempts from refunds where org_id = $1',
          [contractor.orgId],
        );
        return row!.attempts;
      };
      const isIn = (account: string | null) =>
        books.database.query('update checkout_sessions set stripe_account_id = $2 where org_id = $1', [
          contractor.orgId,
          account,
        ]);

      afterEach(() => books.stripe.act('resume'));

      it('is known as soon as it is looked for, though Stripe answers for a day that it failed', async () => {
        const { id, pi } = await aPayment();
        await books.stripe.act('pause');
        await books.stripe.act('faults', { kind: '500', operation: 'refunds.create', when: 'after' });
        expect(await contractor.admin.post(`/payments/${id}/refund`, asked)).toMatchObject({
          status: 202,
          body: { refunds: [{ state: 'requested' }] },
        });
        await askAgain();
        await eventually(async () =>
          expect(await ofPayment(id)).toMatchObject({
            refunded_cents: 10_000,
            refunds: [{ state: 'succeeded' }],
          }),
        );
        expect(await refundsAtStripe(pi)).toHaveLength(1);
      });

      it('has not failed where the key does not let it be looked for, and stands once Stripe tells of it', async () => {
        const { id, pi } = await aPayment();
        await books.stripe.act('pause');
        const lost = { kind: 'reset', operation: 'refunds.create', when: 'after', times: 2 };
        await books.stripe.act('faults', lost);
        expect((await contractor.admin.post(`/payments/${id}/refund`, asked)).status).toBe(202);
        expect(await refundsAtStripe(pi)).toHaveLength(1);
        await isIn('acct_gone');
        const before = await attempts();
        await askAgain();
        await eventually(async () => expect(await attempts()).toBeGreaterThan(before));
        await pause(300);
        expect((await ofPayment(id)).refunds).toMatchObject([{ state: 'requested' }]);
        expect(await codes()).toEqual([]);

        // For a day; then a person looks.
        await books.database.query(
          `update refunds set created_at = created_at - interval '1 day' where org_id = $1`,
          [contractor.orgId],
        );
        await askAgain();
        await eventually(async () => expect(await codes()).toEqual(['refund_failed']));
        expect((await inbox())[0]!.reason).toContain('look in its dashboard');
        await isIn(null);
        await books.stripe.act('resume');
        await eventually(async () =>
          expect(await ofPayment(id)).toMatchObject({
            refunded_cents: 10_000,
            net_cents: 20_000,
            refunds: [{ state: 'succeeded' }],
          }),
        );
        expect(await codes()).toEqual([]);
        expect(await refundsAtStripe(pi)).toHaveLength(1);
      });
    });

    it('which was asked for in vain is not what one that goes is made in place of', async () => {
      const { id, pi } = await aPayment();
      const refund = (more: object = {}) =>
        contractor.admin.post(`/payments/${id}/refund`, { amount_cents: 10_000, reason: 'x', ...more });
      expect((await refund()).status).toBe(200);
      const [{ id: failed }] = await refundsAtStripe(pi);
      await books.stripe.act('update-refund', { refund: failed, status: 'failed' });
      await eventually(async () => expect(await codes()).toEqual(['refund_failed']));
      const { id: dispute } = await books.stripe.act('dispute', { payment_intent: pi, amount: 1 });
      await books.stripe.act('close-dispute', { dispute, status: 'lost' });
      await eventually(async () => expect(await codes()).toContain('dispute_lost'));
      expect(await refund()).toMatchObject({ status: 409, body: { code: 'stripe_refused' } });
      expect(await codes()).toContain('refund_failed');
      expect((await refund({ outside_stripe: true })).status).toBe(200);
      expect(await codes()).toEqual(['dispute_lost']);
    });

    it('which Stripe refuses is failed, says why, and takes nothing off', async () => {
      const { id, pi } = await aPayment();
      await books.stripe.act('dispute', { payment_intent: pi });
      await eventually(async () =>
        expect((await contractor.admin.get(`/payments/${id}`)).body.state).toBe('disputed'),
      );
      const answer = await contractor.admin.post(`/payments/${id}/refund`, { reason: 'x' });
      expect([answer.status, answer.body.code]).toEqual([409, 'refund_exceeds_payment']);
      expect((await contractor.admin.get(`/payments/${id}`)).body.net_cents).toBe(30_000);
    });
  });

  describe('who approved a deposit', () => {
    it('is asked for that one, whatever the setting says later, and reads again what was set before', async () => {
      const shownDraft = async () => {
        const proposalId = await aDraft(contractor.admin);
        const link = await aLink(contractor.admin, proposalId);
        const version = versionIn((await openPage(books.app, link.path)).html);
        return { proposalId, link, approve: { name: 'Maria Ruiz', version } };
      };
      const { proposalId, link, approve } = await shownDraft();
      const unread = await shownDraft();
      await sendForm(books.app, `${link.path}/approve`, approve);
      const asked = (await openPage(books.app, link.path)).html;
      expect(asked).toContain('Deposit (30%)');

      await contractor.admin.patch('/org/settings', { deposit_percent: 50 });
      await sendForm(books.app, `${unread.link.path}/approve`, unread.approve);
      expect((await contractor.admin.get(`/proposals/${unread.proposalId}`)).body.status).toBe('draft');
      expect((await openPage(books.app, link.path)).html).toBe(asked);
      const { total_cents, deposit_cents } = await openCheckout(contractor.admin, proposalId);
      expect(deposit_cents).toBe(Math.round(total_cents * 0.3));
      expect((await contractor.admin.get(`/portal/evidence/${proposalId}`)).body.unchanged).toBe(true);
      await books.database.query('update leads set deposit_cents = deposit_cents + 1 where id = $1', [
        proposalId,
      ]);
      expect((await contractor.admin.get(`/portal/evidence/${proposalId}`)).body.unchanged).toBe(false);
    });
  });

  describe('in another currency', () => {
    const draftIn = async (currency: string, amountCents = 100_000) => {
      const customer = await contractor.admin.post('/customers', {
        email: `a${crypto.randomUUID()}@example.com`,
      });
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: amountCents }];
      const body = { name: 'Roof', customer_id: customer.body.id, currency, lines };
      return (await contractor.admin.post('/proposals', body)).body.id as number;
    };

    it("than the company's, or without one the organisation's own, cannot approve and is not charged", async () => {
      const answer = await contractor.admin.post(`/proposals/${await draftIn('EUR')}/approve`);
      expect([answer.status, answer.body.code]).toEqual([409, 'currency_not_enabled']);

      contractor = { ...(await createOrg(books.app)), realmId: '' };
      expect((await contractor.admin.post(`/proposals/${await draftIn('EUR')}/approve`)).status).toBe(409);
      await contractor.admin.patch('/org/settings', { currency: 'EUR' });
      expect((await contractor.admin.post(`/proposals/${await draftIn('EUR')}/approve`)).status).toBe(200);
      expect((await contractor.admin.post(`/proposals/${await draftIn('USD')}/approve`)).status).toBe(409);
    });
  });

  it('who owes more than Stripe takes in one payment is told to get in touch, and the route says why', async () => {
    const customer = await contractor.admin.post('/customers', {
      email: `b${crypto.randomUUID()}@example.com`,
    });
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 400_000_000 }];
    const draft = { name: 'Roof', customer_id: customer.body.id, lines };
    const proposalId = (await contractor.admin.post('/proposals', draft)).body.id;
    const approved = await contractor.admin.post(`/proposals/${proposalId}/approve`);
    expect(approved.body).toMatchObject({ status: 'approved', warnings: [{ code: 'amount_above_maximum' }] });
    expect(await refusal(proposalId)).toEqual([409, 'amount_above_maximum']);
    const link = await aLink(contractor.admin, proposalId);
    const { html } = await openPage(books.app, link.path);
    expect(html).toContain('This amount cannot be paid online.');
    const why = async () => (await contractor.admin.get(`/proposals/${proposalId}/why`)).body;
    const most = 'cannot be paid online: Stripe takes $999,999.99 at the most.';
    expect((await why()).answer).toContain(most);
    expect((await why()).next_step).toContain(`Make its invoice by POST /qbo/invoice/${proposalId}`);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect((await why()).answer).toContain(most);
    expect((await why()).next_step).toContain('another way to pay');
  });
});
