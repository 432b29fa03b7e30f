import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastDayOf } from '../../../src/platform/time/calendar-day.js';
import {
  aContractor,
  aCustomer,
  type Books,
  type Contractor,
  openBooks,
  pollCompany,
} from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { askCompany } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';

/** Home units of one euro, all year. */
const EURO = 1.08;

describe('Revenue', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { time_zone: 'America/New_York' });
    await books.control.setPreferences(contractor.realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(contractor.realmId, 'EUR');
    for (const on of ['2025-12-01', new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)])
      await books.control.rateCurrency(contractor.realmId, 'EUR', EURO, on);
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const report = async (path: string): Promise<Json> => {
    const answer = await contractor.admin.get(`/reports/${path}`);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  const linkOf = (page: string): string =>
    `https://sandbox.qbo.intuit.com/app/login?pagereq=${page}&deeplinkcompanyid=${contractor.realmId}`;
  /** Each row comes to what the proposals come to that it leads to. */
  const expectMadeOf = async ({ rows }: Json): Promise<void> => {
    for (const { documents, currency, earned_cents } of rows as Json[]) {
      const { totals } = (await contractor.admin.get(documents as string)).body;
      expect((totals as Json[]).find((total) => total.currency === currency)).toMatchObject({ earned_cents });
    }
  };

  const invoiceRecord = async (id: string): Promise<Json> =>
    (await books.control.records(contractor.realmId, 'Invoice')).find(({ Id }) => Id === id)!;

  /** A contract over 10,000.00 that is billed whole in the first months of a year. Answers its invoices. */
  const aBilledContract = async (revenue_policy: string, currency = 'USD'): Promise<Json[]> => {
    const { admin, realmId } = contractor;
    await admin.patch('/org/settings', { revenue_policy });
    const customer_id = await aCustomer(contractor);
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const { body } = await admin.post('/proposals', { name: 'Roof', customer_id, currency, lines });
    const path = `/proposals/${body.id}`;
    await admin.post(`${path}/approve`);
    await admin.put(`${path}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    await admin.post(`/qbo/invoice/${body.id}`);
    for (const entry of [2, 3]) await admin.post(`${path}/contract/entries/${entry}/bill`);
    const { items } = (await admin.get(`/invoices?proposal_id=${body.id}&sort=created_at`)).body;
    for (const [index, { qbo_invoice_id }] of (items as Json[]).entries())
      await books.control.editInvoice(realmId, qbo_invoice_id, { TxnDate: `2026-0${2 * index + 1}-15` });
    return items as Json[];
  };

  it("and QuickBooks' income differ by reasons of their own, each with its documents", async () => {
    const { admin, realmId } = contractor;
    const { control } = books;
    const year = { from: '2026-01-01', to: '2026-12-31' };
    const compare = async (): Promise<Json> =>
      (await admin.post('/reports/revenue/compare', year)).body.items[0];
    const before = await compare();
    const billed = {
      invoice: await aBilledContract('invoice'),
      completion: await aBilledContract('completion'),
      euro: await aBilledContract('completion', 'EUR'),
    };
    for (const [index, [kind, invoices]] of Object.entries(billed).entries()) {
      const [first, second] = invoices as [Json, Json];
      const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
      await control.receivePayment(realmId, second.qbo_invoice_id, { amount: 1_000, TxnDate: '2026-04-02' });
      await control.creditMemo(realmId, {
        customer_id: CustomerRef.value,
        amount: 100 * (index + 1),
        apply_to: first.qbo_invoice_id,
        TxnDate: '2026-02-03',
        ...(kind === 'euro' ? { ExchangeRate: EURO } : {}),
      });
    }
    const { Id: customer_id } = await control.createCustomer(realmId, 'Walk-in');
    await control.createInvoice(realmId, { customer_id, TxnDate: '2026-04-01', amount: 100 });
    await control.creditMemo(realmId, { customer_id, TxnDate: '2026-04-01', amount: 50 });
    await report('aging?scope=company');
    await pollCompany(books, contractor);

    const after = await compare();
    expect(after).toMatchObject({ ours_cents: 1_000_000 - 10_000, unexplained_cents: 0 });
    const reasons = (item: Json): Record<string, number> =>
      Object.fromEntries((item.reasons as Json[]).map(({ reason, cents }) => [reason, cents]));
    const known = reasons(before);
    expect(reasons(after)).toEqual({
      ...known,
      policy: 1_000_000 - 20_000,
      foreign_currency: Math.round((1_000_000 - 30_000) * EURO),
      not_ours: (known.not_ours ?? 0) + 10_000,
      credit_memo: (known.credit_memo ?? 0) - 5_000,
    });
    const sum = Object.values(reasons(after)).reduce((total, cents) => total + cents, 0);
    expect(sum).toBe(after.quickbooks_cents - after.ours_cents);
    const documents = (after.reasons as Json[]).flatMap((reason) => reason.documents as Json[]);
    const page = { Invoice: 'invoice', CreditMemo: 'creditmemo' } as Record<string, string>;
    expect(documents.map(({ qbo_url }) => qbo_url)).toEqual(
      documents.map(({ type, id }) => linkOf(`${page[type]}?txnId=${id}`)),
    );
    const ofOurs = documents.filter(({ proposal_id }) => proposal_id !== null);
    expect(ofOurs.map(({ timeline }) => timeline)).toEqual(
      ofOurs.map(({ proposal_id }) => `/proposals/${proposal_id}/timeline`),
    );
    const earned = await report('revenue?from=2026-01-01&to=2026-12-31&by=month');
    await expectMadeOf(earned);
    for (const by of ['proposal', 'customer', 'item']) {
      const other = await report(`revenue?from=2026-01-01&to=2026-12-31&by=${by}`);
      expect(other.totals).toEqual(earned.totals);
      if (by === 'item') await expectMadeOf(other);
    }
  });

  it('says of a credit memo that was taken off its invoice that it is on none of ours', async () => {
    const { realmId, admin } = contractor;
    const { control } = books;
    const memos: string[] = [];
    for (const [policy, currency] of [
      ['invoice', 'EUR'],
      ['invoice', 'USD'],
    ] as const) {
      const [first] = await aBilledContract(policy, currency);
      const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
      const rate = currency === 'EUR' ? { ExchangeRate: EURO } : {};
      const memo = { customer_id: CustomerRef.value, amount: 70, TxnDate: '2026-02-03', ...rate };
      memos.push((await control.creditMemo(realmId, { ...memo, apply_to: first.qbo_invoice_id })).Id);
    }
    await pollCompany(books, contractor);
    const reasonOf = async (id: string): Promise<string | undefined> => {
      const { body } = await admin.post('/reports/revenue/compare', { from: '2026-01-01', to: '2026-12-31' });
      const reasons = body.items[0].reasons as Json[];
      return reasons.find(({ documents }) =>
        (documents as Json[]).some((one) => one.type === 'CreditMemo' && one.id === id),
      )?.reason;
    };
    expect(await Promise.all(memos.map(reasonOf))).toEqual(['foreign_currency', undefined]);
    const uses = ((await control.records(realmId, 'Payment')) as Json[]).filter(({ Line, status }) =>
      (Line as Json[] | undefined)?.some(
        ({ LinkedTxn }) => status !== 'Deleted' && memos.includes(LinkedTxn?.[0]?.TxnId as string),
      ),
    );
    for (const { Id } of uses) await control.deletePayment(realmId, Id);
    await pollCompany(books, contractor);
    expect(await Promise.all(memos.map(reasonOf))).toEqual(['credit_memo', 'credit_memo']);
  });

  it('on cash basis says of a payment before its invoice, and of a credit on one, why it differs', async () => {
    const { admin, realmId } = contractor;
    const [first, , last] = (await aBilledContract('invoice')) as [Json, Json, Json];
    const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
    await books.control.receivePayment(realmId, last.qbo_invoice_id, { amount: 100, TxnDate: '2026-04-20' });
    const memo = { customer_id: CustomerRef.value, amount: 40, apply_to: first.qbo_invoice_id };
    await books.control.creditMemo(realmId, { ...memo, TxnDate: '2026-02-03' });
    await report('aging?scope=company');
    await pollCompany(books, contractor);
    const reasonsOf = async (id: string, from: string, to: string): Promise<string[]> => {
      const { body } = await admin.post('/reports/revenue/compare', { from, to, basis: 'cash' });
      return (body.items[0].reasons as Json[])
        .filter(({ documents }) =>
          (documents as Json[]).some((one) => one.type === 'Invoice' && one.id === id),
        )
        .map(({ reason }) => reason as string);
    };
    expect(await reasonsOf(last.qbo_invoice_id, '2026-04-01', '2026-04-30')).toEqual(['paid_before_invoice']);
    expect(await reasonsOf(last.qbo_invoice_id, '2026-05-01', '2026-05-31')).toEqual(['paid_before_invoice']);
    expect(await reasonsOf(last.qbo_invoice_id, '2026-04-01', '2026-05-31')).toEqual([]);
    expect(await reasonsOf(first.qbo_invoice_id, '2026-01-01', '2026-12-31')).toEqual(['credit_used']);
  });

  it('on cash basis says of what an invoice withholds, and of its invoice, that QuickBooks had it before', async () => {
    const { admin, realmId } = contractor;
    const question = { from: '2026-01-01', to: '2026-12-31', basis: 'cash' };
    const reasons = async (): Promise<Json> => {
      await pollCompany(books, contractor);
      const { items } = (await admin.post('/reports/revenue/compare', question)).body;
      const known = (items[0].reasons as Json[]).map(({ reason, cents }) => [reason, cents]);
      return { unexplained: 0, retainage: 0, ...Object.fromEntries(known) };
    };
    const before = await reasons();
    await admin.patch('/org/settings', { retainage_percent: 10 });
    const invoices = await aBilledContract('invoice');
    await admin.patch('/org/settings', { retainage_percent: 0 });
    const pay = (one: Json, TxnDate: string) =>
      books.control.receivePayment(realmId, one.qbo_invoice_id as string, { TxnDate });
    for (const one of invoices) await pay(one, '2026-05-20');
    expect(await reasons()).toEqual({ ...before, retainage: 100_000 });
    const path = `/proposals/${invoices[0]!.proposal_id}`;
    await admin.post(`${path}/complete`, { completed_on: '2026-06-01' });
    const retained = (await admin.post(`${path}/contract/entries/4/bill`)).body.invoice;
    await books.control.editInvoice(realmId, retained.qbo_invoice_id, { TxnDate: '2026-06-02' });
    await pay(retained, '2026-06-03');
    expect(await reasons()).toEqual(before);
  });

  it('leads from each job of a report to its timeline and its newest invoice in QuickBooks', async () => {
    const { admin, realmId } = contractor;
    const [invoice] = (await aBilledContract('completion')).toReversed() as [Json];
    await pollCompany(books, contractor);
    const found = (await admin.get(`/invoices/${invoice.id}`)).body;
    const { proposal_id, qbo_invoice_id, txn_on, customer_name } = found;
    const proposal_name = (await admin.get(`/proposals/${proposal_id}`)).body.name;
    expect(found).toMatchObject({ proposal_name });
    const links = {
      timeline: `/proposals/${proposal_id}/timeline`,
      qbo_realm_id: realmId,
      qbo_url: linkOf(`invoice?txnId=${qbo_invoice_id}`),
    };
    const rowOf = ({ rows }: Json) => (rows as Json[]).find((row) => row.proposal_id === proposal_id);
    expect(rowOf(await report(`deferred-revenue?month=${txn_on.slice(0, 7)}`))).toMatchObject({
      ...links,
      proposal_name,
      customer_name,
    });
    expect(rowOf(await report('margin'))).toMatchObject({ ...links, proposal_name, customer_name });
    expect((await admin.get(`/proposals/${proposal_id}/margin`)).body).toMatchObject(links);
    for (const path of ['margin', `deferred-revenue?month=${txn_on.slice(0, 7)}`]) {
      const file = (await admin.get(`/reports/${path}${path.includes('?') ? '&' : '?'}format=csv`))
        .body as string;
      const line = file.split('\r\n').find((one) => one.startsWith(`${proposal_id},`));
      expect(line).toMatch(new RegExp(`,${links.timeline},https://.*txnId=${qbo_invoice_id}&.*${realmId},`));
      expect(line).toContain(`,${proposal_name},${customer_name}`);
    }
    await books.control.receivePayment(realmId, qbo_invoice_id, { amount: 1_000, TxnDate: txn_on });
    await pollCompany(books, contractor);
    const received = await report('revenue?basis=cash&by=proposal&from=2026-01-01&to=2026-12-31');
    expect(rowOf(received)).toMatchObject(links);
  });

  it('has a bad debt, and nothing received, where a receivable is written off', async () => {
    const { admin, realmId } = contractor;
    const { control } = books;
    // Of the day that QuickBooks has: a company may begin its month hours after the organisation.
    const pack = async (): Promise<Json> => {
      const { TxnDate } = (await control.records(realmId, 'Payment')).at(-1) as Json;
      const month = (TxnDate as string).slice(0, 7);
      return (await admin.get(`/periods/${month}/pack`, { accept: 'application/json' })).body;
    };
    const [first] = (await aBilledContract('invoice')) as [Json];
    const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
    const accounts = await control.records(realmId, 'Account');
    await control.journalEntry(realmId, {
      customer_id: CustomerRef.value,
      amount: first.total_cents / 100,
      account_id: accounts.find(({ AccountType }) => AccountType === 'Expense')!.Id,
      apply_to: first.qbo_invoice_id,
    });
    await report('aging?scope=company');
    await pollCompany(books, contractor);
    await eventually(async () => {
      const { figures } = await pack();
      expect(figures.bad_debts).toMatchObject([{ cents: first.total_cents }]);
      expect(figures.received).toEqual([]);
    });

    // Later the bookkeeper finds that it was paid: the entry is moved onto the bank account.
    await books.database.query(
      `update qbo_sweeps set changed_since = date_trunc('second', now()) where org_id = $1`,
      [contractor.orgId],
    );
    const { Id, SyncToken, ...entry } = (await control.records(realmId, 'JournalEntry')).at(-1) as Json;
    const bank = accounts.find(({ AccountType }) => AccountType === 'Bank')!.Id;
    const Line = (entry.Line as Json[]).map((line) =>
      line.JournalEntryLineDetail.PostingType === 'Debit'
        ? { ...line, JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: bank } } }
        : line,
    );
    await askCompany(books, contractor, 'journalentry', { sparse: true, Id, SyncToken, Line });
    await pollCompany(books, contractor);
    await eventually(async () => {
      const { figures } = await pack();
      expect(figures.bad_debts).toEqual([]);
      expect(figures.received).toMatchObject([{ cents: first.total_cents }]);
    });
  });

  it('has a bad debt, and what was earned, where a receivable is given up by a credit memo', async () => {
    const { admin, realmId } = contractor;
    const { control } = books;
    const [first] = (await aBilledContract('invoice')) as [Json];
    const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
    const accounts = await control.records(realmId, 'Account');
    const accountOf = (type: string) => ({
      value: accounts.find(({ AccountType }) => AccountType === type)!.Id,
    });
    const product = async (Name: string, IncomeAccountRef: object): Promise<string> =>
      (await askCompany(books, contractor, 'item', { Name, Type: 'Service', IncomeAccountRef })).Item.Id;
    const line = (item: string): object => ({
      Amount: 500,
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: { ItemRef: { value: item }, TaxCodeRef: { value: 'NON' } },
    });
    const badDebts = await product('Bad debts', accountOf('Expense'));
    const memo = await control.creditMemo(realmId, {
      customer_id: CustomerRef.value,
      amount: 500,
      apply_to: first.qbo_invoice_id,
      TxnDate: '2026-09-10',
      Line: [line(badDebts)],
    });
    await report('aging?scope=company');
    await pollCompany(books, contractor);
    const kept = async (): Promise<Json> => {
      const { figures } = (await admin.get('/periods/2026-09/pack')).body;
      const own = (figures.documents as Json[]).filter(
        ({ proposal_id }) => proposal_id === first.proposal_id,
      );
      return Object.fromEntries(own.map(({ kind, cents }) => [kind, cents]));
    };
    await eventually(async () => expect(await kept()).toEqual({ bad_debt: 50_000 }));
    const remaining = async (): Promise<number> =>
      (await admin.get(`/proposals/${first.proposal_id}/contract`)).body.remaining_cents;
    expect(await remaining()).toBe(0);

    // Later the bookkeeper finds that it was agreed on: the credit memo is put on the work.
    const work = await product('Roof work', accountOf('Income'));
    const { Id, SyncToken } = (await control.records(realmId, 'CreditMemo')).find(
      (one) => one.Id === memo.Id,
    )!;
    await askCompany(books, contractor, 'creditmemo', { sparse: true, Id, SyncToken, Line: [line(work)] });
    await pollCompany(books, contractor);
    await eventually(async () => expect(await kept()).toEqual({ credited: 50_000, earned: -50_000 }));
    expect(await remaining()).toBe(50_000);
  });

  it('has the receivables of a month as they are by age, where a credit memo of it is used later', async () => {
    const { admin, realmId } = contractor;
    const { control } = books;
    const [first] = (await aBilledContract('invoice')) as [Json];
    const { CustomerRef } = await invoiceRecord(first.qbo_invoice_id);
    const memo = { customer_id: CustomerRef.value, amount: 100, apply_to: first.qbo_invoice_id };
    await control.creditMemo(realmId, { ...memo, TxnDate: '2026-08-20' });
    const use = (await control.records(realmId, 'Payment')).findLast(({ TotalAmt }) => TotalAmt === 0)!;
    await control.editPayment(realmId, use.Id, { TxnDate: '2026-09-10' });
    await report('aging?scope=company');
    await pollCompany(books, contractor);
    const sumOf = (rows: Json[], cents: string): number =>
      rows
        .filter(({ proposal_id }) => proposal_id === first.proposal_id)
        .reduce((sum, row) => sum + row[cents], 0);
    const owed = async (month: string): Promise<number[]> => {
      const { figures } = (await admin.get(`/periods/${month}/pack`)).body;
      const { rows } = await report(`aging?group=invoice&limit=200&as_of=${lastDayOf(month)}`);
      return [sumOf(figures.receivables, 'closing_cents'), sumOf(rows, 'total_cents')];
    };
    const [inAugust, inSeptember] = [await owed('2026-08'), await owed('2026-09')];
    expect(inAugust[0]).toBe(inAugust[1]);
    expect(inSeptember).toEqual(inAugust.map((cents) => cents - 10_000));
  });

  it('has a credit memo of a change order off the receivables from its own day, whatever it is used on', async () => {
    const { admin, realmId } = contractor;
    const { control } = books;
    const billed = await aBilledContract('invoice');
    const id = billed[0]!.proposal_id as number;
    for (const { qbo_invoice_id } of billed)
      await control.receivePayment(realmId, qbo_invoice_id, { TxnDate: '2026-06-01' });
    await pollCompany(books, contractor);
    const change = async (number: number, unit_price_cents: number): Promise<void> => {
      const lines = [{ description: 'Gutter', quantity: 1, unit_price_cents }];
      await admin.post(`/proposals/${id}/change-orders`, { description: 'Gutter', lines });
      const path = `/proposals/${id}/change-orders/${number}/approve`;
      expect((await admin.post(path, { reason: 'Agreed' })).status).toBe(200);
    };
    const memo = async (): Promise<Json> =>
      (await admin.get(`/proposals/${id}/contract`)).body.change_orders[0].credit_memo;
    await change(1, -60_000);
    await eventually(async () =>
      expect(await memo()).toMatchObject({ state: 'open', balance_cents: 60_000 }),
    );
    await change(2, 50_000);
    const { invoice } = (await admin.post(`/proposals/${id}/contract/entries/4/bill`)).body;
    await eventually(async () => expect(await memo()).toMatchObject({ balance_cents: 10_000 }));
    // The memo of August is used in August on an invoice of September.
    const ours = (await control.records(realmId, 'CreditMemo')).find(
      ({ DocNumber }) => DocNumber === `CRM-${id}-C1`,
    )!;
    const { Id, SyncToken } = ours;
    const redated = { Id, SyncToken, sparse: true, TxnDate: '2026-08-20' };
    await askCompany(books, contractor, 'creditmemo?operation=update', redated);
    const use = (await control.records(realmId, 'Payment')).findLast(({ TotalAmt }) => TotalAmt === 0)!;
    await control.editPayment(realmId, use.Id, { TxnDate: '2026-08-25' });
    await control.editInvoice(realmId, invoice.qbo_invoice_id, { TxnDate: '2026-09-10' });
    await report('aging?scope=company');
    await pollCompany(books, contractor);
    const closing = async (month: string): Promise<number> => {
      const { figures } = (await admin.get(`/periods/${month}/pack`)).body;
      const rows = (figures.receivables as Json[]).filter(({ proposal_id }) => proposal_id === id);
      return rows.reduce((sum, { closing_cents }) => sum + closing_cents, 0);
    };
    expect([await closing('2026-07'), await closing('2026-08'), await closing('2026-09')]).toEqual([
      0, -60_000, -10_000,
    ]);
    const customer = (await admin.get(`/proposals/${id}`)).body.customer_id as number;
    const owed = async (to: string): Promise<number> =>
      (await admin.get(`/customers/${customer}/statement?to=${to}`)).body.totals[0].closing_cents;
    expect([await owed('2026-07-31'), await owed('2026-08-31'), await owed('2026-09-30')]).toEqual([
      0, -60_000, -10_000,
    ]);
  });

  it('stays as it was in closed months, whatever becomes known of them later', async () => {
    const { admin, realmId } = contractor;
    const close = (month: string, body: object = {}) => admin.post(`/periods/${month}/close`, body);
    const pack = async (month: string): Promise<Json> => (await admin.get(`/periods/${month}/pack`)).body;
    const listed = (await admin.get('/periods')).body.items as Json[];
    const months = listed.map(({ month }) => month as string).toReversed();
    expect(listed.every(({ state, pack_hash }) => state === 'open' && pack_hash === null)).toBe(true);
    expect((await close(months.at(-1)!)).body).toMatchObject({ status: 409, code: 'month_not_over' });
    expect((await close(months[2]!)).body).toMatchObject({ status: 409, code: 'earlier_month_open' });

    const closed = months.slice(0, 5);
    const [last] = closed.slice(-1) as [string];
    const firstOpen = months[5]!;
    const hashes: string[] = [];
    for (const month of closed) {
      const answer = await close(month, { force: true, reason: 'the first year' });
      expect(answer).toMatchObject({ status: 200, body: { month, state: 'closed' } });
      expect(answer.body.previous_hash).toBe(hashes.at(-1) ?? null);
      hashes.push(answer.body.pack_hash as string);
    }
    expect((await close(last)).body.pack_hash).toBe(hashes.at(-1));
    const upTo = `to=${firstOpen}-01&from=2026-01-01`;
    const before = await report(`revenue?by=month&${upTo}`);
    const packs = await Promise.all(closed.map(pack));

    const invoices = (await admin.get('/invoices?limit=200')).body.items as Json[];
    const late = invoices.filter(({ txn_on, state }) => txn_on <= `${last}-28` && state !== 'voided');
    expect(late.length).toBeGreaterThan(0);
    for (const [index, invoice] of late.slice(0, 3).entries()) {
      const change = index === 0 ? { amount: 123 } : { TxnDate: '2026-11-03' };
      await books.control.editInvoice(realmId, invoice.qbo_invoice_id, change);
    }
    const open = late.find(({ balance_cents }) => balance_cents > 0);
    if (open) {
      const payment = { amount: 1, TxnDate: `${last}-02` };
      await books.control.receivePayment(realmId, open.qbo_invoice_id, payment);
    }
    await pollCompany(books, contractor);

    const rows = (answer: Json): Json[] => answer.rows.filter(({ key }: Json) => key < firstOpen);
    expect(rows(await report(`revenue?by=month&${upTo}`))).toEqual(rows(before));
    const again = await Promise.all(closed.map(pack));
    expect(again).toEqual(packs);
    expect(again.map(({ pack_hash, verified }) => [pack_hash, verified])).toEqual(
      hashes.map((hash) => [hash, true]),
    );
    const { adjustments } = (await pack(firstOpen)).figures as { adjustments: Json[] };
    expect(adjustments.length).toBeGreaterThan(0);
    expect(adjustments.every(({ event_on }) => event_on < `${firstOpen}-01`)).toBe(true);
    for (const [index, month] of months.slice(1).entries()) {
      const [one, next] = await Promise.all(
        [months[index]!, month].map((of) => report(`deferred-revenue?month=${of}`)),
      );
      const balances = (answer: Json, field: string) =>
        (answer.rows as Json[])
          .filter((row) => row[field] !== 0)
          .map((row) => [row.proposal_id as number, row[field] as number]);
      expect({ month, opening: balances(next, 'opening_cents') }).toEqual({
        month,
        opening: balances(one, 'closing_cents'),
      });
    }

    const reopen = (month: string) => admin.post(`/periods/${month}/reopen`, { reason: 'found a mistake' });
    expect((await reopen(closed[0]!)).body).toMatchObject({ status: 409, code: 'later_month_closed' });
    await books.control.setPreferences(realmId, { BookCloseDate: lastDayOf(last) });
    await books.database.query(`update company_books set read_at = read_at - interval '5 minutes'`);
    expect((await admin.get('/periods')).body.items[0].qbo_closing_date).toBe(lastDayOf(last));
    expect((await reopen(last)).body).toMatchObject({ status: 409, code: 'closed_in_quickbooks' });
    await books.control.setPreferences(realmId, { BookCloseDate: null });
    await books.database.query(`update company_books set read_at = read_at - interval '5 minutes'`);
    expect((await reopen(last)).body).toMatchObject({ month: last, state: 'open', pack_hash: null });
    expect((await reopen(last)).body).toMatchObject({ status: 409, code: 'period_open' });
    const log = (await admin.get('/audit?action=period')).body.items as Json[];
    expect(log.map(({ action }) => action).slice(0, 2)).toEqual(['period.reopened', 'period.closed']);
  });
});
