import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Contractor,
  beginsWith,
} from '../../support/books.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { type BooksWithStripe, openCheckout, startBooksWithStripe } from '../../support/stripe.js';

/** Things that happen to one customer or one invoice from two sides at once. */
describe('From two sides at once', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterEach(() => books.control.clearFaults());

  afterAll(() => books[Symbol.asyncDispose]());

  const invoices = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );
  const customers = async (name: string) =>
    (await books.control.records(contractor.realmId, 'Customer')).filter((one) =>
      beginsWith(one.DisplayName, name),
    );
  const slowly = (operation: string, ms = 800) =>
    books.control.planFault({
      operation,
      kind: 'slow',
      when: 'after',
      delay_ms: ms,
      realm_id: contractor.realmId,
    });

  it('the deposit is paid and ten people press the button: one invoice', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id } = await openCheckout(contractor.admin, proposalId);
    await slowly('invoice.create');
    const [, ...answers] = await Promise.all([
      books.stripe.act('pay', { session: session_id }),
      ...Array.from({ length: 10 }, () => contractor.admin.post(`/qbo/invoice/${proposalId}`)),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await eventually(async () => {
      const { body } = await contractor.admin.get(`/proposals/${proposalId}`);
      expect(body.deposit_paid_cents).toBeGreaterThan(0);
      const [row] = await books.database.query<{ waiting: number }>(
        `select count(*)::int as waiting from pgboss.job
          where name = 'qbo.invoice.create' and state < 'completed' and (data->>'proposalId')::int = $1`,
        [proposalId],
      );
      expect(row!.waiting).toBe(0);
    });
    expect(await invoices()).toHaveLength(1);
  });

  it('ten invoices are asked for of a customer who is not in the books: one customer', async () => {
    const customerId = await aCustomer(contractor, { full_name: 'Only Once' });
    const proposals = await Promise.all(
      Array.from({ length: 10 }, () => anApprovedProposal(contractor, { customerId })),
    );
    await slowly('customer.create');
    await Promise.all(proposals.map((id) => contractor.admin.post(`/qbo/invoice/${id}`)));
    await eventually(async () => {
      await Promise.all(proposals.map((id) => contractor.admin.post(`/qbo/invoice/${id}`)));
      expect(await invoices()).toHaveLength(10);
    });
    expect(await customers('Only Once')).toHaveLength(1);
    const [made] = await customers('Only Once');
    expect(new Set((await invoices()).map((one) => (one.CustomerRef as { value: string }).value))).toEqual(
      new Set([made!.Id]),
    );
  });

  it(
    'a customer is renamed while QuickBooks is still making it: one customer, with the new name in the ' +
      'end',
    async () => {
      const customerId = await aCustomer(contractor, { full_name: 'Before Wedding' });
      const sync = () => contractor.admin.post(`/qbo/sync/customer/${customerId}`);
      await slowly('customer.create');
      const first = sync();
      await eventually(async () =>
        expect((await books.control.calls(contractor.realmId)).operations['customer.create']).toBe(1),
      );
      await contractor.admin.patch(`/customers/${customerId}`, { full_name: 'After Wedding' });
      const second = sync();
      expect((await first).body.ok).toBe(true);
      await second;
      expect((await sync()).body.ok).toBe(true);
      expect(await customers('Before Wedding')).toHaveLength(0);
      expect(await customers('After Wedding')).toHaveLength(1);
    },
  );

  it('a customer is merged into another while a proposal waits: a person is asked, and no twin is made', async () => {
    const customerId = await aCustomer(contractor, { full_name: 'Merged Away' });
    const { body } = await contractor.admin.post(`/qbo/sync/customer/${customerId}`);
    const survivor = await books.control.createCustomer(contractor.realmId, 'Survivor');
    await books.control.mergeCustomers(contractor.realmId, survivor.Id, body.qbo_customer_id);
    const proposalId = await anApprovedProposal(contractor, { customerId });

    const refused = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'qbo_not_found' } });
    const items = await openItems(contractor.admin);
    expect(items).toMatchObject([{ code: 'not_found', proposal_id: proposalId }]);
    expect(await customers('Merged Away')).toHaveLength(1);

    await books.database.query(
      'update customers set qbo_customer_id = $2, qbo_profile = null where id = $1',
      [customerId, survivor.Id],
    );
    const made = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(made.body).toMatchObject({ status: 'created' });
    expect((await invoices()).map((one) => (one.CustomerRef as { value: string }).value)).toEqual([
      survivor.Id,
    ]);
  });

  it('a proposal is cancelled while its invoice is being made: the invoice is known, and said to be open', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const held = holdNext(books.app.app.get(QboClient).invoices, 'create');
    const making = contractor.admin.post(`/qbo/invoice/${proposalId}`);
    await held.done;
    const cancelled = await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    held.letGo();
    const made = (await making).body;
    expect(made.status).toBe('created');
    const { answer } = (await contractor.admin.get(`/proposals/${proposalId}/why`)).body;
    expect(answer).toContain('is cancelled, but invoice');
    expect((await invoices()).map(({ Id }) => Id)).toEqual([made.qbo_invoice_id]);
  });
});
