import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  compared,
  eventsOf,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';

describe('The cash loop between CRM and QuickBooks', () => {
  let books: Books;

  beforeAll(async () => {
    books = await openBooks();
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  it('carries a customer over and keeps it in step', async () => {
    const contractor = await aContractor(books);
    const { admin, orgId, realmId } = contractor;
    const customerId = await aCustomer(contractor, { full_name: 'Test Customer', phone: '555-0100' });

    const synced = await admin.post(`/qbo/sync/customer/${customerId}`);
    expect(synced).toMatchObject({ status: 200, body: { ok: true, customer_id: customerId } });
    expect(synced.body.qbo_customer_id).toMatch(/^\d+$/);
    const inQbo = async () =>
      (await books.control.records(realmId, 'Customer')).find(
        (one) => one.Id === synced.body.qbo_customer_id,
      );
    expect(await inQbo()).toMatchObject({
      DisplayName: 'Test Customer',
      PrimaryPhone: { FreeFormNumber: '555-0100' },
    });

    await admin.patch(`/customers/${customerId}`, { phone: '555-0199' });
    await admin.post(`/qbo/sync/customer/${customerId}`);
    expect(await inQbo()).toMatchObject({ PrimaryPhone: { FreeFormNumber: '555-0199' } });

    expect(await metric(books.app, 'crm_qbo_customer_sync_total', { org_id: orgId, result: 'created' })).toBe(
      1,
    );
    expect(await metric(books.app, 'crm_qbo_customer_sync_total', { org_id: orgId, result: 'updated' })).toBe(
      1,
    );
  });

  it('spends no call on a customer that has not changed', async () => {
    const contractor = await aContractor(books);
    const customerId = await aCustomer(contractor);
    await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    const before = await books.control.calls(contractor.realmId);

    const again = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    expect(again.body.ok).toBe(true);
    expect((await books.control.calls(contractor.realmId)).total).toBe(before.total);
  });

  it('invoices the deposit of an approved proposal, once', async () => {
    const contractor = await aContractor(books);
    const { admin, orgId, realmId } = contractor;
    const proposalId = await anApprovedProposal(contractor, { amountCents: 1_250_050 });

    const created = await admin.post(`/qbo/invoice/${proposalId}`);
    expect(created).toMatchObject({
      status: 200,
      body: {
        status: 'created',
        amount_cents: 375_015,
        amount_usd: 3750.15,
        proposal_id: proposalId,
        env: 'sandbox',
      },
    });
    const invoice = (await books.control.records(realmId, 'Invoice')).find(
      (one) => one.Id === created.body.qbo_invoice_id,
    );
    expect(invoice).toMatchObject({
      TotalAmt: 3750.15,
      Balance: 3750.15,
      DocNumber: created.body.qbo_invoice_number,
    });

    const again = await admin.post(`/qbo/invoice/${proposalId}`);
    expect(again.body).toEqual({ ...created.body, status: 'exists' });
    expect((await books.control.calls(realmId)).operations['invoice.create']).toBe(1);
    expect((await admin.get(`/proposals/${proposalId}`)).body).toMatchObject({
      qbo_invoice_id: created.body.qbo_invoice_id,
      qbo_status: 'Open',
      qbo_state: 'open',
      qbo_balance_cents: 375_015,
      qbo_paid_cents: 0,
    });
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']);
    expect(await metric(books.app, 'crm_invoices_generated_total', { org_id: orgId })).toBe(1);
  });

  it('sees the payment on a manual check, and logs it once', async () => {
    const contractor = await aContractor(books);
    const { admin, orgId, realmId } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(realmId, invoiceId);

    const check = await admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(check).toMatchObject({
      status: 200,
      body: { ok: true, changed_to_paid: true, qbo_status: 'Paid', qbo_balance_cents: 0 },
    });
    const again = await admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(again.body).toMatchObject({ ok: true, changed_to_paid: false, qbo_status: 'Paid' });

    const [paid] = (await admin.get(`/proposals/${proposalId}/activity`)).body.items;
    expect(paid).toMatchObject({
      event: 'invoice_paid',
      meta: {
        qbo_invoice_id: invoiceId,
        qbo_invoice_number: check.body.qbo_invoice_number,
        amount_cents: 375_000,
      },
    });
    expect(await metric(books.app, 'crm_invoices_paid_total', { org_id: orgId })).toBe(1);
  });

  it('sees the payment by itself, for one call', async () => {
    const contractor = await aContractor(books);
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await pollAll(books);
    await compared(books, contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await books.control.resetCalls();

    await makeDue(books, contractor.orgId);
    expect(await books.app.app.get(InvoicePollerService).pollOnce()).toContain(contractor.orgId);
    await eventually(async () => expect(await eventsOf(contractor, proposalId)).toContain('invoice_paid'));
    expect((await books.control.calls(contractor.realmId)).operations).toEqual({ cdc: 1 });
  });

  it('compares every linked invoice of the organisation on demand', async () => {
    const contractor = await aContractor(books);
    const [one, two] = [await anInvoicedProposal(contractor), await anInvoicedProposal(contractor)];
    await books.control.receivePayment(contractor.realmId, two.invoiceId);

    const polled = await contractor.admin.post('/qbo/sync/invoice/poll_all');
    expect(polled.body).toEqual({ ok: true, scheduled: 2, proposal_ids: [one.proposalId, two.proposalId] });
    await eventually(async () =>
      expect((await contractor.admin.get(`/proposals/${two.proposalId}`)).body.qbo_status).toBe('Paid'),
    );
    expect((await contractor.admin.get(`/proposals/${one.proposalId}`)).body.qbo_status).toBe('Open');
  });

  it('keeps one organisation out of the books of another', async () => {
    const [ours, theirs] = [await aContractor(books), await aContractor(books, 'Rival Roofing')];
    const { proposalId } = await anInvoicedProposal(theirs);
    const customerId = await aCustomer(theirs);

    expect((await ours.admin.post(`/qbo/invoice/${proposalId}`)).status).toBe(404);
    expect((await ours.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).status).toBe(404);
    expect((await ours.admin.post(`/qbo/sync/customer/${customerId}`)).status).toBe(404);
    expect((await ours.admin.post('/qbo/sync/invoice/poll_all')).body.proposal_ids).toEqual([]);
  });
});

/** Lets the first polls, which have no cursor yet, pass. */
async function pollAll(books: Books): Promise<void> {
  const orgIds = await books.app.app.get(InvoicePollerService).pollOnce();
  await eventually(async () => {
    const open = await books.database.query(
      'select from qbo_sweeps where org_id = any($1) and last_succeeded_at is null',
      [orgIds],
    );
    expect(open).toHaveLength(0);
  });
}

async function makeDue(books: Books, orgId: number): Promise<void> {
  await books.database.query(
    `update qbo_sweeps set next_sweep_at = now() - interval '1 second' where org_id = $1`,
    [orgId],
  );
}
