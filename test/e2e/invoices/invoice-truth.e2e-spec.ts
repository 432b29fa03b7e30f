import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { metric } from '../../support/metrics.js';

describe('The truth about an invoice', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const check = async () => (await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body;
  const proposal = async () => (await contractor.admin.get(`/proposals/${proposalId}`)).body;
  const paidCount = () => metric(books.app, 'crm_invoices_paid_total', { org_id: contractor.orgId });

  it('never shows a voided invoice as paid', async () => {
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({
      ok: true,
      changed_to_paid: false,
      qbo_status: 'Unknown',
      qbo_balance_cents: 0,
    });
    expect(await proposal()).toMatchObject({ qbo_state: 'voided', qbo_paid_cents: 0 });
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_voided']);
    expect(await paidCount()).toBe(0);
  });

  it('shows a part payment as open, with what was paid', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1_000.01 });
    expect(await check()).toMatchObject({
      changed_to_paid: false,
      qbo_status: 'Open',
      qbo_balance_cents: 274_999,
    });
    expect(await proposal()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 100_001 });
    expect(await metric(books.app, 'crm_invoice_payments_cents_total', { org_id: contractor.orgId })).toBe(
      100_001,
    );
  });

  it('reopens when a payment bounces, and is paid again by the next', async () => {
    const payment = await books.control.receivePayment(contractor.realmId, invoiceId);
    expect((await check()).changed_to_paid).toBe(true);
    await books.control.deletePayment(contractor.realmId, payment.Id);
    expect(await check()).toMatchObject({
      changed_to_paid: false,
      qbo_status: 'Open',
      qbo_balance_cents: 375_000,
    });
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect((await check()).changed_to_paid).toBe(true);

    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_paid',
      'invoice_reopened',
      'invoice_paid',
    ]);
    expect(await paidCount()).toBe(2);
  });

  it('keeps a deleted invoice deleted', async () => {
    await books.control.deleteInvoice(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ ok: true, qbo_status: 'Unknown', qbo_balance_cents: 0 });
    expect(await proposal()).toMatchObject({ qbo_state: 'deleted', qbo_invoice_id: invoiceId });
    await check();
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created', 'invoice_deleted']);
    expect((await contractor.admin.post('/qbo/sync/invoice/poll_all')).body.scheduled).toBe(0);
  });

  it('goes from paid to voided without a word of reopening', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await check();
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await check();
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_paid',
      'invoice_voided',
    ]);
  });

  const linkByHand = (id: string | null) =>
    books.database.query('update leads set qbo_invoice_id = $2 where id = $1', [proposalId, id]);

  it('follows an invoice that was linked by hand', async () => {
    await linkByHand(null);
    expect(await check()).toEqual({ ok: false, changed_to_paid: false, error: 'No QBO invoice linked' });
    await linkByHand(invoiceId);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ ok: true, changed_to_paid: true, qbo_status: 'Paid' });
    const [lead] = await books.database.query('select qbo_status as status from leads where id = $1', [
      proposalId,
    ]);
    expect(lead).toEqual({ status: 'Paid' });
  });

  it('follows the one that was linked by hand in place of another, and no longer the other', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await check();
    const other = await anInvoicedProposal(contractor);
    await books.database.query('update leads set qbo_invoice_id = null where id = $1', [other.proposalId]);
    await linkByHand(other.invoiceId);
    expect(await check()).toMatchObject({ ok: true, changed_to_paid: false, qbo_status: 'Open' });
    expect(await proposal()).toMatchObject({ qbo_state: 'open', qbo_invoice_id: other.invoiceId });
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'open', qbo_invoice_id: other.invoiceId });
  });

  it('follows each of several: the check looks at all, and the newest live one is shown', async () => {
    const second = await anInvoicedProposal(contractor);
    await books.database.query('update leads set qbo_invoice_id = null where id = $1', [second.proposalId]);
    await books.database.query(
      'insert into invoices (org_id, proposal_id, kind, currency, qbo_invoice_id) values ($1, $2, ' +
        `'progress', 'USD', $3)`,
      [contractor.orgId, proposalId, second.invoiceId],
    );
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ ok: true, changed_to_paid: true, qbo_status: 'Open' });
    expect(await proposal()).toMatchObject({ qbo_state: 'open', qbo_invoice_id: second.invoiceId });
    await books.control.receivePayment(contractor.realmId, second.invoiceId);
    expect(await check()).toMatchObject({ ok: true, changed_to_paid: true, qbo_status: 'Paid' });
    expect((await eventsOf(contractor, proposalId)).filter((one) => one === 'invoice_paid')).toHaveLength(2);
    expect(await paidCount()).toBe(2);
    expect((await contractor.admin.post('/qbo/sync/invoice/poll_all')).body.proposal_ids).toEqual([
      proposalId,
    ]);
    await books.control.voidInvoice(contractor.realmId, second.invoiceId);
    await pollCompany(books, contractor);
    expect(await proposal()).toMatchObject({ qbo_state: 'paid', qbo_invoice_id: invoiceId });
  });

  it('logs one payment however many checks race for it', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const checks = await Promise.all(Array.from({ length: 50 }, check));
    expect(checks.every((answer) => answer.ok === true)).toBe(true);
    expect(checks.filter((answer) => answer.changed_to_paid)).toHaveLength(1);
    expect((await eventsOf(contractor, proposalId)).filter((event) => event === 'invoice_paid')).toHaveLength(
      1,
    );
    expect(await paidCount()).toBe(1);
  });

  it(
    'would log it many times if each check judged without the locked row (so the test above is not ' +
      'vacuous)',
    async () => {
      await books.control.receivePayment(contractor.realmId, invoiceId);
      const looks = Array.from({ length: 50 }, () =>
        books.database.query<{ status: string }>('select qbo_status as status from leads where id = $1', [
          proposalId,
        ]),
      );
      const wouldLog = (await Promise.all(looks)).filter(([lead]) => lead!.status !== 'Paid');
      expect(wouldLog).toHaveLength(50);
    },
  );
});
