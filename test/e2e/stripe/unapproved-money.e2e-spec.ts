import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataSource } from 'typeorm';
import { PaymentsRepository } from '../../../src/payments/ledger/payments.repository.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { aContractorWith, anApprovedProposal, type Contractor, eventsOf, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;

describe('Money that nobody owed', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let id: number;
  let companies = 0;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const aCompany = async (settings: object): Promise<void> => {
    companies += 1;
    const chosen = { revenue_policy: 'invoice', ...settings };
    contractor = await aContractorWith(books, `Fitter ${companies}`, chosen);
  };
  const count = async (event: string): Promise<number> =>
    (await eventsOf(contractor, id)).filter((one) => one === event).length;
  const items = () => openItems(contractor.admin);
  const item = (code: string): Promise<Json> =>
    eventually(async () => {
      const found = (await items()).find((one) => one.code === code);
      expect(found).toBeDefined();
      return found!;
    });
  const settled = () => idle(books, contractor);
  const payments = async (): Promise<Json[]> =>
    (await contractor.admin.get(`/payments?proposal_id=${id}`)).body.items as Json[];
  const refund = async (paymentId: number, amount_cents: number): Promise<void> => {
    const asked = await contractor.admin.post(`/payments/${paymentId}/refund`, {
      amount_cents,
      reason: 'Sorry',
    });
    expect(asked.status).toBe(200);
    await settled();
  };
  const earned = async (basis: string): Promise<number> => {
    const { rows } = (
      await contractor.admin.get(`/reports/revenue?from=2020-01-01&to=2099-12-31&basis=${basis}`)
    ).body;
    return (rows as Json[]).reduce((sum, { earned_cents: cents }) => sum + cents, 0);
  };
  const cancel = () => contractor.admin.patch(`/proposals/${id}`, { status: 'cancelled' });
  /** Pays on pages that Stripe has not ended yet; answers the payments, oldest first. */
  const pay = async (...sessions: string[]): Promise<Json[]> => {
    const before = (await payments()).length;
    for (const session of sessions) await books.stripe.act('pay', { session });
    await eventually(async () => expect(await payments()).toHaveLength(before + sessions.length));
    await settled();
    return (await payments()).toReversed();
  };

  it.each([true, false])(
    'as its proposal was cancelled takes nothing off when it is given back (record_payments %s)',
    async (record_payments) => {
      await aCompany({ deposit_mode: 'income', record_payments });
      id = await anApprovedProposal(contractor, { amountCents: VALUE });
      const { session_id } = await openCheckout(contractor.admin, id);
      // The page stays open: else who pays races with who closes it.
      await books.stripe.act('faults', { kind: 'reset', operation: 'checkout.sessions.expire', times: 100 });
      await cancel();
      const [payment] = await pay(session_id);
      await refund(payment!.id, 100_000);
      expect([await earned('accrual'), (await items()).map(({ code }) => code)]).toEqual([
        0,
        ['paid_not_approved'],
      ]);
      await refund(payment!.id, DEPOSIT - 100_000);
      expect([await earned('accrual'), await earned('cash'), await items()]).toEqual([0, 0, []]);
    },
  );

  it('is asked about with each payment of a cancelled proposal, until each is back or agreed on', async () => {
    await aCompany({ deposit_mode: 'income', record_payments: false });
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    const earlier = await openCheckout(contractor.admin, id);
    await books.stripe.act('faults', { kind: 'reset', operation: 'checkout.sessions.expire', times: 100 });
    await books.database.query(
      'update checkout_sessions set expires_at = now() where stripe_session_id = $1',
      [earlier.session_id],
    );
    const later = await openCheckout(contractor.admin, id);
    expect((await cancel()).status).toBe(200);
    await pay(earlier.session_id);
    // As of one that came before that was kept.
    await books.database.query('update payments set not_owed_cents = null where proposal_id = $1', [id]);
    const [first, second] = await pay(later.session_id);
    const named = await item('paid_not_approved');
    expect(named.reason).toContain('$6,000.00 was paid');
    expect(named.next_step).toContain(
      `POST /payments/${first!.id}/refund {"reason": "…"} and by POST /payments/${second!.id}/refund`,
    );
    await refund(second!.id, DEPOSIT);
    const left = await item('paid_not_approved');
    expect(left.reason).toContain('$3,000.00 was paid');
    expect(left.next_step).toContain(
      `Refund the customer by POST /payments/${first!.id}/refund {"reason": "…"}, and`,
    );
    await contractor.admin.post(`/inbox/${left.id}/resolve`);
    const { app } = books.app;
    const asked = await inOrganisation(contractor.orgId, () =>
      app.get(PaymentsRepository).listUnapproved(app.get(DataSource).manager, contractor.orgId, id),
    );
    expect(asked).toEqual([]);
  });

  it('and a bank took back is off no money that came in, where the bookkeeper enters the payments', async () => {
    await aCompany({ deposit_mode: 'income', record_payments: false });
    const { admin, realmId } = contractor;
    id = await anApprovedProposal(contractor, { amountCents: VALUE });
    await admin.post(`/qbo/invoice/${id}`);
    const [deposit] = await books.control.records(realmId, 'Invoice');
    const page = await openCheckout(admin, id);
    await books.control.receivePayment(realmId, deposit!.Id, { amount: 2_000 });
    const { payment_intent: pi } = await books.stripe.act('pay', { session: page.session_id });
    await item('payment_not_owed');
    expect(await earned('cash')).toBe(200_000);
    const [payment] = await payments();
    await refund(payment!.id, 80_000);
    const { id: dispute } = await books.stripe.act('dispute', { payment_intent: pi, amount: 150_000 });
    await books.stripe.act('close-dispute', { dispute, status: 'lost' });
    await eventually(async () => expect(await count('payment_dispute_closed')).toBe(1));
    // Of 2,000.00 that nobody owed 1,200.00 were left by then.
    expect([await earned('cash'), await earned('accrual')]).toEqual([170_000, DEPOSIT]);
  });
});
