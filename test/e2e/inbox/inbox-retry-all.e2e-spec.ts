import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  beginsWith,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { createOrg } from '../../support/people.js';

/** Many of one kind usually have one cause: mended once, all are tried again by one call. */
describe('Retrying all of a kind', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    await books.control.clearFaults();
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const closeBooks = (day: string) =>
    books.control.setPreferences(contractor.realmId, { BookCloseDate: day });
  const open = async () =>
    (await contractor.admin.get('/inbox?limit=200')).body.items as { id: number; code: string }[];
  const item = async (id: number) => (await contractor.admin.get(`/inbox/${id}`)).body;
  const eventsOf = async (id: number) =>
    ((await item(id)).history as { event: string; outcome: string | null }[]).map(({ event, outcome }) =>
      outcome === null ? event : `${event}:${outcome}`,
    );
  const ourInvoices = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).filter((one) =>
      beginsWith(one.DocNumber, 'CRM-'),
    );
  const retryAll = (code: string) => contractor.admin.post('/inbox/retry', { code });

  async function refusedInvoices(count: number): Promise<number[]> {
    await closeBooks('2099-12-31');
    const customerId = await aCustomer(contractor);
    const proposals: number[] = [];
    for (let made = 0; made < count; made += 1) {
      const id = await anApprovedProposal(contractor, { customerId });
      await contractor.admin.post(`/qbo/invoice/${id}`);
      proposals.push(id);
    }
    return proposals;
  }

  it('makes ten invoices once the books are open again, each exactly once', async () => {
    const proposals = await refusedInvoices(10);
    const items = await open();
    expect(items.map(({ code }) => code)).toEqual(Array.from({ length: 10 }, () => 'books_closed'));
    await closeBooks('2001-01-01');

    const answer = await retryAll('books_closed');
    expect(answer).toMatchObject({ status: 202, body: { code: 'books_closed', queued: 10, left: [] } });
    expect(answer.body.item_ids).toEqual(items.map(({ id }) => id));
    await eventually(async () => expect(await open()).toEqual([]));

    const linked = new Set<string>();
    for (const id of proposals)
      linked.add((await contractor.admin.get(`/proposals/${id}`)).body.qbo_invoice_id);
    expect(linked.size).toBe(10);
    expect((await ourInvoices()).map(({ Id }) => Id).toSorted()).toEqual([...linked].toSorted());
    for (const { id } of items) {
      expect(await eventsOf(id)).toEqual(['opened', 'retry_queued', 'retried:resolved', 'resolved']);
    }
  });

  it('leaves them open where nothing was mended, and asked for by many at one moment tries each once', async () => {
    await refusedInvoices(5);
    const items = await open();
    expect((await retryAll('books_closed')).body.queued).toBe(5);
    await eventually(async () => {
      for (const { id } of items) expect(await eventsOf(id)).toContain('retried:open');
    });
    expect(await open()).toHaveLength(5);
    expect(await ourInvoices()).toEqual([]);
    const [retried] = ((await item(items[0]!.id)).history as { event: string }[]).filter(
      ({ event }) => event === 'retried',
    );
    expect(retried).toMatchObject({ by: 'Ada Acme', error: expect.stringContaining('books are closed') });
    expect(await item(items[0]!.id)).toMatchObject({ retry_queued_at: null });

    await closeBooks('2001-01-01');
    const answers = await Promise.all(Array.from({ length: 6 }, () => retryAll('books_closed')));
    const queued = answers.flatMap(({ body }) => body.item_ids as number[]);
    expect(queued).toHaveLength(items.length);
    expect(new Set(queued)).toEqual(new Set(items.map(({ id }) => id)));
    await eventually(async () => expect(await open()).toEqual([]));
    expect(await ourInvoices()).toHaveLength(5);
    for (const { id } of items) {
      expect((await eventsOf(id)).filter((event) => event.startsWith('retr'))).toEqual([
        'retry_queued',
        'retried:open',
        'retry_queued',
        'retried:resolved',
      ]);
    }
  });

  it('brings customers over once the subscription is renewed, and leaves items of other kinds alone', async () => {
    await refusedInvoices(1);
    await books.control.setSubscription(contractor.realmId, 'ended');
    const customers: number[] = [];
    for (let made = 0; made < 4; made += 1) {
      customers.push(await aCustomer(contractor));
      await contractor.admin.post(`/qbo/sync/customer/${customers.at(-1)}`);
    }
    await books.control.setSubscription(contractor.realmId, 'active');
    expect((await retryAll('subscription')).body.queued).toBe(4);
    await eventually(async () => {
      expect((await open()).map(({ code }) => code)).toEqual(['books_closed']);
    });
    for (const id of customers) {
      expect((await contractor.admin.get(`/customers/${id}`)).body.qbo_customer_id).toMatch(/^\d+$/);
    }
  });

  it('names what it leaves out: what has nothing to try again, and what may have been done already', async () => {
    const changed = await anApprovedProposal(contractor);
    const invoice = (await contractor.admin.post(`/qbo/invoice/${changed}`)).body.qbo_invoice_id as string;
    await books.control.editInvoice(contractor.realmId, invoice, { amount: 10 });
    await contractor.admin.post(`/qbo/sync/invoice/${changed}/check`);
    const [edited] = await open();
    expect((await retryAll('invoice_drift')).body).toEqual({
      code: 'invoice_drift',
      queued: 0,
      item_ids: [],
      left: [{ id: edited!.id, reason: expect.stringMatching(/^Nothing is left to retry here/) }],
      more: false,
    });
    expect((await contractor.admin.post(`/inbox/${edited!.id}/retry`)).body.code).toBe('nothing_to_retry');

    const id = await anApprovedProposal(contractor);
    await books.control.planFault({
      operation: 'invoice.create',
      realm_id: contractor.realmId,
      kind: 'reset',
      when: 'before',
    });
    await contractor.admin.post(`/qbo/invoice/${id}`);
    await books.database.query(
      `update sync_operations set first_sent_at = now() - interval '2 hours' where kind = ` +
        `'invoice.create' and proposal_id = $1`,
      [id],
    );
    const uncertain = await eventually(async () => {
      await contractor.admin.post(`/qbo/invoice/${id}`);
      const found = (await open()).find(({ code }) => code === 'uncertain');
      expect(found).toBeDefined();
      return found;
    });

    const answer = await retryAll('uncertain');
    expect(answer).toMatchObject({
      status: 202,
      body: {
        queued: 0,
        item_ids: [],
        left: [{ id: uncertain!.id, reason: expect.stringMatching(/Look in QuickBooks/) }],
      },
    });
    expect(await eventsOf(uncertain!.id)).toEqual(['opened']);
    expect((await contractor.admin.post(`/inbox/${uncertain!.id}/retry`)).body.state).toBe('resolved');
    expect(await ourInvoices()).toHaveLength(2); // by itself it can be tried, after a look
  });

  it('refuses a kind that does not exist, and reaches no other organisation', async () => {
    await refusedInvoices(1);
    await closeBooks('2001-01-01');
    const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.post('/inbox/retry', { code: 'books_closed' })).body).toMatchObject({
      queued: 0,
      left: [],
    });
    expect(await open()).toHaveLength(1);
    expect(await retryAll('nonsense')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'code', message: expect.any(String) }] },
    });
    expect((await contractor.admin.post('/inbox/retry')).status).toBe(422);
  });
});
