import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { QboError } from '../../../src/qbo-sync/api/errors/qbo-error.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { BlockedOperationsService } from '../../../src/qbo-sync/operations/questions/blocked-operations.service.js';
import { OperationRunnerService } from '../../../src/qbo-sync/operations/operation-runner.service.js';
import { MAY_STILL_RUN_MS, REPLAY_SAFE_MS } from '../../../src/qbo-sync/operations/operation-policy.js';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { holdBefore } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { type Json, signIn } from '../../support/people.js';

describe('An invoice that is voided before it is made', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;
  let proposalId: number;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' }, clock);
  });

  beforeEach(async () => {
    vi.restoreAllMocks();
    await books.control.clearFaults();
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const bill = () => contractor.admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
  const invoice = async (): Promise<Json> =>
    (await contractor.admin.get(`/invoices?proposal_id=${proposalId}&kind=final`)).body.items[0];
  const voidIt = async () => contractor.admin.post(`/invoices/${(await invoice()).id as number}/void`);
  const operation = async () => {
    const [row] = await books.database.query<{ state: string }>(
      `select state from sync_operations where proposal_id = $1 and kind = 'invoice.create'
        order by generation desc limit 1`,
      [proposalId],
    );
    return row?.state;
  };
  const fault = (name: string, kind: 'reset' | '503_html') =>
    books.control.planFault({ operation: name, realm_id: contractor.realmId, kind, when: 'before' });
  /** What is over something of this proposal in the books, each by its total. */
  const inBooks = async () =>
    (await books.control.records(contractor.realmId, 'Invoice'))
      .filter(({ DocNumber }) => beginsWith(DocNumber, `CRM-${proposalId}`))
      .map(({ TotalAmt }) => TotalAmt);
  const holdCreation = (failure?: QboError) =>
    holdBefore(books.app.app.get(QboClient).invoices, 'create', { failure });

  it('is voided in QuickBooks where a worker sent it at the moment when it was to be called off', async () => {
    await fault('item.query', '503_html');
    await bill();
    expect(await operation()).toBe('waiting');

    const ending = holdBefore(books.app.app.get(BlockedOperationsService), 'cancel');
    const voiding = voidIt();
    await ending.made;
    const creation = holdCreation();
    const billing = bill();
    await creation.made;
    ending.letGo();
    creation.letGo();
    expect(await voiding).toMatchObject({ status: 200, body: { state: 'voided' } });
    await billing;
    expect(await inBooks()).toEqual([0]);
  });

  it('is not sent again where QuickBooks did not take it at the moment when it was called off', async () => {
    const busy = new QboError('throttled', 'QuickBooks is busy.', { operation: 'invoice.create' });
    const creation = holdCreation(busy);
    const waiting = vi.spyOn(books.app.app.get(OperationRunnerService), 'waitFor');
    const billing = bill();
    await creation.made;
    const voiding = voidIt();
    await eventually(() => expect(waiting).toHaveBeenCalled());
    creation.letGo();
    expect(await voiding).toMatchObject({ status: 200, body: { state: 'refused' } });
    await billing;
    clock.advance({ minutes: 20 });
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    expect(await operation()).toBe('refused');
    expect(await inBooks()).toEqual([]);
  });

  it('is said not to be voided as long as QuickBooks has not said whether it made it', async () => {
    await fault('invoice.create', 'reset');
    expect((await bill()).body.status).toBe('pending');
    expect(await operation()).toBe('uncertain');
    const inDoubt = {
      status: 503,
      body: {
        detail: expect.stringMatching(/not said yet whether it made the invoice.+again in a few minutes/),
      },
    };
    expect(await voidIt()).toMatchObject(inDoubt);
    clock.advance({ seconds: MAY_STILL_RUN_MS / 1000 });
    contractor = { ...contractor, admin: await signIn(books.app, contractor.admin.email) };
    expect(await voidIt()).toMatchObject({ status: 200, body: { state: 'refused' } });
    expect(await inBooks()).toEqual([]);
  });

  it('is voided once a person has looked for it, where QuickBooks has forgotten what it was asked', async () => {
    await fault('invoice.create', 'reset');
    expect((await bill()).body.status).toBe('pending');
    clock.advance({ seconds: REPLAY_SAFE_MS / 1000 });
    contractor = { ...contractor, admin: await signIn(books.app, contractor.admin.email) };
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () => expect(await operation()).toBe('needs_person'));
    const [item] = await openItems(contractor.admin);
    expect(await voidIt()).toMatchObject({
      status: 409,
      body: { code: 'invoice_needs_person', detail: expect.stringContaining('if it is not, dismiss that') },
    });
    expect(await operation()).toBe('needs_person');
    expect((await contractor.admin.post(`/inbox/${item!.id}/dismiss`)).status).toBe(200);
    // Whoever dies on the way leaves nothing that a worker takes up.
    const blocked = books.app.app.get(BlockedOperationsService);
    vi.spyOn(blocked, 'cancel').mockRejectedValueOnce(new Error('killed'));
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await voidIt()).toMatchObject({ status: 200, body: { state: 'refused' } });
    expect(await inBooks()).toEqual([]);
  });
});
