import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../../src/qbo-sync/connection/tokens/token.service.js';
import { inOrganisation } from '../../../src/platform/database/scope/scope.js';
import { addDays } from '../../../src/platform/time/calendar-day.js';
import {
  aContractor,
  aCustomer,
  anInvoicedProposal,
  type Books,
  type Contractor,
  openBooks,
} from '../../support/books.js';
import { openItems } from '../../support/inbox.js';
import { createOrg } from '../../support/people.js';
import { connect } from '../../support/qbo.js';

const SEED = Number(process.env.AGING_SEED ?? 1);
const STEPS = Number(process.env.AGING_STEPS ?? 60);
const DAYS = ['2026-02-27', '2026-05-30', '2026-08-01', '2026-12-31', '2027-06-30'];

/** Home units of one foreign unit; amounts below come to whole cents by them. */
const RATES: Record<string, number> = { EUR: 1.08, JPY: 0.01 };

const atHome = (currency: string, cents: number): number => Math.round(cents * (RATES[currency] ?? 1));

interface Row {
  qbo_customer_id: string;
  customer_name: string;
  currency: string;
  current_cents: number;
  days_1_30_cents: number;
  days_31_60_cents: number;
  days_61_90_cents: number;
  days_91_plus_cents: number;
  total_cents: number;
}

