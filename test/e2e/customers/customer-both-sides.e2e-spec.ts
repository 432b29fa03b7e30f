import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlannedFault } from '../../../sandbox/control-client.ts';
import { finished, requestBatch } from '../../support/batches.js';
import {
  aContractor,
  aCustomer,
  beginsWith,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';

type FaultKind = PlannedFault['kind'];

/** Names, phones and addresses that the CRM and a bookkeeper both write. */
describe('What both sides write of a customer', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const sync = async (customerId: number) =>
    (await contractor.admin.post(`/qbo/sync/customer/${customerId}`)).body;
  const syncInBatch = async (customerId: number) =>
    (await finished(contractor, await requestBatch(contractor, [customerId]))).results[0]!;
  const change = (customerId: number, facts: object) =>
    contractor.admin.patch(`/customers/${customerId}`, facts);
  const customers = () => books.control.records(contractor.realmId, 'Customer');
  const inQbo = async (id: unknown) => (await customers()).find((one) => one.Id === id)!;
  const inBooks = (name: string, fields: object) =>
    books.control.createCustomer(contractor.realmId, name, { ...fields });
  const overwritten = () => openItems(contractor.admin, 'customer_drift');
  /** A customer without a phone in the CRM, and the same person with one in QuickBooks. */
  const annWithPhoneInBooks = async () => {
    const phone = { PrimaryPhone: { FreeFormNumber: '(970) 555-0144' } };
    const known = await inBooks('Ann Ruiz', { PrimaryEmailAddr: { Address: 'ann@example.com' }, ...phone });
    const made = await contractor.admin.post('/customers', {
      email: 'ann@example.com',
      full_name: 'Ann Ruiz',
    });
    return { known, id: made.body.id as number };
  };

  it.each([
    { way: 'one by one', again: sync },
    { way: 'in a batch', again: syncInBatch },
  ])('a phone that only QuickBooks knows is kept, synced $way', async ({ again }) => {
    const { known, id } = await annWithPhoneInBooks();
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: known.Id });
    expect(await again(id)).toMatchObject({ ok: true, qbo_customer_id: known.Id });
    expect(await inQbo(known.Id)).toMatchObject({ PrimaryPhone: { FreeFormNumber: '(970) 555-0144' } });
  });

  it('a phone that the CRM knew and cleared is cleared in QuickBooks', async () => {
    const id = await aCustomer(contractor, { phone: '555-0100' });
    const { qbo_customer_id: qboId } = await sync(id);
    await change(id, { phone: null });
    expect(await sync(id)).toMatchObject({ ok: true });
    expect((await inQbo(qboId)).PrimaryPhone ?? { FreeFormNumber: '' }).toMatchObject({ FreeFormNumber: '' });
  });

  it('an e-mail that is one of several finds its customer, and is changed among the others', async () => {
    const known = await inBooks('Marisol Vega', {
      PrimaryEmailAddr: { Address: 'marisol@example.com,office@example.com' },
    });
    const id = await aCustomer(contractor, { full_name: 'Marisol Vega', email: 'marisol@example.com' });
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: known.Id });
    expect((await customers()).filter(({ DisplayName }) => beginsWith(DisplayName, 'Marisol'))).toHaveLength(
      1,
    );
    await change(id, { email: 'mv@example.com' });
    await sync(id);
    expect(await inQbo(known.Id)).toMatchObject({
      PrimaryEmailAddr: { Address: 'mv@example.com, office@example.com' },
    });
  });

  it.each([
    { way: 'one by one', again: sync },
    { way: 'in a batch', again: syncInBatch },
  ])(
    'a name that a bookkeeper corrected stays while the CRM changes the phone, synced $way',
    async ({ again }) => {
      const id = await aCustomer(contractor, { full_name: 'Ann Okafor' });
      const { qbo_customer_id: qboId } = await sync(id);
      await books.control.renameCustomer(contractor.realmId, qboId, 'Okafor, Ann');
      await change(id, { phone: '555-0199' });
      expect(await again(id)).toMatchObject({ ok: true });
      expect(await inQbo(qboId)).toMatchObject({
        DisplayName: 'Okafor, Ann',
        PrimaryPhone: { FreeFormNumber: '555-0199' },
      });
      expect(await overwritten()).toEqual([]);
    },
  );

  it('a name that both changed is the CRM’s, and a person is told what was overwritten', async () => {
    const id = await aCustomer(contractor, { full_name: 'Ann Okafor' });
    const { qbo_customer_id: qboId } = await sync(id);
    await books.control.renameCustomer(contractor.realmId, qboId, 'Okafor, Ann');
    await change(id, { full_name: 'Ann Okafor-Bell' });
    expect(await sync(id)).toMatchObject({ ok: true });
    expect(await inQbo(qboId)).toMatchObject({ DisplayName: 'Ann Okafor-Bell' });
    expect(await overwritten()).toMatchObject([{ customer_id: id }]);
    expect((await overwritten())[0]!.reason).toContain('name "Okafor, Ann" by "Ann Okafor-Bell"');
  });

  it('a name whose suffix a bookkeeper took off stays without it', async () => {
    const vendor = await books.control.createVendor(contractor.realmId, 'Ann Supplier');
    const id = await aCustomer(contractor, { full_name: 'Ann Supplier' });
    const { qbo_customer_id: qboId } = await sync(id);
    expect(await inQbo(qboId)).toMatchObject({ DisplayName: `Ann Supplier (CRM-${id})` });
    await books.control.renameCustomer(contractor.realmId, qboId, 'Ann S.');
    await change(id, { phone: '555-0199' });
    await sync(id);
    expect(await inQbo(qboId)).toMatchObject({ DisplayName: 'Ann S.' });
    expect(vendor.Id).toBeDefined();
  });

  it('a letter spelled in two Unicode forms is one letter', async () => {
    const known = await inBooks('Jos\u00e9 Mu\u00f1oz', {
      PrimaryEmailAddr: { Address: 'jose@example.com' },
    });
    const id = await aCustomer(contractor, {
      full_name: 'Jose\u0301 Mun\u0303oz',
      email: 'jose@example.com',
    });
    expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: known.Id });
    const other = await aCustomer(contractor, { full_name: 'Rene\u0301e  Bla\u0308ser ' });
    expect(await inQbo((await sync(other)).qbo_customer_id)).toMatchObject({
      DisplayName: 'Ren\u00e9e Bl\u00e4ser',
    });
  });

  describe('and a change on its way', () => {
    const updates = (customerId: number) =>
      books.database.query<{ state: string; attempts: number; generation: number }>(
        `select state, attempts, generation from sync_operations
          where org_id = $1 and kind = 'customer.update' and entity_id = $2 order by generation`,
        [contractor.orgId, customerId],
      );
    const fault = (kind: FaultKind, when?: 'before' | 'after') =>
      books.control.planFault({ operation: 'customer.update', realm_id: contractor.realmId, kind, when });

    afterEach(() => books.control.clearFaults());

    it('is stored before it is sent, and once', async () => {
      const id = await aCustomer(contractor);
      await sync(id);
      await change(id, { phone: '555-0199' });
      await Promise.all([sync(id), sync(id), sync(id)]);
      expect(await updates(id)).toEqual([{ state: 'done', attempts: 1, generation: 1 }]);
    });

    it('is looked for where its answer was lost, and not sent a second time', async () => {
      const id = await aCustomer(contractor);
      const { qbo_customer_id: qboId } = await sync(id);
      await change(id, { phone: '555-0199' });
      await fault('timeout', 'after');
      expect(await sync(id)).toMatchObject({ ok: true, qbo_customer_id: qboId });
      expect(await updates(id)).toEqual([{ state: 'done', attempts: 1, generation: 1 }]);
      expect(await inQbo(qboId)).toMatchObject({ PrimaryPhone: { FreeFormNumber: '555-0199' } });
    });

    it('is tried again by itself where QuickBooks failed', async () => {
      const id = await aCustomer(contractor);
      const { qbo_customer_id: qboId } = await sync(id);
      await change(id, { phone: '555-0199' });
      await fault('503_html', 'before');
      expect(await sync(id)).toMatchObject({ ok: false, result: 'error' });
      await eventually(async () => {
        expect(await inQbo(qboId)).toMatchObject({ PrimaryPhone: { FreeFormNumber: '555-0199' } });
      });
    });

    it('that QuickBooks refuses is in the inbox, and gone from it when it is mended', async () => {
      const id = await aCustomer(contractor);
      await sync(id);
      await books.database.query('update customers set phone = $2 where id = $1', [id, '5'.repeat(31)]);
      expect(await sync(id)).toMatchObject({ ok: false, result: 'error' });
      expect(await openItems(contractor.admin)).toMatchObject([{ customer_id: id, code: 'validation' }]);
      await change(id, { phone: '555-0199' });
      expect(await sync(id)).toMatchObject({ ok: true });
      expect(await openItems(contractor.admin)).toEqual([]);
    });
  });
});
