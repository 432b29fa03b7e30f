import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OUTAGES_MAX } from '../../../src/qbo-sync/api/pipeline/circuit-breaker.service.js';
import type { FaultKind } from '../../../sandbox/http/fault-plan.ts';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import { endPauses } from '../../support/qbo.js';

describe('Bad luck at QuickBooks', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '3000' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const errors = (stage: string) =>
    metric(books.app, 'crm_invoice_sync_errors_total', { org_id: contractor.orgId, stage });
  const fault = (operation: string, kind: FaultKind, times = 1) =>
    books.control.planFault({ operation, kind, times, realm_id: contractor.realmId });
  const poll = () => pollCompany(books, contractor);

  it.each([
    'timeout',
    'reset',
    '429',
    '429_xml',
    '500',
    '503_html',
    '403',
    '200_fault',
    'truncated',
  ] as const)('answers a check softly when the invoice meets %s, and changes nothing', async (kind) => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await fault('invoice.read', kind);

    const check = await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(check.status).toBe(200);
    expect(check.body).toEqual({ ok: false, changed_to_paid: false, error: expect.stringMatching(/\w{3}/) });
    expect((await errors('fetch')) + (await errors('parse'))).toBe(1);
    expect((await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_status).toBe('Open');

    await endPauses(books.database);
    const next = await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(next.body).toMatchObject({ ok: true, changed_to_paid: true });
  });

  it.each(['429', '500'] as const)(
    'counts what was sent and met %s, not what was refused here since',
    async (kind) => {
      const { proposalId } = await anInvoicedProposal(contractor);
      const sent = kind === '500' ? OUTAGES_MAX : 1;
      await fault('invoice.read', kind, sent);
      const check = () => contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
      for (let n = 0; n < sent; n += 1) expect((await check()).body.ok).toBe(false);
      await books.control.resetCalls();
      for (let n = 0; n < 5; n += 1) expect((await check()).body.ok).toBe(false);
      expect((await books.control.calls(contractor.realmId)).total).toBe(0);
      const labels = { org_id: contractor.orgId, operation: 'invoice.read' };
      expect(await metric(books.app, 'crm_qbo_api_errors_total', labels)).toBe(sent);
      expect(await errors('fetch')).toBe(sent);
    },
  );

  it('refreshes once and goes on when a token is refused', async () => {
    const { proposalId } = await anInvoicedProposal(contractor);
    await fault('invoice.read', '401');
    expect((await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body.ok).toBe(true);
  });

  it('tells the stage of an answer that makes no sense', async () => {
    const { proposalId } = await anInvoicedProposal(contractor);
    await fault('invoice.read', 'malformed');
    const check = await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    expect(check.body).toMatchObject({ ok: false, changed_to_paid: false });
    expect(await errors('parse')).toBe(1);
  });

  it('counts a failed customer sync, with a sentence for people', async () => {
    const customerId = await aCustomer(contractor);
    await fault('customer.create', '429');
    const sync = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    expect(sync).toMatchObject({ status: 200, body: { ok: false, result: 'error', qbo_customer_id: null } });
    expect(sync.body.error).toMatch(/QuickBooks/);
    const labels = { org_id: contractor.orgId, result: 'error' };
    expect(await metric(books.app, 'crm_qbo_customer_sync_total', labels)).toBe(1);
    await endPauses(books.database);
    expect((await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body.ok).toBe(true);
  });

  it('goes on with the next company when one fails, and catches up later', async () => {
    const other = await aContractor(books, 'Other Roofing');
    const [broken, fine] = [await anInvoicedProposal(contractor), await anInvoicedProposal(other)];
    await Promise.all([poll(), pollCompany(books, other)]);
    await books.control.receivePayment(contractor.realmId, broken.invoiceId);
    await books.control.receivePayment(other.realmId, fine.invoiceId);

    await fault('cdc', '503_html', 3); // a poll asks again twice
    await poll();
    await pollCompany(books, other);
    expect(await eventsOf(contractor, broken.proposalId)).not.toContain('invoice_paid');
    expect(await eventsOf(other, fine.proposalId)).toContain('invoice_paid');
    expect(await errors('fetch')).toBe(1);

    await poll();
    expect(await eventsOf(contractor, broken.proposalId)).toContain('invoice_paid');
  });

  it('falls back to comparing every invoice when the change feed is too full to trust', async () => {
    const [one, two] = [await anInvoicedProposal(contractor), await anInvoicedProposal(contractor)];
    await poll();
    for (const { invoiceId } of [one, two]) await books.control.receivePayment(contractor.realmId, invoiceId);
    for (let batch = 0; batch < 10; batch += 1) {
      const typedIn = Array.from({ length: 100 }, () =>
        books.control.createInvoice(contractor.realmId, { customer_id: '1', amount: 10 }),
      );
      await Promise.all(typedIn);
    }
    await books.control.resetCalls();
    await poll();
    expect((await books.control.calls(contractor.realmId)).operations).toEqual({
      cdc: 2, // the second for who was merged meanwhile
      'invoice.query': 1,
      'payment.query': 1, // what was put on account meanwhile
    });
    expect(await eventsOf(contractor, one.proposalId)).toContain('invoice_paid');
    expect(await eventsOf(contractor, two.proposalId)).toContain('invoice_paid');
  });

  it('gives a name that a vendor has a suffix, and adopts a customer who is the same person', async () => {
    await books.control.createVendor(contractor.realmId, 'Ann Supplier');
    const clashing = await aCustomer(contractor, { full_name: 'Ann Supplier' });
    const sync = await contractor.admin.post(`/qbo/sync/customer/${clashing}`);
    expect(sync.body.ok).toBe(true);

    const known = await books.control.createCustomer(contractor.realmId, 'Eva Ott', {
      PrimaryEmailAddr: { Address: 'eva@example.com' },
    });
    const same = await aCustomer(contractor, { full_name: 'Eva Ott', email: 'Eva@Example.com' });
    expect((await contractor.admin.post(`/qbo/sync/customer/${same}`)).body.qbo_customer_id).toBe(known.Id);

    expect(await openItems(contractor.admin)).toEqual([]);

    const stranger = await aCustomer(contractor, { full_name: 'Eva Ott', email: 'other-eva@example.com' });
    const strangers = await contractor.admin.post(`/qbo/sync/customer/${stranger}`);
    expect(strangers.body.ok).toBe(true);
    expect(strangers.body.qbo_customer_id).not.toBe(known.Id);

    const names = (await books.control.records(contractor.realmId, 'Customer')).map((one) => one.DisplayName);
    expect(names).toEqual(
      expect.arrayContaining([`Ann Supplier (CRM-${clashing})`, `Eva Ott (CRM-${stranger})`]),
    );
  });

  it('applies a change on top of what the bookkeeper changed meanwhile', async () => {
    const customerId = await aCustomer(contractor, { full_name: 'Stale Sam' });
    const { qbo_customer_id: id } = (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body;
    await books.control.editCustomer(contractor.realmId, id, { Notes: 'prefers mornings' });
    await contractor.admin.patch(`/customers/${customerId}`, { phone: '555-0142' });

    expect((await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body.ok).toBe(true);
    const record = (await books.control.records(contractor.realmId, 'Customer')).find((one) => one.Id === id);
    expect(record).toMatchObject({ Notes: 'prefers mornings', PrimaryPhone: { FreeFormNumber: '555-0142' } });
  });

  it('says what to do when QuickBooks refuses an invoice, and makes it once that is done', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2099-12-31' });
    const refused = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'qbo_books_closed' } });

    await books.control.setPreferences(contractor.realmId, { BookCloseDate: '2001-01-01' });
    const made = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(made.body).toMatchObject({ status: 'created', proposal_id: proposalId });
  });

  it('refuses to invoice what is not approved, not there, or not connected', async () => {
    const draft = await contractor.admin.post('/proposals', {
      name: 'Draft',
      customer_id: await aCustomer(contractor),
      lines: [{ description: 'New roof', quantity: 1, unit_price_cents: 100_000 }],
    });
    expect((await contractor.admin.post(`/qbo/invoice/${draft.body.id}`)).body.code).toBe(
      'proposal_not_approved',
    );
    expect((await contractor.admin.post('/qbo/invoice/999999')).status).toBe(404);
    expect((await contractor.admin.post('/qbo/sync/invoice/999999/check')).status).toBe(404);
    expect((await contractor.admin.post('/qbo/sync/customer/999999')).status).toBe(404);

    const { proposalId } = await anInvoicedProposal(contractor);
    await contractor.admin.post('/qbo/disconnect');
    expect((await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body).toEqual({
      ok: false,
      changed_to_paid: false,
      error: 'QBO not connected',
    });
  });
});
