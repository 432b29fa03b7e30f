import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { MAY_STILL_RUN_MS } from '../../../src/qbo-sync/operations/operation-policy.js';
import {
  aContractor,
  anApprovedProposal,
  beginsWith,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { signIn } from '../../support/people.js';

describe('The invoice of a proposal that is cancelled while it is being made', () => {
  let books: Books;
  let contractor: Contractor;
  let clock: FakeClock;
  let proposalId: number;

  beforeAll(async () => {
    clock = new FakeClock(new Date());
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' }, clock);
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
    proposalId = await anApprovedProposal(contractor);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const fault = (operation: string, kind: 'timeout' | 'reset' | '503_html', when?: 'after') =>
    books.control.planFault({ operation, realm_id: contractor.realmId, kind, when });
  const cancel = async () => {
    const answer = await contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  };
  const invoices = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );
  const operation = async () => {
    const [row] = await books.database.query<{ state: string }>(
      `select state from sync_operations where proposal_id = $1 and kind = 'invoice.create'
        order by generation desc limit 1`,
      [proposalId],
    );
    return row!.state;
  };
  const inbox = () => openItems(contractor.admin);
  const why = async () => (await contractor.admin.get(`/proposals/${proposalId}/why`)).body.answer as string;
  /** Time passes, and what is due is enqueued. */
  const later = async (ms: number) => {
    clock.advance({ seconds: ms / 1000 });
    contractor = { ...contractor, admin: await signIn(books.app, contractor.admin.email) };
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
  };

  it('is known and before a person where QuickBooks made it, until it is voided', async () => {
    await fault('invoice.create', 'reset', 'after');
    await fault('invoice.query', '503_html');
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`)).body.status).toBe('pending');
    await cancel();
    expect(await why()).toContain('has not said whether it made the invoice');

    await later(MAY_STILL_RUN_MS);
    await eventually(async () => expect(await operation()).toBe('done'));
    expect(await inbox()).toMatchObject([
      { code: 'invoice_unwanted', reason: expect.stringContaining('$3,750.00') },
    ]);
    expect(await why()).toContain('still open');
    expect(await eventsOf(contractor, proposalId)).toEqual(['approve', 'cancel', 'invoice_created']);

    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}/void`)).body.ok).toBe(true);
    expect(await inbox()).toEqual([]);
  });

  it('is not made where QuickBooks had not', async () => {
    await fault('invoice.create', 'reset');
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`)).body.status).toBe('pending');
    await cancel();
    await later(1_000);
    expect(await operation()).toBe('uncertain');

    await later(MAY_STILL_RUN_MS);
    await eventually(async () => expect(await operation()).toBe('refused'));
    expect(await invoices()).toEqual([]);
    expect(await inbox()).toEqual([]);
    expect(await why()).toContain('nothing is invoiced');
    expect(await books.app.app.get(DueJobsService).enqueueDue('sync_operations')).toBe(0);
  });

  it('is not made where it was not sent yet', async () => {
    await fault('item.query', '503_html');
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    expect(await operation()).toBe('waiting');
    await cancel();
    await later(3_600_000);
    await eventually(async () => expect(await operation()).toBe('refused'));
    expect(await invoices()).toEqual([]);
    expect(await inbox()).toEqual([]);
  });

  it('is made where nobody cancelled (so the tests above are not vacuous)', async () => {
    await fault('invoice.create', 'reset');
    expect((await contractor.admin.post(`/qbo/invoice/${proposalId}`)).body.status).toBe('pending');
    await later(MAY_STILL_RUN_MS);
    await eventually(async () => expect(await operation()).toBe('done'));
    expect(await invoices()).toHaveLength(1);
    expect(await inbox()).toEqual([]);
  });
});
