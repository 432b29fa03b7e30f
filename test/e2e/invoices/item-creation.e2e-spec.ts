import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { OperationRunnerService } from '../../../src/qbo-sync/operations/operation-runner.service.js';
import { OperationTriesRepository } from '../../../src/qbo-sync/operations/rows/operation-tries.repository.js';
import {
  aContractor,
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';

const ITEM = 'Roof deposit';

/** Holds the first call of a method about such a thing when it is made, until it is let go. */
function holdOf<Target extends object>(
  target: Target,
  method: keyof Target & string,
  isIt: (about: unknown) => boolean,
): { reached: Promise<void>; letGo: () => void } {
  const reached = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const real = (target[method] as (...given: unknown[]) => Promise<unknown>).bind(target);
  const held = async (...given: unknown[]): Promise<unknown> => {
    if (!isIt(given[0])) return real(...given);
    spy.mockRestore();
    // What it looks at is as it was when it came.
    const answer = method === 'listOf' ? await real(...given) : undefined;
    reached.resolve();
    await over.promise;
    return answer ?? real(...given);
  };
  const spy = vi.spyOn(target, method as never).mockImplementation(held as never);
  return { reached: reached.promise, letGo: over.resolve };
}

const isCreation = (operation: unknown): boolean => (operation as { kind: string }).kind === 'item.create';

describe('The product that invoices name', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { item_name: ITEM });
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const items = async () =>
    (await books.control.records(contractor.realmId, 'Item')).filter(({ Name }) => Name === ITEM);
  const creations = async () =>
    (await books.control.requests({ realm_id: contractor.realmId, limit: 500 })).filter(
      ({ operation }) => operation === 'item.create',
    );
  const rows = () =>
    books.database.query<{ state: string; requestId: string; qboId: string | null; attempts: number }>(
      `select state, request_id as "requestId", qbo_id as "qboId", attempts from sync_operations
        where org_id = $1 and kind = 'item.create' order by generation`,
      [contractor.orgId],
    );
  const fault = (when: 'before' | 'after', times = 1) =>
    books.control.planFault({
      operation: 'item.create',
      kind: 'reset',
      when,
      times,
      realm_id: contractor.realmId,
    });

  it('is made once, by an operation with the requestid QuickBooks saw, and stands in the timeline', async () => {
    const [first, second] = [await anApprovedProposal(contractor), await anApprovedProposal(contractor)];
    await contractor.admin.post(`/qbo/invoice/${first}`);
    await contractor.admin.post(`/qbo/invoice/${second}`);
    const [made] = await items();
    const [sent, ...more] = await creations();
    expect(more).toEqual([]);
    expect(await rows()).toEqual([
      { state: 'done', requestId: sent!.requestid, qboId: made!.Id, attempts: 1 },
    ]);
    const { body } = await contractor.admin.get<{ items: { event: string; request_id?: string }[] }>(
      `/proposals/${first}/timeline`,
    );
    expect(body.items.filter(({ event }) => event.startsWith('item'))).toMatchObject([
      { event: 'item_requested', request_id: sent!.requestid },
      { event: 'item_created', request_id: sent!.requestid },
    ]);
  });

  it('is not the one that another invoice has made at the same moment', async () => {
    const first = await anApprovedProposal(contractor);
    await contractor.admin.patch('/org/settings', { item_name: `${ITEM}, other` });
    const second = await anApprovedProposal(contractor);
    const looks = holdOf(
      books.app.app.get(OperationTriesRepository),
      'listOf',
      (kind) => kind === 'item.create',
    );
    const billed = contractor.admin.post(`/qbo/invoice/${first}`);
    await looks.reached;
    const sends = holdOf(books.app.app.get(OperationRunnerService), 'run', isCreation);
    const other = contractor.admin.post(`/qbo/invoice/${second}`);
    await sends.reached;
    looks.letGo();
    expect((await billed).body).toMatchObject({ status: 'created' });
    sends.letGo();
    expect((await other).body).toMatchObject({ status: 'created' });
    expect(await items()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done' }, { state: 'done' }]);
    const kept = await books.database.query<{ name: string; id: string }>(
      'select name, qbo_item_id as id from qbo_items where org_id = $1 order by name',
      [contractor.orgId],
    );
    const made = await books.control.records(contractor.realmId, 'Item');
    for (const { name, id } of kept) expect(made.find(({ Id }) => Id === id)).toMatchObject({ Name: name });
  });

  it('is found by its name where the answer was lost', async () => {
    await fault('after');
    const answer = await contractor.admin.post(`/qbo/invoice/${await anApprovedProposal(contractor)}`);
    expect(answer.body).toMatchObject({ status: 'created' });
    expect(await items()).toHaveLength(1);
    expect(await rows()).toMatchObject([{ state: 'done', attempts: 1 }]);
  });

  it('that was lost on the way is sent again under the same requestid, and opens no inbox item', async () => {
    await fault('before');
    const proposalId = await anApprovedProposal(contractor);
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`)).status).toBe(503);
    expect(await rows()).toMatchObject([{ state: 'uncertain' }]);
    await books.database.query(
      `update sync_operations set first_sent_at = first_sent_at - interval '3 minutes', next_attempt_at = now()
        where org_id = $1`,
      [contractor.orgId],
    );
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await rows()).toMatchObject([{ state: 'done', attempts: 2 }]));
    expect(new Set((await creations()).map(({ requestid }) => requestid)).size).toBe(1);
    expect(await items()).toHaveLength(1);
    expect((await contractor.admin.get<{ items: object[] }>('/inbox')).body.items).toEqual([]);
  });

  it('is made once the category of its name has another, as the refusal says; the settings come too late', async () => {
    const category = await books.control.createItem(contractor.realmId, ITEM, { Type: 'Category' });
    const proposalId = await anApprovedProposal(contractor);
    await contractor.admin.patch('/org/settings', { item_name: 'Another Item' });
    const refused = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(refused.body.detail).toContain('Rename it there');
    const { Id, SyncToken } = category;
    await askCompany(books, contractor, 'item', { sparse: true, Id, SyncToken, Name: `${ITEM}s` });
    const again = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(again.body).toMatchObject({ status: 'created' });
    expect(await items()).toHaveLength(1);
  });

  it('is a product or service, not the category of its name', async () => {
    const category = await books.control.createItem(contractor.realmId, ITEM, { Type: 'Category' });
    const proposalId = await anApprovedProposal(contractor);
    const answer = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toBe(
      `"${ITEM}" is the name of a category in QuickBooks, which cannot stand on an invoice. ` +
        'Rename it there: a product or service of that name is made then.',
    );
    expect(await creations()).toEqual([]);

    const product = await books.control.createItem(contractor.realmId, ITEM, {
      Type: 'Service',
      IncomeAccountRef: { value: '1' },
      SubItem: true,
      ParentRef: { value: category.Id },
    });
    const again = await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(again.body).toMatchObject({ status: 'created' });
    const invoice = (await books.control.records(contractor.realmId, 'Invoice')).find(
      ({ Id }) => Id === again.body.qbo_invoice_id,
    );
    expect(invoice!.Line).toMatchObject([{ SalesItemLineDetail: { ItemRef: { value: product.Id } } }, {}]);
  });
});
