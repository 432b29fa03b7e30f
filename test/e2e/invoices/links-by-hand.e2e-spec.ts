import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { DepositWordingService } from '../../../src/qbo-sync/push/invoices/draft/deposit-wording.service.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { finished, requestBatch } from '../../support/batches.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { holdNext } from '../../support/hold.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import type { Json } from '../../support/people.js';

/** Links into QuickBooks that somebody wrote into the database, or took out of it. */
describe('A link that is written by SQL', () => {
  let books: Books;
  let contractor: Contractor;
  let proposalId: number;
  let invoiceId: string;

  beforeAll(async () => {
    books = await openBooks();
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
    ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const write = (id: string | null, proposal = proposalId) =>
    books.database.query('update leads set qbo_invoice_id = $2 where id = $1', [proposal, id]);
  const writeCustomer = (id: string, customerId: number) =>
    books.database.query('update customers set qbo_customer_id = $2 where id = $1', [customerId, id]);
  const check = async (proposal = proposalId) =>
    (await contractor.admin.post(`/qbo/sync/invoice/${proposal}/check`)).body;
  const proposalOf = async (id = proposalId) => (await contractor.admin.get(`/proposals/${id}`)).body;
  const ask = (body = {}, proposal = proposalId) => contractor.admin.post(`/qbo/invoice/${proposal}`, body);
  const count = (name: string, labels = {}) =>
    metric(books.app, name, { org_id: contractor.orgId, ...labels });
  const inQuickBooks = () => books.control.records(contractor.realmId, 'Invoice');

  it('leaves an invoice to the proposal that has it, and the company is polled on', async () => {
    const other = await anInvoicedProposal(contractor);
    await write(invoiceId, other.proposalId);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await pollCompany(books, contractor);
    expect(await proposalOf()).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: 375_000 });
    expect(await count('crm_invoice_sync_errors_total')).toBe(0);
    expect(await count('crm_invoices_paid_total')).toBe(1);
    const error = `QBO invoice ${invoiceId} belongs to proposal ${proposalId} already`;
    expect(await check(other.proposalId)).toEqual({ ok: false, changed_to_paid: false, error });

    const voided = await contractor.admin.post(`/qbo/invoice/${other.proposalId}/void`);
    expect(voided.body).toMatchObject({ ok: false });
    expect(await proposalOf()).toMatchObject({ qbo_state: 'paid' });
    expect((await ask({}, other.proposalId)).body).toMatchObject({
      status: 'exists',
      qbo_invoice_id: other.invoiceId,
    });

    await write(null);
    await write(invoiceId, other.proposalId);
    expect(await check(other.proposalId)).toMatchObject({ ok: true, qbo_status: 'Paid' });
  });

  it('is of the company that is connected as it is written', async () => {
    const linked = await anApprovedProposal(contractor);
    await write('4711', linked);
    const rows = await books.database.query(
      'select qbo_realm_id, state from invoices where proposal_id = $1',
      [linked],
    );
    expect(rows).toEqual([{ qbo_realm_id: contractor.realmId, state: null }]);
  });

  it('of two to one invoice is the first, also where both were followed by an earlier version', async () => {
    const other = await anInvoicedProposal(contractor);
    const [made] = (await inQuickBooks()).filter(({ Id }) => ![invoiceId, other.invoiceId].includes(Id));
    await write(made!.Id);
    await write(made!.Id, other.proposalId);
    expect(await check(other.proposalId)).toMatchObject({ ok: false, error: /belongs to proposal/ });
    await books.database.query(
      'update invoices set qbo_invoice_id = $2, qbo_realm_id = null where proposal_id = $1',
      [other.proposalId, made!.Id],
    );
    await pollCompany(books, contractor);
    expect(await check()).toMatchObject({ ok: true, qbo_invoice_number: made!.DocNumber });
    expect(await check(other.proposalId)).toMatchObject({ ok: false, error: /belongs to proposal/ });
    expect(await count('crm_invoice_sync_errors_total')).toBe(0);
  });

  it('and corrected after it was mistyped is that of the same invoice here, which is billed once', async () => {
    const other = await anInvoicedProposal(contractor);
    const billed = async () =>
      (await contractor.admin.get(`/proposals/${proposalId}/contract`)).body.billed_cents;
    const before = await billed();
    await write(other.invoiceId);
    await write(invoiceId);
    const { items } = (await contractor.admin.get(`/invoices?proposal_id=${proposalId}`)).body;
    expect(items).toMatchObject([{ qbo_invoice_id: invoiceId, generation: 1 }]);
    expect(await check()).toMatchObject({ ok: true, qbo_status: 'Open' });
    expect([await billed(), before]).toEqual([before, expect.any(Number)]);
    expect((await ask({ again: true })).body).toMatchObject({ status: 'exists', qbo_invoice_id: invoiceId });
    expect(await check(other.proposalId)).toMatchObject({ ok: true, qbo_status: 'Open' });
  });

  it('is none where it is an empty text', async () => {
    await write('');
    expect(await check()).toEqual({ ok: false, changed_to_paid: false, error: 'No QBO invoice linked' });
    expect(await proposalOf()).toMatchObject({ qbo_invoice_id: null });
  });

  it.each(['abc', 'CRM-7', '12 34'])(
    'is none of QuickBooks where it is no number, and asked about by nobody, but told: %s',
    async (id) => {
      const other = await anInvoicedProposal(contractor);
      await write(id);
      await books.control.receivePayment(contractor.realmId, other.invoiceId);
      await books.control.resetCalls();
      const error =
        `QuickBooks has no invoice “${id}”: its ids are numbers. It was linked by hand: correct qbo_invoice_id in ` +
        'the database, or take it out.';
      expect(await check()).toEqual({ ok: false, changed_to_paid: false, error });
      expect((await books.control.calls(contractor.realmId)).total).toBe(0);
      await pollCompany(books, contractor);
      await pollCompany(books, contractor);
      const { operations } = await books.control.calls(contractor.realmId);
      expect(operations).not.toHaveProperty('invoice.read');
      expect(await count('crm_invoice_sync_errors_total', { stage: 'fetch' })).toBe(0);
      expect(await proposalOf(other.proposalId)).toMatchObject({ qbo_status: 'Paid' });
      expect((await contractor.admin.get(`/proposals/${proposalId}/why`)).body).toMatchObject({
        answer:
          `This proposal is linked to invoice “${id}” of QuickBooks, which has none of that id: its ids are ` +
          'numbers.',
        next_step: expect.stringContaining('qbo_invoice_id'),
      });
      await write(null);
      expect((await ask()).body).toMatchObject({ status: 'exists', qbo_invoice_id: invoiceId });
      expect(await check()).toMatchObject({ ok: true, qbo_status: 'Open' });
    },
  );

  it.each([{}, { again: true }])(
    'and taken out is tied again by asking for the invoice with %j, since it stands in QuickBooks',
    async (body) => {
      await write(null);
      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 1_000 });
      const before = (await inQuickBooks()).length;
      const answers = await Promise.all(Array.from({ length: 5 }, () => ask(body)));
      expect(answers.map((one) => [one.status, one.body.status, one.body.qbo_invoice_id])).toEqual(
        answers.map(() => [200, 'exists', invoiceId]),
      );
      expect(await proposalOf()).toMatchObject({ qbo_state: 'partially_paid', qbo_paid_cents: 100_000 });
      expect(await inQuickBooks()).toHaveLength(before);
      expect(await count('crm_invoices_generated_total')).toBe(1);
      expect(await openItems(contractor.admin)).toEqual([]);
    },
  );

  it('and taken out of one that was voided since has it made anew where it is asked for again', async () => {
    await write(null);
    await books.control.voidInvoice(contractor.realmId, invoiceId);
    expect((await ask()).body).toMatchObject({ status: 'exists', qbo_invoice_id: invoiceId });
    expect(await proposalOf()).toMatchObject({ qbo_state: 'voided' });
    const made = await ask({ again: true });
    expect(made).toMatchObject({ status: 200, body: { status: 'created', amount_cents: 375_000 } });
    expect(made.body.qbo_invoice_id).not.toBe(invoiceId);
  });

  it('and taken out of one that is voided by its own id is voided in QuickBooks, not called off', async () => {
    const [{ id }] = (await contractor.admin.get(`/invoices?proposal_id=${proposalId}`)).body.items;
    await write(null);
    const voided = await contractor.admin.post(`/invoices/${id}/void`);
    expect(voided).toMatchObject({ status: 200, body: { state: 'voided', qbo_invoice_id: invoiceId } });
    const there = (await inQuickBooks()).find(({ Id }) => Id === invoiceId)!;
    expect(there).toMatchObject({ TotalAmt: 0 });
    expect((await contractor.admin.post(`/invoices/${id}/remake`)).body).toMatchObject({ generation: 2 });
  });

  it('and moved to another proposal has one made for the first, once, where it is asked for', async () => {
    const other = await anApprovedProposal(contractor);
    await write(null);
    await write(invoiceId, other);
    expect(await check(other)).toMatchObject({ ok: true, qbo_status: 'Open' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask()));
    const made = new Set(answers.map(({ body }) => body.qbo_invoice_id));
    expect(made.size).toBe(1);
    expect(made).not.toContain(invoiceId);
    expect(await check(other)).toMatchObject({ ok: true, qbo_status: 'Open' });
  });

  it('and moved to another proposal and back while the first is asked for stays the only one of it', async () => {
    const other = await anApprovedProposal(contractor);
    await write(null);
    await write(invoiceId, other);
    const before = (await inQuickBooks()).length;
    const held = holdNext(books.app.app.get(DepositWordingService), 'of');
    const asked = ask();
    await held.done;
    await write(null, other);
    await write(invoiceId);
    held.letGo();
    expect((await asked).body).toMatchObject({ status: 'exists', qbo_invoice_id: invoiceId });
    expect(await inQuickBooks()).toHaveLength(before);
  });

  it('and moved to another proposal takes the money on the invoice along, in lists and reports', async () => {
    const other = await anApprovedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 500 });
    await pollCompany(books, contractor);
    const paid = async (proposal = proposalId) => {
      const { items } = (await contractor.admin.get(`/proposals/${proposal}/payments`)).body;
      return (items as Json[]).map(({ amount_cents }) => amount_cents);
    };
    const received = async () => {
      const { rows } = (await contractor.admin.get('/reports/revenue?basis=cash&by=proposal')).body;
      return (rows as Json[]).map(({ key, earned_cents }) => [Number(key), earned_cents]);
    };
    expect(await paid()).toEqual([50_000]);
    expect(await received()).toEqual([[proposalId, 50_000]]);

    await write(null);
    expect(await paid()).toEqual([]);
    await write(invoiceId, other);
    expect(await check(other)).toMatchObject({ ok: true, qbo_status: 'Open' });
    expect(await paid()).toEqual([]);
    expect(await paid(other)).toEqual([50_000]);
    expect(await received()).toEqual([[other, 50_000]]);
  });

  it('and exchanged between two proposals, in one transaction or one statement, is followed by both', async () => {
    const other = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    await books.database.query(
      `do $$ begin
         update leads set qbo_invoice_id = '${other.invoiceId}' where id = ${proposalId};
         update leads set qbo_invoice_id = '${invoiceId}' where id = ${other.proposalId};
       end $$`,
    );
    expect(await check()).toMatchObject({ ok: true, qbo_status: 'Open' });
    expect(await check(other.proposalId)).toMatchObject({ ok: true, qbo_status: 'Paid' });
    await books.database.query(
      'update leads set qbo_invoice_id = case id when $1 then $2 else $4 end where id in ($1, $3)',
      [proposalId, invoiceId, other.proposalId, other.invoiceId],
    );
    expect(await check()).toMatchObject({ ok: true, qbo_status: 'Paid' });
    expect(await check(other.proposalId)).toMatchObject({ ok: true, qbo_status: 'Open' });
  });

  it.each([
    { known: 'Paid', isPaid: true, events: [], paid: 0 },
    { known: 'Open', isPaid: true, events: ['invoice_paid'], paid: 1 },
    { known: 'Paid', isPaid: false, events: ['invoice_reopened'], paid: 0 },
  ])(
    'with what was known of the invoice, $known, and paid now: $isPaid, tells what changed since',
    async ({ known, isPaid, events, paid }) => {
      const other = await anApprovedProposal(contractor);
      await write(null);
      if (isPaid) await books.control.receivePayment(contractor.realmId, invoiceId);
      const arrived = isPaid && known !== 'Paid' ? 375_000 : 0;
      await books.database.query('update leads set qbo_invoice_id = $2, qbo_status = $3 where id = $1', [
        other,
        invoiceId,
        known,
      ]);
      expect(await proposalOf(other)).toMatchObject({ qbo_status: known, qbo_state: null });
      expect(await check(other)).toMatchObject({
        ok: true,
        changed_to_paid: paid === 1,
        qbo_status: isPaid ? 'Paid' : 'Open',
      });
      const { items } = (await contractor.admin.get(`/proposals/${other}/activity`)).body;
      const logged = (items as Json[])
        .map(({ event }) => event as string)
        .filter((event) => event !== 'approve');
      expect(logged).toEqual(events);
      expect(await count('crm_invoices_paid_total')).toBe(paid);
      expect(await count('crm_invoice_payments_cents_total')).toBe(arrived);
    },
  );

  it('with the status of the invoice before it is as if nothing were known', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ changed_to_paid: true });
    const other = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, other.invoiceId);
    await write(null, other.proposalId);
    await write(other.invoiceId);
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
  });

  it('and waits for the proposal that has its invoice keeps what was written along', async () => {
    await books.control.receivePayment(contractor.realmId, invoiceId);
    const [waiting] = await books.database.query<{ id: number }>(
      `insert into leads (org_id, name, status, customer_id, amount_cents, approved_at, qbo_invoice_id, qbo_status)
       values ($1, 'Roof', 'approved', $2, 1250000, now(), $3, 'Paid') returning id`,
      [contractor.orgId, await aCustomer(contractor), invoiceId],
    );
    const { id } = waiting!;
    await write(null);
    expect(await proposalOf(id)).toMatchObject({ qbo_status: 'Paid' });
    expect(await check(id)).toMatchObject({ ok: true, changed_to_paid: false, qbo_status: 'Paid' });
    expect(await count('crm_invoices_paid_total')).toBe(0);
  });

  it('and exchanged takes no status of the invoice before it along', async () => {
    const other = await anInvoicedProposal(contractor);
    await books.control.receivePayment(contractor.realmId, invoiceId);
    expect(await check()).toMatchObject({ changed_to_paid: true });
    await books.control.receivePayment(contractor.realmId, other.invoiceId);
    await write(other.invoiceId);
    await write(invoiceId, other.proposalId);
    expect(await check()).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
    expect(await check(other.proposalId)).toMatchObject({ changed_to_paid: true, qbo_status: 'Paid' });
  });

  it('to a customer who stands for another here is refused in words, alone, in a batch and at an invoice', async () => {
    const [one, other] = [await aCustomer(contractor), await aCustomer(contractor)];
    const linked = await contractor.admin.post(`/qbo/sync/customer/${one}`);
    const qboId = linked.body.qbo_customer_id as string;
    await writeCustomer(qboId, other);
    const error = expect.stringMatching(/stands for another customer here already\. End this link by POST/);
    const answer = await contractor.admin.post(`/qbo/sync/customer/${other}`);
    expect(answer).toMatchObject({ status: 200, body: { ok: false, result: 'error', error } });
    expect(await count('crm_qbo_customer_sync_total', { result: 'error' })).toBe(1);
    const done = await finished(contractor, await requestBatch(contractor, [other, one]));
    expect(done.results).toMatchObject([
      { customer_id: other, ok: false, result: 'error', error },
      { customer_id: one, ok: true },
    ]);
    const proposal = await anApprovedProposal(contractor, { customerId: other });
    expect(await ask({}, proposal)).toMatchObject({ status: 409, body: { detail: error } });

    const unlinked = await contractor.admin.post(`/customers/${other}/match`, { action: 'unlink' });
    expect(unlinked).toMatchObject({ status: 200, body: { state: 'unmatched' } });
    expect((await contractor.admin.post(`/qbo/sync/customer/${one}`)).body).toMatchObject({
      ok: true,
      qbo_customer_id: qboId,
    });
  });

  it('ends what was begun of a later invoice, as of the first', async () => {
    const { admin, orgId, realmId } = contractor;
    await books.control.planFault({ operation: 'item.query', realm_id: realmId, kind: '500', times: 9 });
    await admin.post(`/proposals/${proposalId}/contract/entries/2/bill`);
    const begun = async (): Promise<unknown> => {
      const [operation] = await books.database.query<Json>(
        `select o.state, o.qbo_id as "qboId" from sync_operations o
           join invoices i on i.org_id = o.org_id and i.id = o.entity_id and i.kind = 'final'
          where o.org_id = $1 and o.kind = 'invoice.create'`,
        [orgId],
      );
      return operation;
    };
    expect(await begun()).toMatchObject({ state: 'waiting' });
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'By hand');
    const { Id } = await books.control.createInvoice(realmId, { customer_id, amount: 8_750 });
    await books.database.query(
      `update invoices set qbo_invoice_id = $2 where org_id = $1 and kind = 'final'`,
      [orgId, Id],
    );
    await books.database.query('update sync_operations set next_attempt_at = now() where org_id = $1', [
      orgId,
    ]);
    await eventually(async () => {
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
      expect(await begun()).toEqual({ state: 'done', qboId: Id });
    });
    await books.control.clearFaults();
  });
});