describe('Aging', () => {
  let books: Books;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await openBooks();
    contractor = await aContractor(books);
    // Half an hour of daylight saving.
    await contractor.admin.patch('/org/settings', { time_zone: 'Australia/Lord_Howe' });
    await books.control.setPreferences(contractor.realmId, { MultiCurrencyEnabled: true });
    for (const [code, rate] of Object.entries(RATES)) {
      await books.control.listCurrency(contractor.realmId, code);
      await books.control.rateCurrency(contractor.realmId, code, rate, '2025-12-01');
    }
  });

  afterAll(async () => {
    await books?.[Symbol.asyncDispose]();
  });

  const aging = async (query: string) => {
    const answer = await contractor.admin.get(`/reports/aging?${query}`);
    expect(answer.status).toBe(200);
    return answer.body as { rows: Row[]; credits: Row[]; totals: (Row & { net_cents: number })[] };
  };

  /** What QuickBooks' own report says is open of each customer, in cents. */
  const inQuickBooks = async (asOf: string): Promise<Record<string, number>> => {
    const { app } = books.app;
    const token = await inOrganisation(contractor.orgId, async () => {
      const company = await app.get(ConnectionService).requireCompany(contractor.orgId);
      return app.get(TokenService).accessToken(company);
    });
    const url = `${books.qbo.url}/v3/company/${contractor.realmId}/reports/AgedReceivables?report_date=${asOf}`;
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    const report = (await answer.json()) as { Rows: { Row?: ReportRow[] } };
    const open: Record<string, number> = {};
    const walk = (rows: ReportRow[] = []): void => {
      for (const row of rows) {
        const [customer, ...money] = row.ColData ?? [];
        if (customer?.id) {
          const cents = Math.round(Number(money.at(-1)!.value || 0) * 100);
          if (cents !== 0) open[customer.id] = (open[customer.id] ?? 0) + cents;
        }
        walk(row.Rows?.Row);
      }
    };
    walk(report.Rows.Row);
    return open;
  };

  it(`of the whole company is, on any day, what QuickBooks says, after a random year (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
    const day = () => addDays('2026-01-01', Math.floor(random() * 360));
    const { control } = books;
    const { realmId } = contractor;
    const customers: string[] = [];
    const rates = new Map<string, object>();
    for (const [name, code] of [['Ann'], ['Bob'], ['Cem'], ['Dirk', 'EUR'], ['Emi', 'JPY']] as const) {
      const foreign = code === undefined ? {} : { CurrencyRef: { value: code } };
      const { Id } = await control.createCustomer(realmId, name, foreign);
      customers.push(Id);
      rates.set(Id, code === undefined ? {} : { ExchangeRate: RATES[code] });
    }
    const invoices: { id: string; customer: string }[] = [];
    const payments: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const customer = pick(customers);
      const local = pick(customers.slice(0, 3));
      const amount = 25 * (1 + Math.floor(random() * 40));
      const date = day();
      const kind = random();
      try {
        if (kind < 0.4 || invoices.length === 0) {
          const DueDate = addDays(date, Math.floor(random() * 60));
          const { Id } = await control.createInvoice(realmId, {
            customer_id: customer,
            amount,
            TxnDate: date,
            DueDate,
            ...rates.get(customer),
          });
          invoices.push({ id: Id, customer });
        } else if (kind < 0.65) {
          const paid = pick(invoices);
          const part = { amount, TxnDate: date, unapplied: random() < 0.2, ...rates.get(paid.customer) };
          payments.push((await control.receivePayment(realmId, paid.id, part)).Id);
        } else if (kind < 0.75) {
          const target = pick(invoices);
          const applied = random() < 0.5 ? { apply_to: target.id } : {};
          await control.creditMemo(realmId, {
            customer_id: target.customer,
            amount,
            TxnDate: date,
            ...applied,
            ...rates.get(target.customer),
          });
        } else if (kind < 0.82) {
          await control.journalEntry(realmId, { customer_id: local, amount, TxnDate: date });
        } else if (kind < 0.88) {
          await control.bankFeedDeposit(realmId, { customer_id: local, amount, TxnDate: date });
        } else if (kind < 0.92) {
          await control.voidInvoice(realmId, pick(invoices).id);
        } else if (kind < 0.96 && payments.length > 0) {
          await control.deletePayment(realmId, pick(payments));
        } else {
          await control.deleteInvoice(realmId, pick(invoices).id);
        }
      } catch {
        // what QuickBooks refuses did not happen
      }
      if (step === Math.floor(STEPS / 2)) await aging('scope=company'); // the rest comes by the change feed
    }
    await books.database.query(`update qbo_document_mirrors set looked_at = now() - interval '2 minutes'`);
    const currencies = new Set<string>();
    for (const asOf of DAYS) {
      const { rows, credits, totals } = await aging(`scope=company&as_of=${asOf}`);
      const ours: Record<string, number> = {};
      for (const { qbo_customer_id: id, currency, total_cents } of [...rows, ...credits]) {
        ours[id] = (ours[id] ?? 0) + atHome(currency, total_cents);
      }
      const open = Object.fromEntries(Object.entries(ours).filter(([, cents]) => cents !== 0));
      for (const { currency } of totals) currencies.add(currency);
      const theirs = await inQuickBooks(asOf);
      expect({ asOf, open }).toEqual({ asOf, open: theirs });
      const sum = Object.values(theirs).reduce((total, cents) => total + cents, 0);
      expect(totals.reduce((total, one) => total + atHome(one.currency, one.net_cents), 0)).toBe(sum);
    }
    expect([...currencies].toSorted()).toEqual(['EUR', 'JPY', 'USD']);
  });

  it('is kept, change by change, as it is worked out of all documents at once', async () => {
    const { database } = books;
    const kept = () =>
      database.query('select * from qbo_receivables where org_id = $1 order by type, qbo_id, party_id', [
        contractor.orgId,
      ]);
    const before = await kept();
    expect(before.length).toBeGreaterThan(STEPS / 3);
    await database.query('select refresh_qbo_receivables($1, $2, null)', [
      contractor.orgId,
      contractor.realmId,
    ]);
    expect(await kept()).toEqual(before);
  });

  it.each(['ours', 'company'])('by invoice comes in pages, and whole as a file (%s)', async (scope) => {
    const path = `scope=${scope}&as_of=2026-08-01&group=invoice`;
    const { totals } = await aging(`scope=${scope}&as_of=2026-08-01`);
    const rows: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { rows: Row[]; next_cursor: string | null } = (
        await contractor.admin.get(`/reports/aging?${path}&limit=3${cursor && `&cursor=${cursor}`}`)
      ).body;
      expect(page.rows.length).toBeLessThanOrEqual(3);
      rows.push(...page.rows);
      cursor = page.next_cursor;
    }
    for (const { currency, total_cents: total } of totals) {
      const own = rows.filter((row) => row.currency === currency);
      expect(own.reduce((sum, row) => sum + row.total_cents, 0)).toBe(total);
    }
    const csv: string = (await contractor.admin.get(`/reports/aging?${path}&format=csv`)).body;
    const owed = csv.split('\r\n').filter((line) => line !== '' && !line.includes(',credit,'));
    expect(owed).toHaveLength(rows.length + 1);
    expect((await contractor.admin.get(`/reports/aging?${path}&cursor=bm9wZQ`)).status).toBe(400);
    expect((await contractor.admin.get(`/reports/aging?${path}&limit=0`)).status).toBe(422);
  });

  it("explains foreign money that came before its invoice, which QuickBooks has at the invoice's rate", async () => {
    const { control } = books;
    const { realmId, admin } = contractor;
    const { Id: customer_id } = await control.createCustomer(realmId, 'Edith', {
      CurrencyRef: { value: 'EUR' },
    });
    const invoice = { customer_id, amount: 1_000, TxnDate: '2028-03-20', ExchangeRate: 1.1 };
    const { Id: invoiceId } = await control.createInvoice(realmId, invoice);
    const money = { amount: 1_200, TxnDate: '2028-03-02', ExchangeRate: 1.25 };
    const payment = await control.receivePayment(realmId, invoiceId, money);
    const { body } = await admin.post('/reports/aging/compare', { as_of: '2028-03-10' });
    const [item] = body.items as { unexplained_cents: number; reasons: { documents: object[] }[] }[];
    expect(item!.unexplained_cents).toBe(0);
    expect(item!.reasons.flatMap(({ documents }) => documents)).toContainEqual(
      expect.objectContaining({ qbo_type: 'Payment', qbo_id: payment.Id, cents: -135_000 }),
    );
  });

  it('takes the currency that is asked for in either case, as every list does', async () => {
    const both = await Promise.all(['eur', 'EUR'].map((code) => aging(`scope=company&currency=${code}`)));
    expect(both[0]).toEqual(both[1]);
    expect(both[0]!.totals.map(({ currency }) => currency)).toEqual(['EUR']);
    for (const list of ['invoices', 'proposals', 'reports/aging'])
      expect((await contractor.admin.get(`/${list}?currency=zzz`)).status).toBe(422);
  });

  describe("compared with QuickBooks' report", () => {
    interface Item {
      currency: string;
      ours_cents: number;
      quickbooks_cents: number;
      difference_cents: number;
      unexplained_cents: number;
      reasons: { reason: string; cents: number; documents: { qbo_id: string; qbo_url?: string }[] }[];
    }
    const TOTAL = 375_000; // the deposit
    const day = addDays(new Date().toISOString().slice(0, 10), -3);
    let another: Contractor;

    const compare = async (body?: object): Promise<Item> => {
      const answer = await another.admin.post('/reports/aging/compare', body);
      expect(answer.status).toBe(200);
      return answer.body.items[0] as Item;
    };

    beforeAll(async () => {
      const { orgId, admin } = await createOrg(books.app, 'Birch Builders');
      const { realm_id: realmId } = await books.control.createCompany({ name: 'Birch Builders' });
      await connect(books.app, admin, { realmId });
      another = { orgId, admin, realmId };
    });

    it('has every planted difference under its own reason, and nothing unexplained', async () => {
      const { control } = books;
      const { realmId } = another;
      const edited = await anInvoicedProposal(another);
      const backDated = await anInvoicedProposal(another);
      const voided = await anInvoicedProposal(another);
      const renamed = await anInvoicedProposal(another);
      const customers = new Map(
        (await control.records(realmId, 'Invoice')).map(({ Id, CustomerRef }) => [
          Id,
          (CustomerRef as { value: string }).value,
        ]),
      );
      const before = await compare();
      expect(before).toMatchObject({
        currency: 'USD',
        difference_cents: 0,
        unexplained_cents: 0,
        reasons: [],
      });
      expect(before.ours_cents).toBe(4 * TOTAL);

      const customer_id = customers.get(edited.invoiceId)!;
      await control.editInvoice(realmId, edited.invoiceId, { amount: 4_250 });
      const paid = { amount: 100, TxnDate: day };
      await control.receivePayment(realmId, backDated.invoiceId, paid);
      await control.voidInvoice(realmId, voided.invoiceId);
      await control.renameCustomer(realmId, customers.get(renamed.invoiceId)!, 'Ruiz & Daughters');
      const money = { customer_id, TxnDate: day };
      const journal = await control.journalEntry(realmId, { ...money, amount: 12.5 });
      const memo = await control.creditMemo(realmId, { ...money, amount: 7 });
      const other = await control.createInvoice(realmId, { ...money, amount: 250, DueDate: day });
      const unapplied = await control.receivePayment(realmId, other.Id, { ...paid, unapplied: true });

      const after = await compare();
      const reasons = after.reasons.map(({ reason, cents, documents }) => [
        reason,
        cents,
        documents.map(({ qbo_id }) => qbo_id),
      ]);
      expect(Object.fromEntries(reasons.map(([reason, ...rest]) => [reason, rest]))).toEqual({
        edited_in_quickbooks: [50_000, [edited.invoiceId]],
        back_dated_payment: [-10_000, [backDated.invoiceId]],
        void_or_delete: [-TOTAL, [voided.invoiceId]],
        renamed_customer: [0, [customers.get(renamed.invoiceId)]],
        journal_entry: [-1_250, [journal.Id]],
        credit_memo: [-700, [memo.Id]],
        not_ours: [25_000, [other.Id]],
        unapplied_payment: [-10_000, [unapplied.Id]],
      });
      expect(after.unexplained_cents).toBe(0);
      expect(after.reasons.reduce((sum, { cents }) => sum + cents, 0)).toBe(after.difference_cents);
      expect(after.quickbooks_cents - after.ours_cents).toBe(after.difference_cents);
    });

    it('has an invoice in the books of the company before under a reason of its own', async () => {
      const { proposalId } = await anInvoicedProposal(another);
      const before = await compare();
      const move = 'update invoices set qbo_realm_id = $1 where proposal_id = $2';
      await books.database.query(move, ['4620816365', proposalId]);
      const after = await compare();
      const cents = Object.fromEntries(after.reasons.map((one) => [one.reason, one.cents]));
      const known = Object.fromEntries(before.reasons.map((one) => [one.reason, one.cents]));
      expect(cents.other_company).toBe(-TOTAL);
      expect(cents.not_ours).toBe((known.not_ours ?? 0) + TOTAL);
      expect(after).toMatchObject({ unexplained_cents: 0, ours_cents: before.ours_cents });
      const elsewhere = after.reasons.find(({ reason }) => reason === 'other_company')!.documents;
      expect(elsewhere).toMatchObject([
        {
          proposal_id: proposalId,
          timeline: `/proposals/${proposalId}/timeline`,
          qbo_realm_id: '4620816365',
        },
      ]);
      await books.database.query(move, [another.realmId, proposalId]);
    });

    it('puts what no reason explains before a person, until a comparison explains it', async () => {
      const open = () => openItems(another.admin, 'aging_unexplained');
      const { database } = books;
      const mirrored = async (cents: number): Promise<void> => {
        const { orgId, realmId } = another;
        await database.query(
          `update qbo_subledger_entries set cents = cents + $1 where org_id = $2 and type = 'JournalEntry'`,
          [cents, orgId],
        );
        await database.query('select refresh_qbo_receivables($1, $2, null)', [orgId, realmId]);
      };
      await mirrored(5); // the mirror is wrong
      expect(await compare()).toMatchObject({ unexplained_cents: -5 });
      expect(await open()).toMatchObject([
        { reason: expect.stringContaining("are $0.05 less than the CRM's (of 1 customer), and") },
      ]);
      expect((await open())[0]!.next_step).toMatch(
        /^Compare the day again by POST \/reports\/aging\/compare \{"as_of": "[\d-]{10}"\}/,
      );
      await mirrored(-5);
      expect(await compare({})).toMatchObject({ unexplained_cents: 0 });
      expect(await open()).toEqual([]);
    });

    it('makes the statement of a customer, days sales outstanding and a forecast of the same invoices', async () => {
      const { admin, realmId } = another;
      const get = async (path: string) => (await admin.get(path)).body;
      const customerId = await aCustomer(another);
      const paid = await anInvoicedProposal(another, { customerId });
      const open = await anInvoicedProposal(another, { customerId });
      await books.control.receivePayment(realmId, paid.invoiceId);
      await admin.post(`/qbo/sync/invoice/${paid.proposalId}/check`);

      const statement = await get(`/customers/${customerId}/statement`);
      const inOrder = statement.rows.map(
        (row: { kind: string; balance_cents: number; proposal_id: number }) => [row.kind, row.balance_cents],
      );
      expect(inOrder).toEqual([
        ['invoice', TOTAL],
        ['invoice', 2 * TOTAL],
        ['payment', TOTAL],
      ]);
      const links = ({ timeline, qbo_url }: { timeline: string; qbo_url: string }) => [timeline, qbo_url];
      const linksOf = ({ proposalId, invoiceId }: typeof paid) => [
        `/proposals/${proposalId}/timeline`,
        `https://sandbox.qbo.intuit.com/app/login?pagereq=invoice?txnId=${invoiceId}&deeplinkcompanyid=${realmId}`,
      ];
      expect(statement.rows.map(links)).toEqual([linksOf(paid), linksOf(open), linksOf(paid)]);
      const later = await get(`/customers/${customerId}/statement?from=9999-01-01&to=9999-01-02`);
      expect(later.rows).toMatchObject([{ kind: 'opening', timeline: null, qbo_url: null }]);
      expect(statement.totals).toEqual([
        {
          currency: 'USD',
          opening_cents: 0,
          invoiced_cents: 2 * TOTAL,
          settled_cents: -TOTAL,
          closing_cents: TOTAL,
        },
      ]);
      const csv = await admin.get(`/customers/${customerId}/statement?format=csv`);
      expect(csv.body.split('\r\n')).toHaveLength(5);
      expect(csv.body.split('\r\n')[1].endsWith(`,${linksOf(paid).join(',')}`)).toBe(true);
      expect((await admin.get('/customers/999999/statement')).status).toBe(404);
      const turned = `/customers/${customerId}/statement?from=2026-02-01&to=2026-01-31`;
      expect((await admin.get(turned)).status).toBe(422);

      const { rows: invoices, weeks } = await get('/reports/cash-forecast?weeks=4');
      const numbers = invoices.map(({ proposal_id }: { proposal_id: number }) => proposal_id);
      expect(numbers).toContain(open.proposalId);
      expect(numbers).not.toContain(paid.proposalId);
      const { totals } = await get('/reports/aging');
      const expected = weeks.reduce(
        (sum: number, week: { expected_cents: number }) => sum + week.expected_cents,
        0,
      );
      expect(expected).toBe(totals[0].total_cents);
      const [dso] = (await get('/reports/dso')).rows;
      expect(dso.receivable_cents).toBe(totals[0].total_cents);
      expect(dso.dso_days).toBe(Math.round((dso.receivable_cents * 900) / dso.invoiced_cents) / 10);
    });

    it('says what it lacks where the chart of accounts may not be read, and how to have it read', async () => {
      const partly = await aContractor(books, 'Partly Read Roofing');
      const { realmId } = partly;
      const { Id: customer_id } = await books.control.createCustomer(realmId, 'Large Builder');
      await books.control.journalEntry(realmId, { customer_id, amount: 30 });
      await books.control.planFault({
        realm_id: realmId,
        operation: 'account.query',
        kind: '403',
        times: 99,
      });
      const { body } = await partly.admin.post('/reports/aging/compare', {});
      expect(body).toMatchObject({ unknown: ['journal_entry', 'bank_entry'] });
      expect(body.items).toMatchObject([{ unexplained_cents: -3_000 }]);
      const [question] = await openItems(partly.admin, 'aging_unexplained');
      expect(question!.next_step).toContain('have QuickBooks connected by somebody who may');
      await books.control.clearFaults();
    });

    it('says which day it does not know', async () => {
      const answer = await another.admin.post('/reports/aging/compare', { as_of: 'yesterday' });
      expect(answer.status).toBe(422);
    });
  });
});

interface ReportRow {
  ColData?: { id?: string; value: string }[];
  Rows?: { Row?: ReportRow[] };
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
