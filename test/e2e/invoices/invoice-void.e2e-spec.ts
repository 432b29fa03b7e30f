import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  eventsOf,
  openBooks,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { addPerson, createOrg } from '../../support/people.js';

describe('Voiding an invoice from the CRM', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const askVoid = (id = proposalId) => contractor.admin.post(`/qbo/invoice/${id}/void`);
  const cancel = () => contractor.admin.patch(`/proposals/${proposalId}`, { status: 'cancelled' });
  const invoice = async () =>
    (await books.control.records(contractor.realmId, 'Invoice')).find((one) => one.Id === invoiceId)!;
  const voids = async () => (await books.control.calls(contractor.realmId)).operations['invoice.void'] ?? 0;

  const voidRows = () =>
    books.database.query<{ state: string; qboId: string | null; requestId: string; outcome: string }>(
      `select o.state, o.qbo_id as "qboId", o.request_id as "requestId", a.outcome, a.intuit_tid as "intuitTid"
         from sync_operations o
         left join sync_attempts a on a.org_id = o.org_id and a.operation_id = o.id
        where o.kind = 'invoice.void' and o.proposal_id = $1 order by o.generation`,
      [proposalId],
    );

  /** Somebody acts in QuickBooks between our look at the invoice and our void of it, at each try in turn. */
  function meanwhile(...acts: (() => Promise<unknown>)[]): void {
    vi.restoreAllMocks();
    const { invoices } = books.app.app.get(QboClient);
    const voidNow = invoices.void.bind(invoices);
    const voided = vi.spyOn(invoices, 'void');
    for (const act of acts) {
      voided.mockImplementationOnce(async (...call) => {
        await act();
        return voidNow(...call);
      });
    }
  }

  it('lets the proposal be cancelled, which it could not be before', async () => {
    expect(await cancel()).toMatchObject({ status: 409, body: { code: 'proposal_invoiced' } });
    expect(await askVoid()).toMatchObject({
      status: 200,
      body: { ok: true, proposal_id: proposalId, qbo_state: 'voided' },
    });
    expect(await invoice()).toMatchObject({ TotalAmt: 0, Balance: 0 });
    expect(await cancel()).toMatchObject({ status: 200, body: { status: 'cancelled', qbo_state: 'voided' } });
    expect(await eventsOf(contractor, proposalId)).toEqual([
      'approve',
      'invoice_created',
      'invoice_voided',
      'cancel',
    ]);
  });

  it('says what to do where the books are closed for its day, and is done once they are open', async () => {
    const closeBooks = (day: string | null) =>
      books.control.setPreferences(contractor.realmId, { BookCloseDate: day });
    await closeBooks('2099-12-31');
    const step = expect.stringMatching(/books are closed.+Move the closing date in QuickBooks.+credit memo/);
    expect((await askVoid()).body).toMatchObject({ ok: false, error: step });
    const [own] = (await contractor.admin.get(`/invoices?proposal_id=${proposalId}`)).body.items as {
      id: number;
    }[];
    const byId = () => contractor.admin.post(`/invoices/${own!.id}/void`);
    expect(await byId()).toMatchObject({ status: 409, body: { code: 'qbo_books_closed', detail: step } });
    expect(await invoice()).toMatchObject({ Balance: 3750 });
    await closeBooks(null);
    expect(await byId()).toMatchObject({ status: 200, body: { state: 'voided' } });
  });

  it('of one that QuickBooks refused closes the question about it, and no retry of many makes it', async () => {
    const { admin, realmId } = contractor;
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const { body } = await admin.get(`/invoices?proposal_id=${proposalId}&kind=final`);
    expect(body.items).toMatchObject([{ state: 'refused' }]);
    await books.control.setPreferences(realmId, { BookCloseDate: null });
    expect((await admin.post(`/invoices/${body.items[0].id}/void`)).body).toMatchObject({ state: 'refused' });
    expect(await openItems(admin)).toEqual([]);
    expect((await admin.post('/inbox/retry', { code: 'books_closed' })).body).toMatchObject({ queued: 0 });
    const billed = await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    expect(billed.body).toMatchObject({ status: 'created' });
  });

  it('twice is the same as once', async () => {
    await askVoid();
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(1);
  });

  it('is refused where money is on it, and leaves it as it is', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
    const answer = await askVoid();
    expect(answer).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(answer.body.detail).toContain('$100.00');
    expect(await voids()).toBe(0);
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750, Balance: 3_650 });
    expect(await cancel()).toMatchObject({ status: 409 });
  });

  it('is refused while it is not known what is on it', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
    await books.control.planFault({ operation: 'payment.query', kind: '500', realm_id: contractor.realmId });
    expect(await askVoid()).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(await voids()).toBe(0);
  });

  it('sets a credit free', async () => {
    const { value } = (await invoice()).CustomerRef as { value: string };
    await books.control.creditMemo(contractor.realmId, {
      customer_id: value,
      amount: 100,
      apply_to: invoiceId,
    });
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
  });

  it('reads the invoice again where somebody changed it meanwhile', async () => {
    meanwhile(() => books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_000 }));
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(2);
  });

  it('is found done where somebody changed it meanwhile, and then voided it', async () => {
    meanwhile(
      () => books.control.editInvoice(contractor.realmId, invoiceId, { PrivateNote: 'Call first' }),
      () => books.control.voidInvoice(contractor.realmId, invoiceId),
    );
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
  });

  it('asked for by many at once is the same as once', async () => {
    const { body } = await contractor.admin.get(`/invoices?proposal_id=${proposalId}`);
    const ask = () => contractor.admin.post(`/invoices/${body.items[0].id}/void`);
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    expect(answers.map(({ status, body: { state } }) => `${status} ${state}`)).toEqual(
      answers.map(() => '200 voided'),
    );
  });

  it('is refused where somebody paid it meanwhile', async () => {
    meanwhile(() => books.control.receivePayment(contractor.realmId, invoiceId));
    expect(await askVoid()).toMatchObject({ status: 409, body: { code: 'invoice_has_payments' } });
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750, Balance: 0 });
  });

  it('is found done where its answer was lost', async () => {
    await books.control.planFault({
      operation: 'invoice.void',
      kind: 'reset',
      when: 'after',
      realm_id: contractor.realmId,
    });
    expect((await askVoid()).body).toMatchObject({ ok: true, qbo_state: 'voided' });
    expect(await voids()).toBe(1);
  });

  it('is a soft answer where QuickBooks fails, and changes nothing', async () => {
    await books.control.planFault({ operation: 'invoice.*', kind: '500', realm_id: contractor.realmId });
    expect(await askVoid()).toMatchObject({ status: 200, body: { ok: false, error: expect.any(String) } });
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750 });
  });

  it(
    'has its row before it is sent: with the requestid QuickBooks saw, its attempt, and a place in the ' +
      'timeline',
    async () => {
      await askVoid();
      const [sent] = (await books.control.requests({ realm_id: contractor.realmId, limit: 500 })).filter(
        (request) => request.operation === 'invoice.void',
      );
      expect(await voidRows()).toEqual([
        {
          state: 'done',
          qboId: invoiceId,
          requestId: sent!.requestid,
          outcome: 'done',
          intuitTid: sent!.intuit_tid,
        },
      ]);
      const steps = (
        await contractor.admin.get<{ items: { event: string; request_id?: string; intuit_tid?: string }[] }>(
          `/proposals/${proposalId}/timeline`,
        )
      ).body.items.filter(({ event }) => event.startsWith('invoice_void'));
      expect(steps).toMatchObject([
        { event: 'invoice_void_requested', request_id: sent!.requestid },
        { event: 'invoice_voided', request_id: sent!.requestid, intuit_tid: sent!.intuit_tid },
      ]);
    },
  );

  it('that QuickBooks never answered is not sent again by itself, and its row says so', async () => {
    const lost = {
      operation: 'invoice.void',
      kind: 'reset',
      times: 2,
      realm_id: contractor.realmId,
    } as const;
    await books.control.planFault(lost);
    expect((await askVoid()).body).toMatchObject({ ok: false });
    expect((await voidRows()).map(({ state }) => state)).toEqual(['uncertain', 'uncertain']);
    await books.database.query(
      `update sync_operations set first_sent_at = now() - interval '3 minutes', next_attempt_at = now()
        where kind = 'invoice.void' and org_id = $1`,
      [contractor.orgId],
    );
    await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    await eventually(async () =>
      expect((await voidRows()).map(({ state }) => state)).toEqual(['refused', 'refused']),
    );
    expect(await voids()).toBe(2);
    expect(await invoice()).toMatchObject({ TotalAmt: 3_750 });
    expect((await contractor.admin.get<{ items: object[] }>('/inbox')).body.items).toEqual([]);
  });

  it("is a bookkeeper's to ask for, and what was paid anyone's to read", async () => {
    for (const role of ['viewer', 'sales'] as const) {
      const person = await addPerson(books.app, contractor.orgId, [role]);
      expect((await person.post(`/qbo/invoice/${proposalId}/void`)).status).toBe(403);
      expect((await person.get(`/proposals/${proposalId}/payments`)).status).toBe(200);
    }
    const finance = await addPerson(books.app, contractor.orgId, ['finance']);
    expect((await finance.post(`/qbo/invoice/${proposalId}/void`)).body.ok).toBe(true);
  });

  it('needs an invoice, a connection, and a proposal of ours', async () => {
    const bare = await anApprovedProposal(contractor);
    expect((await askVoid(bare)).body).toMatchObject({ ok: false, error: 'No QBO invoice linked' });
    const stranger = await createOrg(books.app, 'Rival Roofing');
    expect((await stranger.admin.post(`/qbo/invoice/${proposalId}/void`)).status).toBe(404);
    await contractor.admin.post('/qbo/disconnect');
    expect((await askVoid()).body).toMatchObject({ ok: false, error: 'QBO not connected' });
  });
});
