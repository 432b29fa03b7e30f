import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { MAY_STILL_RUN_MS, REPLAY_SAFE_MS } from '../../../src/qbo-sync/operations/operation-policy.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  beginsWith,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { signIn } from '../../support/people.js';

const LOSSES = ['timeout', 'reset', '500', '503_html', 'truncated'] as const;

describe('A lost answer', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '3000' }, clock);
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const invoices = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );
  const customers = async (email: string) =>
    (await books.control.records(contractor.realmId, 'Customer')).filter((one) =>
      JSON.stringify(one).includes(email),
    );
  const invoiceRequests = async () =>
    (await books.control.requests({ realm_id: contractor.realmId })).filter(
      (one) => one.operation === 'invoice.create',
    );

  it('to the creation of a customer (of any kind, after the commit) makes no second customer', async () => {
    for (const kind of LOSSES) {
      const email = `lost-${kind}@example.com`;
      const customerId = await aCustomer(contractor, { email });
      await books.control.planFault({
        operation: 'customer.create',
        realm_id: contractor.realmId,
        kind,
        when: 'after',
      });

      const synced = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
      expect(synced.body).toMatchObject({ ok: true });
      expect(await customers(email)).toHaveLength(1);
      expect((await customers(email))[0]!.Id).toBe(synced.body.qbo_customer_id);
    }
  });

  it('to the creation of a customer whose e-mail is changed meanwhile makes no second customer', async () => {
    const email = 'before@example.com';
    const customerId = await aCustomer(contractor, { email });
    const realm_id = contractor.realmId;
    await books.control.planFault({ operation: 'customer.create', realm_id, kind: 'timeout', when: 'after' });
    const first = contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    const made = await eventually(async () => {
      const [one] = await customers(email);
      expect(one).toBeDefined();
      return one!;
    });
    await books.control.planFault({ operation: 'customer.query', realm_id, kind: '500', times: 20 });
    expect((await first).body).toMatchObject({ ok: false });
    const moved = { email: 'after@example.com' };
    expect(await contractor.admin.patch(`/customers/${customerId}`, moved)).toMatchObject({ status: 200 });
    await books.control.clearFaults();
    clock.advance({ seconds: REPLAY_SAFE_MS / 1000 });
    const admin = await signIn(books.app, contractor.admin.email);
    await eventually(async () =>
      expect((await admin.post(`/qbo/sync/customer/${customerId}`)).body).toMatchObject({
        ok: true,
        qbo_customer_id: made.Id,
      }),
    );
    // The one that found it has sent what was changed since, too.
    expect(await customers(moved.email)).toMatchObject([{ Id: made.Id }]);
  });

  it('to the creation of an invoice (of any kind, after the commit) is found again, not sent again', async () => {
    const generated = () => metric(books.app, 'crm_invoices_generated_total', { org_id: contractor.orgId });
    for (const [made, kind] of LOSSES.entries()) {
      const proposalId = await anApprovedProposal(contractor);
      await books.control.planFault({
        operation: 'invoice.create',
        realm_id: contractor.realmId,
        kind,
        when: 'after',
      });

      const created = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      expect(created).toMatchObject({ status: 200, body: { status: 'created' } });
      expect(await invoices()).toHaveLength(made + 1);
      expect(await invoiceRequests()).toHaveLength(made + 1);
      expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']);
      expect(await generated()).toBe(made + 1);
    }
  });

  it('would make two invoices if it were simply asked again (so the tests above are not vacuous)', async () => {
    const draft = { customer_id: '1', amount: 3750, DocNumber: 'CRM-naive' };
    await books.control.createInvoice(contractor.realmId, draft);
    await books.control.createInvoice(contractor.realmId, draft);
    expect(await invoices()).toHaveLength(2);
  });

  it(
    'to an invoice that never arrived waits out the cut-off of QuickBooks, then goes out under the same ' +
      'key',
    async () => {
      const proposalId = await anApprovedProposal(contractor);
      await books.control.planFault({
        operation: 'invoice.create',
        realm_id: contractor.realmId,
        kind: 'timeout',
        when: 'before',
      });

      const first = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      expect(first).toMatchObject({ status: 202, body: { status: 'pending', proposal_id: proposalId } });
      const impatient = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
      expect(impatient.status).toBe(202);
      expect(await invoiceRequests()).toHaveLength(1);

      clock.advance({ seconds: MAY_STILL_RUN_MS / 1000 });
      expect(await books.app.app.get(DueJobsService).enqueueDue('sync_operations')).toBe(1);
      await eventually(async () =>
        expect(await eventsOf(contractor, proposalId)).toContain('invoice_created'),
      );
      const [one, two, ...more] = await invoiceRequests();
      expect(more).toHaveLength(0);
      expect(two!.requestid).toBe(one!.requestid);
      expect(two!.body).toEqual(one!.body);
      expect(await invoices()).toHaveLength(1);
    },
  );

  it('goes to a person when its key may be forgotten and QuickBooks shows no trace', async () => {
    const proposalId = await anApprovedProposal(contractor);
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: contractor.realmId,
      kind: 'timeout',
      when: 'after',
    });
    await books.control.planFault({ operation: 'invoice.query', realm_id: contractor.realmId, kind: '500' });
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`)).status).toBe(202);
    const [made] = await invoices();
    await books.control.deleteInvoice(contractor.realmId, made!.Id);
    await books.control.forgetRequestIds(contractor.realmId);

    clock.advance({ seconds: REPLAY_SAFE_MS / 1000 });
    const admin = await signIn(books.app, contractor.admin.email);
    const later = await admin.post(`/qbo/invoice/${proposalId}`);
    expect(later.status).toBe(202);
    const asked = await admin.post(`/qbo/invoice/${proposalId}`);
    expect(asked).toMatchObject({ status: 409, body: { code: 'invoice_needs_person' } });
    expect(await invoiceRequests()).toHaveLength(1);

    const again = await admin.post(`/qbo/invoice/${proposalId}`, { again: true });
    expect(again.body).toMatchObject({ status: 'created', qbo_invoice_number: `CRM-${proposalId}-2` });
  });
});
