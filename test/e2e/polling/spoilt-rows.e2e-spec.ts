import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  beginsWith,
  compared,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { spoil } from '../../support/spoil.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../../support/stripe.js';

describe('A record of QuickBooks that cannot be read', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let readable = (): void => undefined;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
  });

  beforeEach(async () => {
    contractor = await aContractor(books);
  });

  afterEach(() => readable());

  afterAll(() => books[Symbol.asyncDispose]());

  const records = (entity: 'Payment' | 'RefundReceipt') => books.control.records(contractor.realmId, entity);
  const happened = (proposalId: number, event: string) =>
    eventually(async () => expect(await eventsOf(contractor, proposalId)).toContain(event));
  const paidByCard = async (): Promise<number> => {
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    await happened(proposalId, 'payment_recorded');
    return proposalId;
  };
  const refund = async (proposalId: number): Promise<void> => {
    const { admin } = contractor;
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items as Json[];
    const body = { amount_cents: 10_000, reason: 'Goodwill' };
    expect((await admin.post(`/payments/${payment!.id}/refund`, body)).status).toBe(200);
  };

  /** Opens accounts as any client of QuickBooks does. */
  const manyAccounts = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let place = 0; place < count; place += 30) {
      const BatchItemRequest = Array.from({ length: Math.min(30, count - place) }, (_, index) => ({
        bId: `${index}`,
        operation: 'create',
        Account: {
          Name: `Job ${place + index}`,
          AccountType: 'Expense',
          AccountSubType: 'SuppliesMaterials',
        },
      }));
      const { BatchItemResponse: made } = await askCompany(books, contractor, 'batch', { BatchItemRequest });
      ids.push(...(made as Json[]).map(({ Account }) => Account.Id as string));
    }
    return ids;
  };
  /** A bill over one line on an account. */
  const billOn = async (account?: string): Promise<void> => {
    const { Id: value } = await books.control.createVendor(
      contractor.realmId,
      `Supplier ${crypto.randomUUID()}`,
    );
    const detail = { AccountRef: { value: account } };
    const line = { Amount: 50, DetailType: 'AccountBasedExpenseLineDetail' };
    const { Bill } = await askCompany(books, contractor, 'bill', {
      VendorRef: { value },
      Line: [{ ...line, AccountBasedExpenseLineDetail: detail }],
    });
    expect(Bill).toMatchObject({ Id: expect.any(String) });
  };

  /** Answers how many accounts are known once there is a report. */
  const filled = async (): Promise<number> => {
    await anInvoicedProposal(contractor);
    const report = async () => (await contractor.admin.get('/reports/aging?scope=company')).status;
    await eventually(async () => expect(await report()).toBe(200));
    return knownAccounts();
  };
  const knownAccounts = async (): Promise<number> =>
    (await books.database.query('select from qbo_accounts where org_id = $1', [contractor.orgId])).length;
  const readsOfPoll = async (): Promise<object> => {
    await books.control.resetCalls();
    await pollCompany(books, contractor);
    return (await books.control.calls(contractor.realmId)).operations;
  };

  it.each(['TaxCode', 'Term', 'Account'])(
    'keeps no pre-flight and no invoice from the rest of the list: %s',
    async (entity) => {
      let spoilt: string | undefined;
      readable = spoil(books.app, entity, ({ Id }) => Id === (spoilt ??= Id), { Name: 7 });
      expect(await contractor.admin.post('/qbo/preflight')).toMatchObject({ status: 200 });
      expect(await anInvoicedProposal(contractor)).toMatchObject({ invoiceId: expect.any(String) });
    },
  );

  it('keeps no refund of another payment from the books', async () => {
    const [first, second] = [await paidByCard(), await paidByCard()];
    await refund(first);
    await happened(first, 'refund_recorded');
    const [{ Id: spoilt } = { Id: '' }] = await records('RefundReceipt');
    readable = spoil(books.app, 'RefundReceipt', ({ Id }) => Id === spoilt);
    await refund(second);
    await happened(second, 'refund_recorded');
    await refund(first);
    await eventually(async () => expect(await records('RefundReceipt')).toHaveLength(3));
  });

  it('and may be ours is not made a second time: it is named, and found once it can be read', async () => {
    const { realmId } = contractor;
    readable = spoil(books.app, 'Payment', ({ PrivateNote }) => PrivateNote?.startsWith('crm:') ?? false);
    await books.control.planFault({
      operation: 'payment.create',
      realm_id: realmId,
      kind: 'reset',
      when: 'after',
    });
    const proposalId = await anApprovedProposal(contractor);
    await payDeposit(books, contractor.admin, proposalId);
    const named = async (): Promise<string> => {
      const payment = (await records('Payment')).find(({ PrivateNote }) => beginsWith(PrivateNote, 'crm:'));
      return `Payment ${payment!.Id}, which may be this one and cannot be read`;
    };
    const lookAgain = async (): Promise<void> => {
      await books.database.query(
        `update sync_operations set next_attempt_at = now() where state = 'uncertain'`,
      );
      await books.app.app.get(DueJobsService).enqueueDue('sync_operations');
    };
    const inbox = () => openItems(contractor.admin);
    await eventually(async () => {
      await lookAgain();
      expect(await inbox()).toMatchObject([{ reason: expect.stringContaining(await named()) }]);
    });
    const retry = async () => contractor.admin.post(`/inbox/${(await inbox())[0]!.id}/retry`);
    await retry();
    expect(await inbox()).toMatchObject([{ reason: expect.stringContaining(await named()) }]);
    readable();
    expect(await retry()).toMatchObject({ status: 200 });
    await happened(proposalId, 'payment_recorded');
    const calls = await books.control.calls(realmId);
    expect(calls.operations).toMatchObject({ 'payment.create': 1 });
  });

  it('keeps no payment of another invoice from being read, and counts as neither paid nor taken away', async () => {
    const { orgId, admin, realmId } = contractor;
    const invoiced = [await anInvoicedProposal(contractor), await anInvoicedProposal(contractor)];
    const paid: string[] = [];
    for (const { proposalId, invoiceId } of invoiced) {
      paid.push((await books.control.receivePayment(realmId, invoiceId, { amount: 100 })).Id);
      await admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    }
    await pollCompany(books, contractor);
    // As where none of them could be read before, and nothing changed since.
    await books.database.query('update invoice_payments set removed_at = now() where org_id = $1', [orgId]);
    await books.database.query(
      'update invoices set payments_incomplete = true, paid_cents = 10000 where org_id = $1',
      [orgId],
    );
    await books.database.query(
      `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`,
      [orgId],
    );
    const read = async (): Promise<unknown[]> => {
      const lists = invoiced.map(({ proposalId }) => admin.get(`/proposals/${proposalId}/payments`));
      return (await Promise.all(lists)).flatMap(({ body }) =>
        body.items.map((one: Json) => one.qbo_payment_id),
      );
    };
    readable = spoil(books.app, 'Payment', ({ Id }) => Id === paid[0]);
    await pollCompany(books, contractor);
    expect(await read()).toEqual([paid[1]]);
    readable();
    await pollCompany(books, contractor);
    expect(await read()).toEqual(paid);
  });

  it('is a customer with the id of an invoice of ours, and keeps no poll from going on', async () => {
    const { orgId, realmId } = contractor;
    const { invoiceId } = await anInvoicedProposal(contractor);
    const { Id } = await books.control.createCustomer(realmId, 'Old Import');
    await pollCompany(books, contractor);
    readable = spoil(books.app, 'Customer', (row) => row.Id === Id, { Id: invoiceId, DisplayName: 7 });
    const since = async (): Promise<Date> => {
      const [row] = await books.database.query<{ since: Date }>(
        'select changed_since as since from qbo_sweeps where org_id = $1',
        [orgId],
      );
      return row!.since;
    };
    await books.database.query(
      `update qbo_sweeps set changed_since = changed_since - interval '1 hour' where org_id = $1`,
      [orgId],
    );
    const before = await since();
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    await pollCompany(books, contractor);
    expect((await since()).getTime()).toBeGreaterThan(before.getTime());
  });

  it('is an invoice of ours: a person hears of it, and neither polls nor comparisons stay where they are', async () => {
    const { orgId, realmId, admin } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await pollCompany(books, contractor);
    const codes = () => openCodes(admin);
    const backTo = (age: string) =>
      books.database.query(
        `update qbo_sweeps set changed_since = now() - $2::interval where org_id = $1
          returning changed_since as since`,
        [orgId, age],
      );
    const isPast = async (age: string): Promise<boolean> => {
      const [row] = await books.database.query<{ is: boolean }>(
        `select changed_since > now() - $2::interval as is from qbo_sweeps where org_id = $1`,
        [orgId, age],
      );
      return row!.is;
    };
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    await backTo('1 hour');
    await pollCompany(books, contractor);
    expect(await openItems(admin)).toMatchObject([
      {
        code: 'malformed',
        reason: expect.stringMatching(/^Invoice CRM-.* cannot be read in QuickBooks: .*TotalAmt/),
        proposal_id: proposalId,
      },
    ]);
    expect(await isPast('30 minutes')).toBe(true);

    await backTo('40 days');
    await pollCompany(books, contractor);
    expect(await isPast('30 minutes')).toBe(true);
    expect(await codes()).toEqual(['malformed']);

    readable();
    await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
    await pollCompany(books, contractor);
    await pollCompany(books, contractor);
    expect(await codes()).toEqual([]);
  });

  it('is an invoice of ours, and is before a person also once a payment on it is edited', async () => {
    const { orgId, realmId, admin } = contractor;
    const { invoiceId } = await anInvoicedProposal(contractor);
    const { Id: paid } = await books.control.receivePayment(realmId, invoiceId);
    await pollCompany(books, contractor);
    readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    const heardOfSince = async (age: string): Promise<void> => {
      await books.database.query(
        'update qbo_sweeps set changed_since = now() - $2::interval where org_id = $1',
        [orgId, age],
      );
      await pollCompany(books, contractor);
    };
    await books.control.setClock(new Date(Date.now() - 3_600_000));
    await books.control.editInvoice(realmId, invoiceId, { PrivateNote: 'Called' });
    await books.control.resetClock();
    await heardOfSince('2 hours');
    expect(await openCodes(admin)).toEqual(['malformed']);
    const payments = (await records('Payment')) as unknown as Json[];
    const edited = { ...payments.find(({ Id }) => Id === paid), TxnDate: '2026-01-02' };
    await askCompany(books, contractor, 'payment', edited);
    await heardOfSince('10 minutes');
    const [known] = await books.database.query<{ day: string }>(
      'select paid_on::text as day from invoices where org_id = $1',
      [orgId],
    );
    expect(known).toEqual({ day: '2026-01-02' });
    expect(await openCodes(admin)).toEqual(['malformed']);
  });

  it.each(['check', 'comparison'] as const)(
    'is an invoice of ours, and is before a person until it is deleted there, heard of by a %s',
    async (heardOf) => {
      const { realmId, admin } = contractor;
      const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
      await pollCompany(books, contractor);
      readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
      await books.control.editInvoice(realmId, invoiceId, { PrivateNote: 'Called' });
      await pollCompany(books, contractor);
      expect(await openCodes(admin)).toEqual(['malformed']);
      await books.control.deleteInvoice(realmId, invoiceId);
      if (heardOf === 'check') await admin.post(`/qbo/sync/invoice/${proposalId}/check`);
      else await admin.post('/qbo/sync/invoice/compare');
      await compared(books, contractor);
      expect(await openCodes(admin)).toEqual([]);
    },
  );

  it('is an invoice of a customer who was merged: the others of them are no question of whose they are', async () => {
    const { realmId, admin } = contractor;
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    const { customer_id: customerId } = (await admin.get(`/proposals/${proposalId}`)).body;
    const other = await anInvoicedProposal(contractor, { customerId });
    await pollCompany(books, contractor);
    const invoices = (await books.control.records(realmId, 'Invoice')) as unknown as Json[];
    const theirs = invoices.find(({ Id }) => Id === other.invoiceId)!.CustomerRef.value as string;
    const { Id: survivor } = await books.control.createCustomer(realmId, 'Elm Street Trust');
    readable = spoil(books.app, 'Invoice', ({ Id }) => Id === invoiceId);
    await books.control.mergeCustomers(realmId, survivor, theirs);
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual(['malformed']);
    const [item] = await openItems(admin);
    await admin.post(`/inbox/${item!.id}/resolve`);
    await pollCompany(books, contractor);
    expect(await openCodes(admin)).toEqual([]);
  });

  it.each([
    ['is on a hundred invoices', false],
    ['is on a hundred invoices that are not answered either', true],
  ])('%s, whose payments are read again in turn with those of the others', async (_, isUnanswered) => {
    const { orgId, admin, realmId } = contractor;
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'Large Builder');
    const ids = await books.control.createInvoices(realmId, { customer_id, amount: 100, count: 101 });
    await books.database.query(
      `insert into leads (org_id, customer_id, name, status, amount_cents, approved_at, qbo_invoice_id)
       select $1, $2, 'Roof ' || id, 'approved', 10000, now(), id
         from unnest($3::text[]) with ordinality as one(id, place) order by place`,
      [orgId, await aCustomer(contractor), ids],
    );
    const paid: string[] = [];
    for (const invoiceId of ids) paid.push((await books.control.receivePayment(realmId, invoiceId)).Id);
    readable = spoil(books.app, 'Payment', ({ Id }) => paid.includes(Id));
    await pollCompany(books, contractor);
    const last = paid.pop();
    const incomplete = () =>
      books.database.query('select from invoices where org_id = $1 and payments_incomplete', [orgId]);
    expect(await incomplete()).toHaveLength(101);
    if (isUnanswered) {
      readable();
      readable = spoil(books.app, 'Invoice', ({ Id }) => Id !== ids.at(-1));
    }
    await books.database.query(
      `update qbo_sweeps set changed_since = now() + interval '1 minute' where org_id = $1`,
      [orgId],
    );
    for (let polls = 0; polls < 4; polls += 1) await pollCompany(books, contractor);
    expect(await incomplete()).toHaveLength(100);
    const [lead] = await books.database.query<{ id: number }>(
      'select id from leads where org_id = $1 and qbo_invoice_id = $2',
      [orgId, ids.at(-1)],
    );
    const { items } = (await admin.get(`/proposals/${lead!.id}/payments`)).body as { items: Json[] };
    expect(items).toMatchObject([{ qbo_payment_id: last }]);
  });

  it('is read past where there are more on a page than pages share', async () => {
    const { realmId } = contractor;
    const { Id: customer_id } = await books.control.createCustomer(realmId, 'Large Builder');
    const ids = await books.control.createInvoices(realmId, { customer_id, amount: 100, count: 1_100 });
    const spoilt = new Set(ids.slice(0, 25));
    readable = spoil(books.app, 'Invoice', ({ Id }) => spoilt.has(Id));
    await filled();
    const pages = (await books.control.requests({ realm_id: realmId, limit: 300 })).filter(
      ({ operation, url }) => operation === 'invoice.query' && url.includes('STARTPOSITION'),
    );
    expect(pages).toHaveLength(2);
  });

  it('is no account past the first thousand of a chart, which is read once, and whole', async () => {
    const chart = await filled();
    const opened = await manyAccounts(1_000);
    await billOn(opened.at(-1));
    expect(await readsOfPoll()).toMatchObject({ cdc: 1, 'account.query': 2 });
    expect(await knownAccounts()).toBe(chart + 1_000);
    await billOn(opened.at(-1));
    expect(await readsOfPoll()).toEqual({ cdc: 1 });
  });

  it('is no account that has the chart read again with each poll', async () => {
    await filled();
    const [opened] = await manyAccounts(1);
    readable = spoil(books.app, 'Account', ({ Id }) => Id === opened, { Name: 7 });
    await billOn(opened);
    expect(await readsOfPoll()).toMatchObject({ cdc: 1, 'account.query': 1 });
    expect(await readsOfPoll()).toEqual({ cdc: 1 });
  });

  it('is no chart of accounts: a poll goes on by the one that is known, and so does a new reading', async () => {
    const { orgId, realmId } = contractor;
    await filled();
    const { proposalId, invoiceId } = await anInvoicedProposal(contractor);
    await billOn(...(await manyAccounts(1)));
    const polled = async (): Promise<unknown> => {
      await books.control.receivePayment(realmId, invoiceId, { amount: 100 });
      await books.control.planFault({ realm_id: realmId, operation: 'account.query', kind: '403' });
      await pollCompany(books, contractor);
      return (await contractor.admin.get(`/proposals/${proposalId}`)).body.qbo_paid_cents;
    };
    expect(await polled()).toBe(10_000);
    await books.database.query(
      `update qbo_document_mirrors set looked_at = null, changed_since = now() - interval '31 days'
        where org_id = $1`,
      [orgId],
    );
    await books.control.planFault({ realm_id: realmId, operation: 'account.query', kind: '403', times: 99 });
    await filled();
    await books.control.clearFaults();
    expect(await polled()).toBe(20_000);
  });
});
