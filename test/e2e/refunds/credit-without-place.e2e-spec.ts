import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import type { QboPayment } from '../../../src/qbo-sync/api/model/qbo-objects.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import type { OperationHandler } from '../../../src/qbo-sync/operations/operation-handler.js';
import { OperationsRepository } from '../../../src/qbo-sync/operations/rows/operations.repository.js';
import { OperationRunnerService } from '../../../src/qbo-sync/operations/operation-runner.service.js';
import {
  aContractor,
  anInvoicedProposal,
  type Books,
  type Contractor,
  idle,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore, holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import type { Json } from '../../support/people.js';

describe('A credit memo that is made, and of which QuickBooks will not say where it stands,', () => {
  let books: Books;
  let contractor: Contractor;
  let id: number;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
    ({ proposalId: id } = await anInvoicedProposal(contractor, { amountCents: 1_000_000 }));
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const inbox = () => openItems(contractor.admin);
  const memo = async (): Promise<Json> =>
    (await contractor.admin.get(`/proposals/${id}/contract`)).body.change_orders[0].credit_memo;
  const leaveOut = async (): Promise<void> => {
    const { admin } = contractor;
    expect(await admin.post(`/proposals/${id}/contract/entries/2/bill`)).toMatchObject({ status: 200 });
    const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents: -50_000 }];
    await admin.post(`/proposals/${id}/change-orders`, { description: 'Gutter', lines });
    const approved = await admin.post(`/proposals/${id}/change-orders/1/approve`, { reason: 'Agreed' });
    expect(approved).toMatchObject({ status: 200 });
  };

  it('is before a person, is not asked for meanwhile, and is used once they have it tried again', async () => {
    const { realmId, admin } = contractor;
    await books.control.planFault({
      operation: 'creditmemo.read',
      realm_id: realmId,
      kind: '403',
      times: 50,
    });
    await leaveOut();
    const item = await eventually(async () => {
      const [one] = await inbox();
      expect(one).toMatchObject({ code: 'forbidden', proposal_id: id });
      return one!;
    });
    expect(item.reason).toMatch(/^\$500\.00 of credit memo CRM-\d+-C1 on an invoice for /);
    await idle(books, contractor);
    await books.control.resetCalls();
    await books.app.app.get(DueJobsService).enqueueDue('credit_memos');
    await idle(books, contractor);
    expect((await books.control.calls(realmId)).operations).toEqual({});
    await admin.post(`/inbox/${item.id}/retry`);
    expect(await inbox()).toMatchObject([{ id: item.id, code: 'forbidden' }]);
    await books.control.clearFaults();
    expect(await admin.post(`/inbox/${item.id}/retry`)).toMatchObject({ status: 200 });
    expect(await memo()).toMatchObject({ state: 'used' });
    expect(await inbox()).toEqual([]);
  });

  it('is found to be deleted, and a person hears of that', async () => {
    const made = holdNext(books.app.app.get(QboClient).credits, 'create');
    await leaveOut();
    await made.done;
    const ours = (await books.control.records(contractor.realmId, 'CreditMemo')).at(-1)!;
    await books.control.deleteCreditMemo(contractor.realmId, ours.Id);
    made.letGo();
    await eventually(async () =>
      expect((await inbox()).map(({ code }) => code)).toEqual(['credit_memo_gone']),
    );
    expect(await memo()).toMatchObject({ state: 'deleted' });
  });

  it('is not waited for where its use is forgotten, as its invoice is taken off the job meanwhile', async () => {
    const forgotten = { orgId: contractor.orgId, id: '987654321' };
    const use = { subject: 'The use of a credit memo' } as OperationHandler<'credit.apply', QboPayment>;
    const runner = books.app.app.get(OperationRunnerService);
    expect(await runner.run(forgotten, use, { waits: true })).toEqual({ kind: 'busy' });
  });

  it('is answered where its use is forgotten as a person has it tried again', async () => {
    const { orgId, realmId, admin } = contractor;
    await books.control.planFault({
      operation: 'creditmemo.read',
      realm_id: realmId,
      kind: '403',
      times: 50,
    });
    await leaveOut();
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'forbidden' }]));
    await idle(books, contractor);
    await books.control.clearFaults();
    const [item] = await inbox();
    const look = holdNext(books.app.app.get(OperationsRepository), 'look', { orgId });
    const retry = admin.post(`/inbox/${item!.id}/retry`);
    await look.done;
    const found = holdBefore(books.app.app.get(OperationsRepository), 'look', { orgId });
    look.letGo();
    await found.made;
    await books.database.query(`delete from sync_operations where org_id = $1 and kind = 'credit.apply'`, [
      orgId,
    ]);
    found.letGo();
    expect(await retry).toMatchObject({ status: 200 });
  });
});
