import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { addPerson, createOrg } from '../../support/people.js';

interface Event {
  event: string;
  item_id: number;
  by: string | null;
  user_id: number | null;
  code: string | null;
  qbo_code: string | null;
  reason: string | null;
  outcome: string | null;
  error: string | null;
  at: string;
}

/** Whatever became of an item can be told later: what, by whom, and when. */
describe('The history of an inbox item', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const closeBooks = (day: string) =>
    books.control.setPreferences(contractor.realmId, { BookCloseDate: day });
  const story = async (id: number) => (await contractor.admin.get(`/inbox/${id}`)).body;
  const history = async (id: number) => (await story(id)).history as Event[];
  const list = async (query = '') =>
    (await contractor.admin.get(`/inbox${query}`)).body.items as {
      id: number;
      state: string;
      customer_id: number;
    }[];

  /** An invoice that was refused, because the books are closed. */
  async function aRefusedInvoice(): Promise<{ proposalId: number; itemId: number }> {
    await closeBooks('2099-12-31');
    const proposalId = await anApprovedProposal(contractor);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    const [item] = await list('?code=books_closed');
    return { proposalId, itemId: item!.id };
  }

  it('tells who, what, how much and what to do, with the codes behind it', async () => {
    const { proposalId, itemId } = await aRefusedInvoice();
    expect(await story(itemId)).toMatchObject({
      code: 'books_closed',
      qbo_code: '6210',
      reason: expect.stringMatching(
        new RegExp(
          `^The invoice of proposal ${proposalId}, Roof of 12 Elm Street, over \\$3,750\\.00 for Ann ` +
            'Ruiz \\w+: The books are closed',
        ),
      ),
      next_step: expect.stringMatching(/^Open the period in QuickBooks/),
      intuit_tid: expect.stringMatching(/./),
      state: 'open',
      retry: 'together',
      closed_at: null,
    });
  });

  it('tells of a retry that failed, another reason, a retry that did it, and how it came right', async () => {
    const { itemId } = await aRefusedInvoice();
    await contractor.admin.post(`/inbox/${itemId}/retry`);
    await closeBooks('2001-01-01');
    await books.control.setSubscription(contractor.realmId, 'ended');
    await contractor.admin.post(`/inbox/${itemId}/retry`);
    await books.control.setSubscription(contractor.realmId, 'active');
    expect((await contractor.admin.post(`/inbox/${itemId}/retry`)).body.state).toBe('resolved');

    const events = await history(itemId);
    expect(events.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['opened', null],
      ['retried', 'open'],
      ['retried', 'open'],
      ['changed', null],
      ['retried', 'resolved'],
      ['resolved', null],
    ]);
    expect(events[1]).toMatchObject({
      by: 'Ada Acme',
      user_id: contractor.admin.userId,
      error: expect.stringContaining('books are closed'),
    });
    expect(events[3]).toMatchObject({ code: 'subscription', qbo_code: '6190', by: null });
    expect(events[4]).toMatchObject({ error: null });
    expect(events[5]).toMatchObject({ by: null, user_id: null }); // it came right, nobody had to say so
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted());
    expect(await story(itemId)).toMatchObject({ state: 'resolved', closed_at: expect.any(String) });
  });

  it('goes on where the same thing comes up again after a person dismissed it', async () => {
    const { proposalId, itemId } = await aRefusedInvoice();
    await contractor.admin.post(`/inbox/${itemId}/dismiss`);
    expect(await list()).toEqual([]);
    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    const [again] = await list();
    expect(again!.id).not.toBe(itemId);
    await contractor.admin.post(`/inbox/${again!.id}/resolve`);

    const notified = (await history(again!.id)).map(({ event, item_id, by }) => [event, item_id, by]);
    expect(notified).toEqual([
      ['opened', itemId, null],
      ['dismissed', itemId, 'Ada Acme'],
      ['opened_again', again!.id, null],
      ['resolved', again!.id, 'Ada Acme'],
    ]);
    expect((await history(itemId)).map(({ event }) => event)).toEqual(notified.map(([event]) => event));
  });

  it('is found by state and by code, and the open ones are shown where nothing is said', async () => {
    const { itemId: dismissed } = await aRefusedInvoice();
    await contractor.admin.post(`/inbox/${dismissed}/dismiss`);
    const { itemId: open } = await aRefusedInvoice();
    const ids = async (query: string) => (await list(query)).map(({ id }) => id);
    expect(await ids('')).toEqual([open]);
    expect(await ids('?state=open')).toEqual([open]);
    expect(await ids('?state=dismissed')).toEqual([dismissed]);
    expect(await ids('?state=resolved')).toEqual([]);
    expect(await ids('?state=all')).toEqual([dismissed, open]);
    expect(await ids('?state=all&code=books_closed')).toEqual([dismissed, open]);
    expect(await ids('?state=all&code=uncertain')).toEqual([]);
    const first = (await contractor.admin.get('/inbox?state=all&limit=1')).body;
    expect(first.items).toMatchObject([{ id: dismissed, state: 'dismissed' }]);
    expect(await ids(`?state=all&limit=1&cursor=${first.next_cursor}`)).toEqual([open]);
    for (const query of ['?state=lost', '?code=nonsense', '?kind=x']) {
      expect((await contractor.admin.get(`/inbox${query}`)).status).toBe(422);
    }
  });

  it('is open to everybody who may read, decided by bookkeepers, and nothing of another organisation', async () => {
    const { itemId } = await aRefusedInvoice();
    const { admin: stranger } = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.get(`/inbox/${itemId}`)).status).toBe(404);
    expect((await stranger.post(`/inbox/${itemId}/resolve`, { qbo_invoice_id: '1' })).status).toBe(404);
    expect((await stranger.get('/inbox?state=all')).body.items).toEqual([]);
    expect((await contractor.admin.get('/inbox/999999')).status).toBe(404);
    expect((await contractor.admin.get('/inbox/x')).status).toBe(400);

    for (const role of ['admin', 'finance', 'sales', 'viewer'] as const) {
      const person = await addPerson(books.app, contractor.orgId, [role]);
      const decides = role === 'admin' || role === 'finance';
      expect((await person.get(`/inbox/${itemId}`)).status).toBe(200);
      expect((await person.get('/inbox?state=all')).status).toBe(200);
      expect((await person.post('/inbox/retry', { code: 'stale' })).status).toBe(decides ? 202 : 403);
      expect((await person.post(`/inbox/${itemId}/retry`)).status).toBe(decides ? 200 : 403);
      expect((await person.post('/inbox/999999/resolve')).status).toBe(decides ? 404 : 403);
      expect((await person.post('/inbox/999999/dismiss')).status).toBe(decides ? 404 : 403);
    }
    expect((await story(itemId)).state).toBe('open');
  });

  it('names the customer of its proposal, in the list and by itself, where it is found by them', async () => {
    const { proposalId, itemId } = await aRefusedInvoice();
    const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${proposalId}`)).body;
    expect(customerId).toEqual(expect.any(Number));
    expect(await list(`?customer_id=${customerId}`)).toMatchObject([{ id: itemId, customer_id: customerId }]);
    expect(await story(itemId)).toMatchObject({ customer_id: customerId });
  });

  it('keeps nothing of a decision about what is closed already, and says who closed it, how and when', async () => {
    const { itemId } = await aRefusedInvoice();
    await contractor.admin.post(`/inbox/${itemId}/resolve`);
    const before = await history(itemId);
    for (const [decision, body] of [
      ['retry', undefined],
      ['dismiss', undefined],
      ['resolve', undefined],
      ['resolve', { qbo_invoice_id: '1' }],
      ['resolve', { action: 'create' }],
    ] as const) {
      const answer = await contractor.admin.post(`/inbox/${itemId}/${decision}`, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'inbox_item_closed' } });
      expect(answer.body.detail).toMatch(
        new RegExp(
          `^Inbox item ${itemId} is closed: Ada Acme resolved it on \\w+ \\d+, \\d{4} at \\d+:\\d\\d`,
        ),
      );
    }
    expect(await history(itemId)).toEqual(before);
  });

  it('says of one that was dismissed, and of one that came right by itself, how that was', async () => {
    const { itemId: dismissed, proposalId } = await aRefusedInvoice();
    await contractor.admin.post(`/inbox/${dismissed}/dismiss`);
    const again = await contractor.admin.post(`/inbox/${dismissed}/dismiss`);
    expect(again).toMatchObject({ status: 409, body: { code: 'inbox_item_closed' } });
    expect(again.body.detail).toContain('Ada Acme dismissed it on ');

    await contractor.admin.post(`/qbo/invoice/${proposalId}`);
    const [open] = await list('?code=books_closed');
    await closeBooks('2001-01-01');
    expect((await contractor.admin.post(`/inbox/${open!.id}/retry`)).body.state).toBe('resolved');
    const late = await contractor.admin.post(`/inbox/${open!.id}/resolve`);
    expect(late.status).toBe(409);
    expect(late.body.detail).toContain('it came right on ');
  });

  it('is made by one of two who decide at once; the other is answered who it was', async () => {
    const { itemId } = await aRefusedInvoice();
    const answers = await Promise.all(
      ['dismiss', 'dismiss', 'dismiss'].map((decision) =>
        contractor.admin.post(`/inbox/${itemId}/${decision}`),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 409, 409,
    ]);
    expect((await history(itemId)).filter(({ event }) => event === 'dismissed')).toHaveLength(1);
  });
});
