import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aContractor,
  anApprovedProposal,
  anInvoicedProposal,
  type Books,
  compared,
  type Contractor,
  eventsOf,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { openItems } from '../../support/inbox.js';

describe('What is done to invoices in QuickBooks behind our back', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks({ QBO_REQUEST_TIMEOUT_MS: '5000' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterAll(async () => {
    await books[Symbol.asyncDispose]();
  });

  const inbox = () => openItems(contractor.admin);
  const poll = () => pollCompany(books, contractor);
  const stateOf = async (proposalId: number): Promise<string> =>
    (await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_state;

  describe('an edit', () => {
    let proposalId: number;
    let invoiceId: string;

    beforeEach(async () => {
      ({ proposalId, invoiceId } = await anInvoicedProposal(contractor));
    });

    const check = async () => (await contractor.admin.post(`/qbo/sync/invoice/${proposalId}/check`)).body;
    const changes = async () => {
      const { body } = await contractor.admin.get(`/proposals/${proposalId}/activity`);
      return body.items
        .filter((item: { event: string }) => item.event === 'invoice_changed')
        .map(({ meta }: { meta: { before: object; after: object } }) => ({
          before: meta.before,
          after: meta.after,
        }));
    };

    it('of the amount waits for a person with both values, until it is undone or accepted', async () => {
      await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_200 });
      expect(await check()).toMatchObject({ qbo_status: 'Open', qbo_balance_cents: 420_000 });
      const [item, ...others] = await inbox();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ code: 'invoice_drift', proposal_id: proposalId });
      expect(item!.reason).toContain('$4,200.00');
      expect(item!.reason).toContain('$3,750.00');
      expect(await changes()).toEqual([
        { before: { amount_cents: 375_000 }, after: { amount_cents: 420_000 } },
      ]);

      await check();
      expect(await changes()).toHaveLength(1);
      await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_300 });
      await check();
      expect(await inbox()).toMatchObject([{ id: item!.id, reason: expect.stringContaining('$4,300.00') }]);

      await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 3_750 });
      await check();
      expect(await inbox()).toEqual([]);
      expect(await changes()).toHaveLength(3);

      // What a person accepted is not brought up again.
      await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_200 });
      await check();
      const [accepted] = await inbox();
      await contractor.admin.post(`/inbox/${accepted!.id}/resolve`);
      await check();
      await poll();
      expect(await inbox()).toEqual([]);

      // A payment moves the balance, and that is no change (so the looks above are not vacuous).
      expect(await changes()).toHaveLength(4);
      await books.control.receivePayment(contractor.realmId, invoiceId, { amount: 100 });
      await check();
      expect(await inbox()).toEqual([]);
      expect(await changes()).toHaveLength(4);
    });

    it('of customer and date is one item for each, and both go with the invoice', async () => {
      const other = await books.control.createCustomer(contractor.realmId, 'Eva Braun');
      await books.control.editInvoice(contractor.realmId, invoiceId, {
        CustomerRef: { value: other.Id },
        TxnDate: '2026-03-01',
      });
      await poll();
      const items = await inbox();
      expect(items.map((item) => item.code)).toEqual(['invoice_drift', 'invoice_drift']);
      expect(items[0]!.reason).toMatch(
        / was changed in QuickBooks: it is made out to another customer there\.$/,
      );
      expect(items[1]!.reason).toContain('March 1, 2026');

      await books.control.voidInvoice(contractor.realmId, invoiceId);
      await poll();
      expect(await inbox()).toEqual([]);
      expect(await eventsOf(contractor, proposalId)).toEqual([
        'approve',
        'invoice_created',
        'invoice_changed',
        'invoice_voided',
      ]);
    });

    it('that undoes a void over another sum, or beside an invoice made in its place, waits for a person', async () => {
      const { realmId, admin } = contractor;
      const own = (await books.control.records(realmId, 'Invoice')).find(({ Id }) => Id === invoiceId)!;
      const figures = async () => {
        const { items } = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body;
        const { billed_cents } = (await admin.get(`/proposals/${proposalId}/contract`)).body;
        return [items[0].state, items[0].total_cents, billed_cents];
      };
      await books.control.voidInvoice(realmId, invoiceId);
      await poll();
      expect(await figures()).toEqual(['voided', 0, 0]);
      await books.control.editInvoice(realmId, invoiceId, { amount: 1_250, PrivateNote: '' });
      await poll();
      expect(await figures()).toEqual(['open', 125_000, 125_000]);
      const [item, ...others] = await inbox();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ code: 'invoice_drift', proposal_id: proposalId });
      expect(item!.reason).toContain('it is over $1,250.00 there instead of $3,750.00.');
      const timeline = (await admin.get(`/proposals/${proposalId}/timeline`)).body.items as object[];
      expect(timeline).toContainEqual(
        expect.objectContaining({
          event: 'invoice_changed',
          before: { amount_cents: 0 },
          after: { amount_cents: 125_000 },
        }),
      );

      await books.control.voidInvoice(realmId, invoiceId);
      await poll();
      expect(await inbox()).toEqual([]);
      await books.control.editInvoice(realmId, invoiceId, { Line: own.Line, PrivateNote: own.PrivateNote });
      await poll();
      expect(await figures()).toEqual(['open', 375_000, 375_000]);
      expect(await inbox()).toEqual([]);

      const undo = async () => {
        const { Line, PrivateNote } = own;
        await books.control.editInvoice(realmId, invoiceId, { Line, PrivateNote });
        await poll();
      };
      await books.control.voidInvoice(realmId, invoiceId);
      await poll();
      const again = (await admin.post(`/qbo/invoice/${proposalId}`, { again: true })).body;
      await undo();
      const [twice, ...more] = await inbox();
      expect(more).toEqual([]);
      expect(twice).toMatchObject({ code: 'invoice_twice', proposal_id: proposalId });
      expect(twice!.reason).toContain(
        `stands in QuickBooks again over $3,750.00, beside invoice CRM-${proposalId}-2, which was made in its place.`,
      );
      const [, route] = /POST (\/invoices\/\d+\/void)/.exec(twice!.next_step)!;
      expect(await admin.post(route!)).toMatchObject({ status: 200 });
      expect(await inbox()).toEqual([]);

      // Where the other one goes, the entry is billed by this one, and not once more.
      await undo();
      expect(await inbox()).toMatchObject([{ code: 'invoice_twice' }]);
      await books.control.voidInvoice(realmId, again.qbo_invoice_id);
      await poll();
      expect(await inbox()).toEqual([]);
      const { entries, billed_cents } = (await admin.get(`/proposals/${proposalId}/contract`)).body;
      expect(billed_cents).toBe(375_000);
      expect(entries[0]).toMatchObject({ kind: 'deposit', state: 'invoiced' });
      expect((await admin.post(`/qbo/invoice/${proposalId}`)).body).toMatchObject({
        qbo_invoice_id: invoiceId,
      });
      const paid = (await admin.get(`/proposals/${proposalId}`)).body;
      expect(paid).toMatchObject({ qbo_invoice_id: invoiceId, qbo_state: 'open' });
    });

    it('of its number to that of another invoice waits for a person, who is told the one that is its own', async () => {
      const own = (await books.control.records(contractor.realmId, 'Invoice')).at(-1)!;
      const { customer_id: customerId } = (await contractor.admin.get(`/proposals/${proposalId}`)).body;
      const other = await anInvoicedProposal(contractor, { customerId });
      const renumber = async (id: string, DocNumber: unknown) => {
        await books.control.editInvoice(contractor.realmId, id, { DocNumber });
        await poll();
      };
      await renumber(invoiceId, `CRM-${other.proposalId}`);
      const [item, ...others] = await inbox();
      expect(others).toEqual([]);
      expect(item).toMatchObject({ code: 'invoice_number_taken', proposal_id: proposalId });
      expect(item!.reason).toContain(`Invoice CRM-${proposalId} of proposal ${proposalId}`);
      expect(item!.reason).toContain(`that of proposal ${other.proposalId}.`);
      await renumber(invoiceId, own.DocNumber);
      expect(await inbox()).toEqual([]);

      // One that is not made yet is not taken for the one that has its number.
      const later = await anApprovedProposal(contractor, { customerId });
      await renumber(invoiceId, `CRM-${later}`);
      expect((await inbox()).map(({ code }) => code)).toEqual(['invoice_number_taken']);
      const made = (await contractor.admin.post(`/qbo/invoice/${later}`)).body;
      expect([invoiceId, other.invoiceId]).not.toContain(made.qbo_invoice_id);
      expect(made.qbo_invoice_id).toEqual(expect.any(String));
      await renumber(invoiceId, '1042');
      expect(await inbox()).toEqual([]);

      // Of two that have another number, each is told its own, and no proposal that there is not.
      await renumber(other.invoiceId, 'ELM-12');
      await renumber(invoiceId, `CRM-${other.proposalId}`);
      await renumber(invoiceId, 'ELM-12');
      const [twice] = await inbox();
      expect(twice!.reason).toMatch(
        new RegExp(
          `^Invoice CRM-${proposalId} of .* has number ELM-12 .* that of proposal ${other.proposalId}\\.$`,
        ),
      );
      await renumber(other.invoiceId, 'ELM-13');
      expect(await inbox()).toEqual([]);

      await renumber(invoiceId, 'ELM-13');
      expect((await inbox()).map(({ code }) => code)).toEqual(['invoice_number_taken']);
      await books.control.voidInvoice(contractor.realmId, other.invoiceId);
      await poll();
      expect(await inbox()).toEqual([]);
      await renumber(invoiceId, 'CRM-9999999');
      expect(await inbox()).toEqual([]);
    });
  });

  describe('a mass deletion', () => {
    const invoiced = async (count: number) => {
      const made: { proposalId: number; invoiceId: string }[] = [];
      for (let times = 0; times < count; times += 1) made.push(await anInvoicedProposal(contractor));
      return made;
    };
    const vanish = async (invoices: readonly { invoiceId: string }[]) => {
      for (const { invoiceId } of invoices) await books.control.deleteInvoice(contractor.realmId, invoiceId);
    };
    const states = async (invoices: readonly { proposalId: number }[]) =>
      Promise.all(invoices.map(({ proposalId }) => stateOf(proposalId)));

    it('marks nothing deleted, lets everything else through, and waits for a person', async () => {
      const [paid, ...gone] = await invoiced(6);
      await poll();
      await vanish(gone);
      await books.control.receivePayment(contractor.realmId, paid!.invoiceId);
      await poll();
      await poll();
      expect(await states(gone)).toEqual(gone.map(() => 'open'));
      expect(await stateOf(paid!.proposalId)).toBe('paid');
      const items = await inbox();
      expect(items).toMatchObject([{ code: 'many_invoices_gone' }]);
      expect(items[0]!.reason).toContain('5 of 6');

      await contractor.admin.post(`/inbox/${items[0]!.id}/resolve`);
      await poll();
      expect(await states(gone)).toEqual(gone.map(() => 'deleted'));
      expect(await inbox()).toEqual([]);
    });

    it('is met the same way by a comparison, waits on whatever a poll does, and is quiet once dismissed', async () => {
      const invoices = await invoiced(7);
      await poll();
      await vanish(invoices);
      const pollsFrom = (instant: string) =>
        books.database.query(`update qbo_sweeps set changed_since = ${instant} where org_id = $1`, [
          contractor.orgId,
        ]);
      await pollsFrom(`now() + interval '1 minute'`);
      await books.control.resetCalls();
      const asked = await contractor.admin.post('/qbo/sync/invoice/compare');
      await compared(books, contractor);
      const { body } = await contractor.admin.get(`/qbo/sync/compares/${asked.body.compare_id}`);
      expect(body).toMatchObject({ status: 'failed', changed: 0, error: expect.stringContaining('7 of 7') });
      // It asks for none of them by itself.
      expect((await books.control.calls(contractor.realmId)).operations).toEqual({ 'invoice.query': 1 });
      const areOpen = async () => expect(await states(invoices)).toEqual(invoices.map(() => 'open'));
      await areOpen();
      expect(await inbox()).toMatchObject([{ code: 'many_invoices_gone' }]);
      await poll(); // which hears nothing of it
      expect(await inbox()).toMatchObject([{ code: 'many_invoices_gone' }]);

      await pollsFrom(`now() - interval '10 minutes'`);
      await poll();
      const [item, ...others] = await inbox();
      expect(others).toEqual([]);
      await contractor.admin.post(`/inbox/${item!.id}/dismiss`);
      await pollsFrom(`now() - interval '10 minutes'`);
      await poll();
      expect(await inbox()).toEqual([]);
      await areOpen();
    });

    it('is none where four are gone (so the tests above are not vacuous), nor one passed over by polls', async () => {
      const gone = await invoiced(4);
      await poll();
      await vanish(gone);
      await poll();
      expect(await states(gone)).toEqual(gone.map(() => 'deleted'));
      expect(await inbox()).toEqual([]);

      // Deleted before its link was known.
      await books.database.query(
        `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`,
        [contractor.orgId],
      );
      const passedOver = await invoiced(1);
      await vanish(passedOver);
      await poll();
      expect(await states(passedOver)).toEqual(['deleted']);
    });
  });
});
