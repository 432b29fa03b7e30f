import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContractRecordsRepository } from '../../../src/contracts/contract-records.repository.js';
import { InvoicePollerService } from '../../../src/qbo-sync/pull/invoice-poller.service.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { CustomerLinksRepository } from '../../../src/qbo-sync/push/customers/customer-links.repository.js';
import { CustomerPlannerService } from '../../../src/qbo-sync/push/customers/plan/customer-planner.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
  beginsWith,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { type Answer, type Json, Session } from '../../support/people.js';

/** Two replicas on one database, and many callers at once. */
describe('Many at once', () => {
  let books: Books;
  let replica: TestApp;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '10000' });
    replica = await startApp({ databaseUrl: books.database.url, env: books.qbo.env });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await books[Symbol.asyncDispose]();
  });

  /** The same person at one replica and the other, in turn. */
  const users = (count: number): Session[] =>
    Array.from({ length: count }, (_, index) =>
      index % 2 === 0 ? contractor.admin : new Session(replica.url, contractor.admin.token),
    );

  it('make one customer of twenty first syncs', async () => {
    const customerId = await aCustomer(contractor, { email: 'race@example.com' });
    const syncs = await Promise.all(users(20).map((user) => user.post(`/qbo/sync/customer/${customerId}`)));

    expect(new Set(syncs.map((sync) => sync.body.qbo_customer_id)).size).toBe(1);
    expect(syncs.every((sync) => sync.body.ok === true)).toBe(true);
    expect((await books.control.calls(contractor.realmId)).operations['customer.create']).toBe(1);
    const created = { org_id: contractor.orgId, result: 'created' };
    expect(await metric(books.app, 'crm_qbo_customer_sync_total', created)).toBe(1);
  });

  it('make no second customer where one that read it unlinked goes on after another has made it', async () => {
    const { app } = books.app;
    const customerId = await aCustomer(contractor);
    const company = (await app.get(ConnectionService).company(contractor.orgId))!;
    const unlinked = await app.get(CustomerLinksRepository).get(contractor.orgId, customerId);
    const made = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);

    const plan = await app
      .get(CustomerPlannerService)
      .plan(company, unlinked, { verdict: { kind: 'create', decided: false } });
    expect(plan).toMatchObject({
      kind: 'settled',
      sync: { result: 'updated', qboCustomerId: made.body.qbo_customer_id },
    });
    expect((await books.control.calls(contractor.realmId)).operations['customer.create']).toBe(1);
  });

  it('would make twenty if each had its own key (so the test above is not vacuous)', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `Race ${index}`);
    await Promise.all(names.map((name) => books.control.createCustomer(contractor.realmId, name)));
    const made = (await books.control.records(contractor.realmId, 'Customer')).filter((one) =>
      beginsWith(one.DisplayName, 'Race '),
    );
    expect(made).toHaveLength(20);
  });

  it('make one invoice of twenty requests', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const read = vi.spyOn(ContractRecordsRepository.prototype, 'recordOf');
    const ask = async (user: Session): Promise<Answer<Json>> => {
      const answer = await user.post(`/qbo/invoice/${proposalId}`);
      // A machine without time for twenty says so, to whoever waited for the others for ten seconds.
      return answer.body.code === 'records_busy' ? ask(user) : answer;
    };
    const answers = await Promise.all(users(20).map(ask));

    // Those who wait in line for the contract read nothing of it: else each has the others wait that much longer.
    const locked = read.mock.calls.filter(([tx]) => tx.queryRunner !== undefined);
    expect(locked.length).toBeLessThan(20);
    read.mockRestore();
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    expect(answers.filter((answer) => answer.body.status === 'created')).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.body.qbo_invoice_id)).size).toBe(1);
    expect((await books.control.calls(contractor.realmId)).operations['invoice.create']).toBe(1);
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'invoice_created']);
  });

  it('make one item of the first invoices of a company', async () => {
    const proposals = await Promise.all(Array.from({ length: 4 }, () => anApprovedProposal(contractor)));
    await Promise.all(proposals.map((id) => contractor.admin.post(`/qbo/invoice/${id}`)));
    const items = (await books.control.records(contractor.realmId, 'Item')).filter(
      (one) => one.Name === 'Roof Deposit',
    );
    expect(items).toHaveLength(1);
  });

  it('poll one company once per interval', async () => {
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await books.control.resetCalls();
    await books.database.query('update qbo_sweeps set next_sweep_at = now() where org_id = $1', [
      contractor.orgId,
    ]);

    const pollers = [books.app, replica].map(({ app }) => app.get(InvoicePollerService));
    const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => pollers[index % 2]!.pollOnce()));
    expect(taken.flat().filter((orgId) => orgId === contractor.orgId)).toHaveLength(1);
    await eventually(async () => expect(await eventsOf(contractor, proposalId)).toContain('invoice_paid'));
    expect((await books.control.calls(contractor.realmId)).operations['cdc']).toBe(1);
  });
});
