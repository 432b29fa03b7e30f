import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { holdNext } from '../../support/hold.js';

/** A customer that was synced, and that somebody then linked to another record by SQL. */
describe('A customer that is moved to another record by SQL', () => {
  let books: Books;
  let contractor: Contractor;
  let customerId: number;
  let first: string;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    customerId = await aCustomer(contractor);
    first = (await sync()).qbo_customer_id;
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const sync = async () => (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body;
  const move = (id: string | null) =>
    books.database.query('update customers set qbo_customer_id = $2 where id = $1', [customerId, id]);
  const another = (fields = {}) =>
    books.control.createCustomer(contractor.realmId, `Zoe Hill ${crypto.randomUUID().slice(0, 8)}`, fields);
  const inQuickBooks = async (id: string) =>
    (await books.control.records(contractor.realmId, 'Customer')).find((one) => one.Id === id);

  it('is not synced where QuickBooks has no such record, and is told so at an invoice too', async () => {
    await move('99999');
    expect(await sync()).toMatchObject({ ok: false, result: 'error', error: expect.stringContaining('610') });
    const proposal = await anApprovedProposal(contractor, { customerId });
    expect(await contractor.admin.post(`/qbo/invoice/${proposal}`)).toMatchObject({
      status: 409,
      body: { code: 'qbo_not_found' },
    });
    await move(first);
    expect(await sync()).toMatchObject({ ok: true, qbo_customer_id: first });
  });

  it('is read before it counts as synced, and keeps what the bookkeeper wrote there', async () => {
    const { Id } = await another();
    await move(Id);
    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    expect(body).toMatchObject({ qbo_customer_id: Id, qbo_last_sync_at: null });
    expect(await sync()).toMatchObject({ ok: true, qbo_customer_id: Id });
    await contractor.admin.patch(`/customers/${customerId}`, { phone: '+1 555 0100 111' });
    expect(await sync()).toMatchObject({ ok: true, qbo_customer_id: Id });
    expect(await inQuickBooks(Id)).toMatchObject({
      DisplayName: expect.stringContaining('Zoe Hill'),
      PrimaryPhone: { FreeFormNumber: '+1 555 0100 111' },
    });
    expect(await inQuickBooks(first)).toMatchObject({ PrimaryPhone: { FreeFormNumber: '555-0100' } });
  });

  it('is linked to nobody by an empty text, nor by one that is inactive, and is told so', async () => {
    const { Id } = await another();
    await books.control.inactivateCustomer(contractor.realmId, Id);
    await move(Id);
    const error = expect.stringMatching(/is inactive in QuickBooks\. Make it active there, or end this link/);
    expect(await sync()).toMatchObject({ ok: false, result: 'error', error });
    await books.control.reactivateCustomer(contractor.realmId, Id);
    expect(await sync()).toMatchObject({ ok: true, qbo_customer_id: Id });
    await move('');
    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    expect(body.qbo_customer_id).toBeNull();
    const [inserted] = await books.database.query<{ link: string | null }>(
      `insert into customers (org_id, email, qbo_customer_id) values ($1, 'old@customers.example', '')
       returning qbo_customer_id as link`,
      [contractor.orgId],
    );
    expect(inserted).toEqual({ link: null });
  });

  it('is linked to nothing by what can be no id of QuickBooks, which is not asked about', async () => {
    await move('Ann Ruiz');
    await books.control.resetCalls();
    const error = expect.stringContaining('QuickBooks has no customer “Ann Ruiz”: its ids are numbers.');
    for (let n = 0; n < 2; n += 1) expect(await sync()).toMatchObject({ ok: false, result: 'error', error });
    expect((await books.control.calls(contractor.realmId)).total).toBe(0);
  });

  it('while a change of it is on its way stays with the record of the person', async () => {
    const { Id } = await another();
    await contractor.admin.patch(`/customers/${customerId}`, { phone: '+1 555 0100 222' });
    const sent = holdNext(books.app.app.get(QboClient).customers, 'update');
    const change = sync();
    await sent.done;
    await move(Id);
    sent.letGo();
    await change;
    const { body } = await contractor.admin.get(`/customers/${customerId}`);
    expect(body).toMatchObject({ qbo_customer_id: Id });
    expect(await sync()).toMatchObject({ ok: true, qbo_customer_id: Id });
  });
});
