import { dayInZone } from '../../../src/platform/time/calendar-day.js';
import { randomUUID } from 'node:crypto';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PaymentPushService } from '../../../src/qbo-sync/push/payments/payment-push.service.js';
import { RefundPushService } from '../../../src/qbo-sync/push/payments/refunds/refund-push.service.js';
import { aContractor, aCustomer, type Contractor, idle, pollCompany } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openCodes, openItems } from '../../support/inbox.js';
import { askCompany } from '../../support/ledger.js';
import { metric } from '../../support/metrics.js';
import { aLink, openPage } from '../../support/portal.js';
import { payDeposit, startBooksWithStripe, type BooksWithStripe } from '../../support/stripe.js';

/** In the organisation's time zone: an invoice of today is not of tomorrow's rate. */
const TODAY = dayInZone(new Date(), 'America/Denver');
const refOf = (record: object, field: string) => (record as Record<string, { value: string }>)[field]?.value;
const textIn = (record: object, field: string) => (record as Record<string, string>)[field] ?? '';
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** By QuickBooks' profit and loss, which shows an exchange gain as an expense below zero; in cents. */
async function exchangeGainOf(contractor: Contractor): Promise<number> {
  const days = `start_date=${daysAgo(9)}&end_date=${daysAgo(-9)}`;
  const report = JSON.stringify(await askCompany(books, contractor, `reports/ProfitAndLoss?${days}`));
  const [, shown] = /"Exchange Gain or Loss"[^}]*\},\{"value":"(-?[\d.]+)"/.exec(report) ?? [];
  return Math.round(Number(shown) * -100);
}

let books: BooksWithStripe;

beforeAll(async () => {
  books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
});

afterAll(() => books[Symbol.asyncDispose]());

describe('A proposal in another currency than the home currency', () => {
  const draftIn = async (
    { admin }: Contractor,
    currency: string,
    customerId: number,
    amountCents = 1_000_000,
  ) => {
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: amountCents }];
    const body = { name: 'Roof', customer_id: customerId, currency, lines };
    const created = await admin.post('/proposals', body);
    expect([created.status, created.body.currency]).toEqual([201, currency]);
    return created.body.id as number;
  };
  const approve = async ({ admin }: Contractor, id: number) => {
    const { status, body } = await admin.post(`/proposals/${id}/approve`);
    return status === 200 ? 'approved' : `${status} ${body.code}`;
  };
  const rate = (contractor: Contractor, code: string, value: number, day = daysAgo(1)) =>
    books.control.rateCurrency(contractor.realmId, code, value, day);
  const severalCurrencies = async (...codes: string[]): Promise<Contractor> => {
    const contractor = await aContractor(books);
    await books.control.setPreferences(contractor.realmId, { MultiCurrencyEnabled: true });
    for (const code of codes) await books.control.listCurrency(contractor.realmId, code);
    return contractor;
  };
  const writes = async ({ realmId }: Contractor) =>
    (await books.control.records(realmId, 'Invoice')).length +
    (await books.control.records(realmId, 'Customer')).length;

  it('is refused until QuickBooks keeps the currency at a rate, and not charged once it does not', async () => {
    const contractor = await aContractor(books);
    const { realmId, admin } = contractor;
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    const before = await writes(contractor);
    expect((await admin.get('/qbo/currencies')).body).toMatchObject({
      home: 'USD',
      multi_currency: false,
      active: [{ code: 'USD', digits: 2 }],
    });
    expect(await approve(contractor, id)).toBe('409 currency_not_enabled');
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    expect(await approve(contractor, id)).toBe('409 currency_not_active');
    await books.control.listCurrency(realmId, 'EUR');
    expect(await approve(contractor, id)).toBe('409 no_exchange_rate');
    await rate(contractor, 'EUR', 1.09, daysAgo(12));
    expect(await approve(contractor, id)).toBe('409 no_exchange_rate');
    await rate(contractor, 'EUR', 1.0845);
    expect(await approve(contractor, id)).toBe('approved');
    expect(await writes(contractor)).toBe(before);

    await books.control.listCurrency(realmId, 'EUR', false);
    await books.database.query(
      `update company_books set read_at = now() - interval '2 minutes' where org_id = $1`,
      [contractor.orgId],
    );
    const { status, body } = await admin.post('/payments/checkout_session', { proposal_id: id });
    expect([status, body.code]).toEqual([409, 'currency_not_active']);
  });

  it('is not refused for what may be mended where QuickBooks is away, and goes by what spoke for it', async () => {
    const contractor = await aContractor(books);
    const { realmId, admin } = contractor;
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    expect(await approve(contractor, id)).toBe('409 currency_not_enabled');
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'EUR');
    await rate(contractor, 'EUR', 1.0845);
    await books.control.planFault({ kind: '500', operation: 'preferences.read', realm_id: realmId, rate: 1 });
    expect(await approve(contractor, id)).toMatch(/^503 qbo_/);
    expect((await admin.get(`/proposals/${id}`)).body.status).toBe('draft');
    await books.control.clearFaults();
    expect(await approve(contractor, id)).toBe('approved');

    await books.control.planFault({ kind: '500', operation: 'preferences.read', realm_id: realmId, rate: 1 });
    await books.database.query(
      `update company_books set read_at = now() - interval '2 minutes' where org_id = $1`,
      [contractor.orgId],
    );
    expect((await admin.post('/payments/checkout_session', { proposal_id: id })).status).toBe(200);
    await books.control.clearFaults();
  });

  it('is invoiced to a record of its own of the customer, at the rate of the day', async () => {
    const contractor = await severalCurrencies('EUR', 'JPY');
    const { realmId, admin } = contractor;
    await rate(contractor, 'EUR', 1.0845);
    await rate(contractor, 'JPY', 0.0067);
    const customerId = await aCustomer(contractor, {
      full_name: 'Maria Ruiz',
      email: 'maria.ruiz@example.com',
    });
    for (const [currency, totalCents, homeCents] of [
      ['USD', 300_000, null],
      ['EUR', 300_000, 325_350],
      ['JPY', 300_000, 2_010],
      ['EUR', 300_000, 325_350],
    ] as const) {
      const id = await draftIn(contractor, currency, customerId);
      expect(await approve(contractor, id)).toBe('approved');
      const invoiced = await admin.post(`/qbo/invoice/${id}`);
      expect(invoiced.body).toMatchObject({
        status: 'created',
        amount_cents: totalCents,
        amount_usd: currency === 'USD' ? totalCents / 100 : null,
      });
      const [row] = await books.database.query<{ rate: string | null; home: string | null }>(
        `select exchange_rate as rate, home_total_cents as home from invoices where org_id = $1 and proposal_id = $2`,
        [contractor.orgId, id],
      );
      expect(row!.home === null ? null : Number(row!.home)).toBe(homeCents);
    }
    const customers = (await books.control.records(realmId, 'Customer')).filter((one) =>
      textIn(one, 'DisplayName').startsWith('Maria Ruiz'),
    );
    const invoices = await books.control.records(realmId, 'Invoice');
    const ours = invoices.filter((one) => textIn(one, 'DocNumber').startsWith('CRM-'));
    const nameOf = (id: unknown) => customers.find((one) => one.Id === id)?.DisplayName;
    expect(
      ours.map((one) => [nameOf(refOf(one, 'CustomerRef')), refOf(one, 'CurrencyRef'), one.ExchangeRate]),
    ).toEqual([
      ['Maria Ruiz', 'USD', 1],
      ['Maria Ruiz (EUR)', 'EUR', 1.0845],
      ['Maria Ruiz (JPY)', 'JPY', 0.0067],
      ['Maria Ruiz (EUR)', 'EUR', 1.0845],
    ]);
    expect(customers).toHaveLength(3);
    // QuickBooks counts the home currency as we do.
    expect(await openItems(admin)).toEqual([]);
  });

  it('is no currency of an invoice that somebody links by SQL and that is in another: a person is asked', async () => {
    const contractor = await severalCurrencies('EUR');
    const { admin, orgId } = contractor;
    const made = async (code: string): Promise<string> => {
      const CurrencyRef = { value: code };
      const name = { DisplayName: `Ann in ${code}`, CurrencyRef };
      const { Customer } = await askCompany(books, contractor, 'customer', name);
      const SalesItemLineDetail = { ItemRef: { value: '1' }, TaxCodeRef: { value: 'NON' } };
      const { Invoice } = await askCompany(books, contractor, 'invoice', {
        CustomerRef: { value: Customer.Id },
        CurrencyRef,
        Line: [{ Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail }],
      });
      return Invoice.Id as string;
    };
    const id = await draftIn(contractor, 'USD', await aCustomer(contractor), 10_000);
    expect(await approve(contractor, id)).toBe('approved');
    const link = async (invoiceId: string): Promise<object[]> => {
      const statement = 'update leads set qbo_invoice_id = $3 where org_id = $1 and id = $2';
      await books.database.query(statement, [orgId, id, invoiceId]);
      expect((await admin.post(`/qbo/sync/invoice/${id}/check`)).body).toMatchObject({ ok: true });
      return (await admin.get(`/inbox?proposal_id=${id}`)).body.items;
    };
    const asked = [{ code: 'total_differs', reason: expect.stringMatching(/is in EUR in QuickBooks/) }];
    const inEuro = await made('EUR');
    expect(await link(inEuro)).toMatchObject(asked);
    const pay = async () => admin.post('/payments/checkout_session', { proposal_id: id });
    const refused = { status: 409, body: { code: 'invoice_in_other_currency' } };
    expect(await pay()).toMatchObject(refused);
    const { path } = await aLink(admin, id);
    const page = async () => (await openPage(books.app, path)).html;
    expect(await page()).toContain('Your invoice is being put right');

    // As one that was linked before anybody was asked about that: it is once it is read anew.
    await books.database.query(
      `update inbox_items set subject = 'of before', state = 'resolved', closed_at = now() where org_id = $1`,
      [orgId],
    );
    await books.control.receivePayment(contractor.realmId, inEuro, { amount: 10 });
    await pollCompany(books, contractor);
    expect((await admin.get(`/inbox?proposal_id=${id}`)).body.items).toMatchObject(asked);
    expect(await pay()).toMatchObject(refused);
    expect(await link(await made('USD'))).toEqual([]);
    expect((await pay()).status).toBe(200);
    expect(await page()).toContain('>Pay the remaining $30.00</button>');
  });

  it('has home value, receivable and gain by the rates of payments and invoice, as the ledger has them', async () => {
    const contractor = await severalCurrencies('EUR');
    const { realmId, admin, orgId } = contractor;
    await rate(contractor, 'EUR', 1.0845);
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    expect(await approve(contractor, id)).toBe('approved');
    const { qbo_invoice_id: invoiceId } = (await admin.post(`/qbo/invoice/${id}`)).body;
    const gain = async () => {
      await admin.post(`/qbo/sync/invoice/${id}/check`);
      const { items } = (await admin.get(`/invoices?proposal_id=${id}`)).body;
      const { body } = await admin.get(`/invoices/${items[0].id}`);
      return [body.paid_cents, body.realised_gain_cents];
    };
    const booked = () => exchangeGainOf(contractor);
    expect(await gain()).toEqual([0, 0]);
    await books.control.receivePayment(realmId, invoiceId, { amount: 1000, ExchangeRate: 1.2 });
    expect(await gain()).toEqual([100_000, 11_550]);
    const second = await books.control.receivePayment(realmId, invoiceId, {
      amount: 2000,
      ExchangeRate: 1.05,
    });
    expect(await gain()).toEqual([300_000, 4_650]);
    expect(await booked()).toBe(4_650);
    await books.control.voidPayment(realmId, second.Id);
    expect(await gain()).toEqual([100_000, 11_550]);
    expect(await booked()).toBe(11_550);

    const stands = async () => {
      await pollCompany(books, contractor);
      const { items } = (await admin.get(`/invoices?proposal_id=${id}`)).body;
      const { body } = await admin.get(`/invoices/${items[0].id}`);
      const [row] = await books.database.query<{ home: string }>(
        `select home_total_cents as home from invoices where org_id = $1 and proposal_id = $2`,
        [orgId, id],
      );
      const compared = await eventually(async () => {
        const answer = await admin.post('/reports/aging/compare', {});
        expect(answer.status).toBe(200);
        return answer.body.items[0];
      });
      const { ours_cents: owed, unexplained_cents: unexplained } = compared;
      expect(unexplained).toBe(0);
      return { home: Number(row!.home), owed, gain: body.realised_gain_cents };
    };
    const edit = (ExchangeRate: number) => books.control.editInvoice(realmId, invoiceId, { ExchangeRate });
    expect(await stands()).toEqual({ home: 325_350, owed: 216_900, gain: 11_550 });
    await edit(1.15);
    expect(await stands()).toEqual({ home: 345_000, owed: 230_000, gain: 5_000 });
    expect(await booked()).toBe(5_000);
    await books.control.receivePayment(realmId, invoiceId, { amount: 2000, ExchangeRate: 1.05 });
    expect(await stands()).toEqual({ home: 345_000, owed: 0, gain: -15_000 });
    expect(await booked()).toBe(-15_000);
    await edit(1.0845);
    expect(await stands()).toEqual({ home: 325_350, owed: 0, gain: 4_650 });
    expect(await booked()).toBe(4_650);
    expect(await openItems(admin)).toEqual([]);
  });

  it('that stands at another rate than was sent is no matter any more once it has that one', async () => {
    const contractor = await severalCurrencies('EUR');
    const { realmId, admin, orgId } = contractor;
    await rate(contractor, 'EUR', 1.0845);
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    expect(await approve(contractor, id)).toBe('approved');
    const { qbo_invoice_id: invoiceId } = (await admin.post(`/qbo/invoice/${id}`)).body;
    await books.database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, created_at, updated_at)
       select $1, 'invoice.total:' || i.id, 'total_differs', 'Another rate.', 'Compare it.', $2, now(), now()
         from invoices i where i.org_id = $1 and i.proposal_id = $2`,
      [orgId, id],
    );
    const after = async (ExchangeRate: number): Promise<string[]> => {
      await books.control.editInvoice(realmId, invoiceId, { ExchangeRate });
      await pollCompany(books, contractor);
      return await openCodes(admin);
    };
    expect(await after(1.1)).toEqual(['total_differs']);
    expect(await after(1.0845)).toEqual([]);
  });

  it('without a rate on the day of its invoice waits before a person, and goes on when there is one', async () => {
    const contractor = await severalCurrencies('EUR');
    const { realmId, admin, orgId } = contractor;
    await rate(contractor, 'EUR', 1.1);
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    expect(await approve(contractor, id)).toBe('approved');
    // As if the proposal had waited for weeks: what is known is old, and QuickBooks knows nothing newer.
    await books.database.query(`delete from exchange_rates where org_id = $1`, [orgId]);
    for (const one of await books.control.records(realmId, 'ExchangeRate'))
      await books.control.rateCurrency(realmId, 'EUR', 1, textIn(one, 'AsOfDate'));
    const refused = await admin.post(`/qbo/invoice/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'qbo_no_exchange_rate']);
    const inbox = await admin.get('/inbox');
    expect(inbox.body.items).toMatchObject([{ code: 'no_exchange_rate', proposal_id: id }]);
    expect(
      (await books.control.records(realmId, 'Invoice')).filter((one) => one.DocNumber === `CRM-${id}`),
    ).toEqual([]);
    await books.control.rateCurrency(realmId, 'EUR', 1.12, TODAY);
    await admin.post(`/inbox/${inbox.body.items[0].id}/retry`);
    const made = await eventually(async () => {
      const [invoice] = (await books.control.records(realmId, 'Invoice')).filter(
        (one) => one.DocNumber === `CRM-${id}-2`,
      );
      expect(invoice).toBeDefined();
      return invoice!;
    });
    expect(made).toMatchObject({ ExchangeRate: 1.12, HomeTotalAmt: 3360 });
  });

  it('that is paid in the books already is found there after a restore, whatever its rate is by then', async () => {
    const contractor = await severalCurrencies('EUR');
    const { realmId, admin, orgId } = contractor;
    await rate(contractor, 'EUR', 1.1);
    const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
    expect(await approve(contractor, id)).toBe('approved');
    await payDeposit(books, admin, id);
    const recorded = async () => {
      const [one] = await books.database.query<{ state: string; qboId: string | null }>(
        `select state, qbo_id as "qboId" from sync_operations where org_id = $1 and kind = 'payment.create'`,
        [orgId],
      );
      return one;
    };
    const { qboId } = await eventually(async () => {
      const one = await recorded();
      expect(one).toMatchObject({ state: 'done' });
      return one!;
    });
    // As in a backup from before it was recorded; and QuickBooks has no rate of the day any more.
    await books.database.query(`delete from exchange_rates where org_id = $1`, [orgId]);
    for (const one of await books.control.records(realmId, 'ExchangeRate'))
      await books.control.rateCurrency(realmId, 'EUR', 1, textIn(one, 'AsOfDate'));
    await books.database.query('update orgs set restored_at = now() where id = $1', [orgId]);
    await books.database.query(
      `update sync_operations
          set state = 'waiting', realm_id = null, qbo_id = null, first_sent_at = null, next_attempt_at = now(),
              request_id = 'pay-' || gen_random_uuid(), payload = payload - 'draft'
        where org_id = $1 and kind = 'payment.create'`,
      [orgId],
    );
    const payment = await books.database.query<{ id: number }>('select id from payments where org_id = $1', [
      orgId,
    ]);
    await books.app.app.get(PaymentPushService).push(orgId, payment[0]!.id);
    expect(await openItems(admin)).toEqual([]);
    expect(await recorded()).toEqual({ state: 'done', qboId });
    const notes = (await books.control.records(realmId, 'Payment')).map((one) => textIn(one, 'PrivateNote'));
    expect(notes.filter((note) => note.includes('Stripe'))).toHaveLength(1);
  });

  it.each([
    { kind: 'payment.create', lost: 'by a person who retries it' },
    { kind: 'refund.create', lost: 'by a person who retries it' },
    { kind: 'refund.create', lost: 'after a restore' },
  ])(
    'whose $kind is in the books is found there $lost, whatever its rate is by then',
    async ({ kind, lost }) => {
      const contractor = await severalCurrencies('EUR');
      const { realmId, admin, orgId } = contractor;
      await rate(contractor, 'EUR', 1.1);
      const id = await draftIn(contractor, 'EUR', await aCustomer(contractor));
      expect(await approve(contractor, id)).toBe('approved');
      const { paymentIntentId } = await payDeposit(books, admin, id);
      const doneOf = (one: string) =>
        eventually(async () => {
          const [row] = await books.database.query<{ state: string; qboId: string; paymentId: number }>(
            `select state, qbo_id as "qboId", entity_id as "paymentId" from sync_operations
            where org_id = $1 and kind = $2 order by generation desc limit 1`,
            [orgId, one],
          );
          expect(row).toMatchObject({ state: 'done' });
          return row!;
        });
      await doneOf('payment.create');
      await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 10_000 });
      const { paymentId } = await doneOf('refund.create');
      const { qboId } = await doneOf(kind);
      await idle(books, contractor);
      await books.database.query(`delete from exchange_rates where org_id = $1`, [orgId]);
      for (const one of await books.control.records(realmId, 'ExchangeRate'))
        await books.control.rateCurrency(realmId, 'EUR', 1, textIn(one, 'AsOfDate'));
      const isRestored = lost === 'after a restore';
      if (isRestored)
        await books.database.query('update orgs set restored_at = now() where id = $1', [orgId]);
      await books.database.query(
        `update sync_operations
          set state = $3, realm_id = case when $4 then null else realm_id end, qbo_id = null, first_sent_at = null,
              error_kind = 'uncertain', next_attempt_at = now(),
              attempts = case when $4 then 0 else attempts end,
              request_id = case when $4 then 'ref-' || gen_random_uuid() else request_id end
        where org_id = $1 and kind = $2`,
        [orgId, kind, isRestored ? 'waiting' : 'needs_person', isRestored],
      );
      if (kind === 'payment.create')
        await books.database.query(
          `insert into inbox_items (org_id, subject, code, reason, next_step, retry, created_at, updated_at)
           values ($1, $2, 'uncertain', 'Not known.', 'Look for it.', 'singly', now(), now())`,
          [orgId, `payment.create:${paymentId}`],
        );
      const before = await writes(contractor);
      if (kind === 'payment.create')
        await books.app.app.get(PaymentPushService).push(orgId, paymentId, { insist: true });
      else
        await books.app.app
          .get(RefundPushService)
          .push(orgId, paymentId, isRestored ? {} : { insist: 'uncertain' });
      expect(await openItems(admin)).toEqual([]);
      expect(await doneOf(kind)).toMatchObject({ qboId });
      expect(await writes(contractor)).toBe(before);
    },
  );

  it('is made out to a record that follows the CRM as the first does, with an item for each that cannot', async () => {
    const contractor = await severalCurrencies('EUR', 'JPY');
    const { realmId, admin, orgId } = contractor;
    await rate(contractor, 'EUR', 1.1);
    await rate(contractor, 'JPY', 0.0067);
    const facts = { full_name: 'Nina Berg', email: 'nina.berg@example.com' };
    const customerId = await aCustomer(contractor, facts);
    const invoiceIn = async (currency: string) => {
      const id = await draftIn(contractor, currency, customerId);
      expect(await approve(contractor, id)).toBe('approved');
      expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'created' });
    };
    for (const currency of ['USD', 'EUR', 'JPY']) await invoiceIn(currency);
    const made = (await books.control.records(realmId, 'Customer')).slice(-3);
    const shown = async () => {
      const all = await books.control.records(realmId, 'Customer');
      return made.map(({ Id }) => {
        const one = all.find((record) => record.Id === Id) as unknown as Record<
          string,
          Record<string, string>
        >;
        return [one.DisplayName, one.PrimaryEmailAddr?.Address, one.PrimaryPhone?.FreeFormNumber];
      });
    };
    const sync = async () => (await admin.post(`/qbo/sync/customer/${customerId}`)).body;
    const change = (changed: object) => admin.patch(`/customers/${customerId}`, changed);
    const callsMade = async () => (await books.control.calls(realmId)).total;
    await change({ full_name: 'Nina Dahl', email: 'nina.dahl@example.com', phone: '555-0142' });
    expect(await sync()).toMatchObject({ ok: true });
    const followed = (name: string) => [name, 'nina.dahl@example.com', '555-0142'];
    expect(await shown()).toEqual(['Nina Dahl', 'Nina Dahl (EUR)', 'Nina Dahl (JPY)'].map(followed));

    const before = await callsMade();
    expect(await sync()).toMatchObject({ ok: true });
    expect(await callsMade()).toBe(before);

    // The bookkeeper wrote a phone into one record, and another customer has the next name.
    await books.control.editCustomer(realmId, made[1]!.Id, { PrimaryPhone: { FreeFormNumber: '(49) 30 1' } });
    await books.control.createCustomer(realmId, 'Nina Eck (JPY)', {});
    await change({ full_name: 'Nina Eck' });
    await invoiceIn('EUR');
    const inEuro = ['Nina Eck (EUR)', 'nina.dahl@example.com', '(49) 30 1'];
    expect(await shown()).toEqual([followed('Nina Dahl'), inEuro, followed('Nina Dahl (JPY)')]);
    expect(await sync()).toMatchObject({ ok: true });
    const inYen = followed(`Nina Eck (JPY) (CRM-${customerId})`);
    expect(await shown()).toEqual([followed('Nina Eck'), inEuro, inYen]);
    expect(await openItems(admin)).toEqual([]);

    // Records that are not there any more: a change of one does not close the item of another.
    const idOf = { EUR: made[1]!.Id, JPY: made[2]!.Id };
    const link = (currency: string, id: string) =>
      books.database.query(
        `update customer_currency_links set qbo_customer_id = $3
          where org_id = $1 and customer_id = $2 and currency = $4`,
        [orgId, customerId, id, currency],
      );
    const items = () => openItems(admin);
    const named = async () => (await items()).map(({ reason }) => reason.replace(/:.*/s, '')).toSorted();
    const names = async () => (await shown()).map(([name]) => name);
    await link('EUR', '999001');
    await link('JPY', '999002');
    await change({ full_name: 'Nina Holm' });
    expect(await sync()).toMatchObject({ ok: false });
    const ofEuro = 'The change of customer Nina Holm in EUR';
    expect(await named()).toEqual([ofEuro, 'The change of customer Nina Holm in JPY']);

    await link('JPY', idOf.JPY);
    expect(await sync()).toMatchObject({ ok: false });
    expect((await names())[2]).toBe('Nina Holm (JPY)');
    expect(await named()).toEqual([ofEuro]);

    await link('EUR', idOf.EUR);
    const [item] = await items();
    expect((await admin.post(`/inbox/${item!.id}/retry`)).body).toMatchObject({ state: 'resolved' });
    expect((await names())[1]).toBe('Nina Holm (EUR)');
    expect(await items()).toEqual([]);

    // A name that is taken with and without our suffix.
    for (const name of ['Nina Lund (EUR)', `Nina Lund (EUR) (CRM-${customerId})`])
      await books.control.createCustomer(realmId, name);
    await change({ full_name: 'Nina Lund' });
    expect(await sync()).toMatchObject({ ok: false });
    expect(await items()).toMatchObject([
      { code: 'duplicate_name', customer_id: customerId, reason: expect.stringContaining('in EUR') },
    ]);
  });

  it('of a customer that ten proposals ask for at once has one record', async () => {
    const contractor = await severalCurrencies('EUR');
    await rate(contractor, 'EUR', 1.1);
    const customerId = await aCustomer(contractor, { full_name: 'Race Rivers' });
    const ids = await Promise.all(Array.from({ length: 10 }, () => draftIn(contractor, 'EUR', customerId)));
    for (const id of ids) expect(await approve(contractor, id)).toBe('approved');
    await Promise.all(ids.map((id) => contractor.admin.post(`/qbo/invoice/${id}`)));
    await eventually(async () => {
      const invoices = await books.control.records(contractor.realmId, 'Invoice');
      expect(invoices.filter((one) => refOf(one, 'CurrencyRef') === 'EUR')).toHaveLength(10);
    });
    const customers = await books.control.records(contractor.realmId, 'Customer');
    expect(customers.filter((one) => textIn(one, 'DisplayName').startsWith('Race Rivers'))).toHaveLength(1);
  });
});

describe('A connected company', () => {
  it('is looked at before its books are written to, by whoever keeps them, and the reads are counted', async () => {
    const { admin, realmId, orgId } = await aContractor(books);
    expect((await admin.get('/qbo/preflight')).body).toEqual({ checked_at: null, reads: 0, checks: [] });
    await books.control.setPreferences(realmId, { CustomTxnNumbers: false, MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'CAD');
    const before = (await books.control.calls(realmId)).metered;
    const looked = await admin.post('/qbo/preflight');
    expect(looked.status).toBe(200);
    const byCode = new Map(looked.body.checks.map((check: { code: string }) => [check.code, check]));
    expect(byCode.get('document_numbers')).toMatchObject({ ok: false, severity: 'warn' });
    expect(byCode.get('currencies')).toMatchObject({ ok: true, found: 'USD; also CAD' });
    expect(byCode.get('deposit_mode')).toMatchObject({ ok: false, severity: 'info' });
    expect(looked.body.reads).toBe(7);
    expect((await books.control.calls(realmId)).metered).toBe(before + 7);
    expect((await admin.get('/qbo/preflight')).body).toEqual(looked.body);
    expect((await admin.get('/qbo/currencies')).body).toMatchObject({
      active: [
        { code: 'USD', digits: 2 },
        { code: 'CAD', digits: 2 },
      ],
    });
    await admin.post('/qbo/disconnect');
    expect((await admin.get('/qbo/preflight')).body.checked_at).toBeNull();
    expect((await admin.post('/qbo/preflight')).body.code).toBe('qbo_not_connected');
    expect(orgId).toBeGreaterThan(0);
  });

  it('is not looked at while its invoices are compared, so that a comparison makes its own calls alone', async () => {
    const { admin, realmId, orgId } = await aContractor(books);
    const isDue = () => books.app.app.get(DueJobsService).enqueueDue('preflights');
    const checkedAt = async () => (await admin.get('/qbo/preflight')).body.checked_at as string | null;
    await books.database.query(
      `insert into invoice_compares (id, org_id, realm_id, reason, status, next_run_at, created_at, started_at)
       values ($1, $2, $3, 'asked', 'running', now() + interval '1 day', now(), now())`,
      [randomUUID(), orgId, realmId],
    );
    const ended = (ago: string) =>
      books.database.query(
        `update invoice_compares set status = 'done', finished_at = now() - $2::interval where org_id = $1`,
        [orgId, ago],
      );
    // Those of other stories were connected just now, so that they are not due themselves.
    await books.database.query(
      `update qbo_tokens set connected_at = now() - case org_id when $1 then interval '1 minute' else '0' end`,
      [orgId],
    );
    expect(await isDue()).toBe(0);
    await ended('1 second');
    expect(await isDue()).toBe(0);
    expect(await checkedAt()).toBeNull();
    await ended('11 seconds');
    await isDue();
    await eventually(async () => expect(await checkedAt()).not.toBeNull());
  });
});

describe('A deposit in euro, in books kept in dollars,', () => {
  it('is invoiced, paid and refunded at the rate of each day, and counted in euro alone', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId, orgId } = contractor;
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'EUR');
    await books.control.rateCurrency(realmId, 'EUR', 1.1, daysAgo(1));
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const draft = { name: 'Roof', customer_id: await aCustomer(contractor), currency: 'EUR', lines };
    const proposalId = (await admin.post('/proposals', draft)).body.id as number;
    expect((await admin.post(`/proposals/${proposalId}/approve`)).status).toBe(200);
    const { paymentIntentId } = await payDeposit(books, admin, proposalId);
    const [session] = await books.database.query<{ request: { adaptive_pricing: object } }>(
      'select request from checkout_sessions where org_id = $1',
      [orgId],
    );
    expect(session!.request.adaptive_pricing).toEqual({ enabled: false });
    const [payment] = await eventually(async () => {
      const all = await books.control.records(realmId, 'Payment');
      expect(all.filter((one) => one.ExchangeRate === 1.1)).toHaveLength(1);
      return all.filter((one) => one.ExchangeRate === 1.1);
    });
    expect(payment).toMatchObject({ TotalAmt: 3000, HomeTotalAmt: 3300, CurrencyRef: { value: 'EUR' } });
    await eventually(async () =>
      expect(
        await metric(books.app, 'crm_invoice_payments_cents_total', { org_id: orgId, currency: 'EUR' }),
      ).toBe(300_000),
    );
    await books.stripe.act('refund', { payment_intent: paymentIntentId, amount: 50_000 });
    const [receipt] = await eventually(async () => {
      const all = await books.control.records(realmId, 'RefundReceipt');
      expect(all).toHaveLength(1);
      return all;
    });
    expect(receipt).toMatchObject({ TotalAmt: 500, ExchangeRate: 1.1, CurrencyRef: { value: 'EUR' } });
    const counted = (name: string, currency: string) => metric(books.app, name, { org_id: orgId, currency });
    expect(await counted('crm_portal_payment_amount_cents_sum', 'EUR')).toBe(300_000);
    expect(await counted('crm_portal_refunds_cents_total', 'EUR')).toBe(50_000);
    for (const name of ['crm_portal_payment_amount_cents_sum', 'crm_portal_refunds_cents_total'])
      expect(await counted(name, 'USD')).toBe(0);
    const text = await (await fetch(`${books.app.url}/metrics`)).text();
    expect(text).toContain(`crm_portal_disputes_lost_cents_total{org_id="${orgId}",currency="USD"} 0`);
  });

  it('is disputed in euro alone: what is lost is no money, and what is won stays', async () => {
    const contractor = await aContractor(books);
    const { admin, realmId } = contractor;
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    await books.control.listCurrency(realmId, 'EUR');
    await books.control.rateCurrency(realmId, 'EUR', 1.1, daysAgo(1));
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const draft = { name: 'Roof', customer_id: await aCustomer(contractor), currency: 'EUR', lines };
    const proposalId = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${proposalId}/approve`);
    const { paymentIntentId: payment_intent } = await payDeposit(books, admin, proposalId);
    await eventually(async () => {
      const { items } = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body;
      expect(items).toMatchObject([{ state: 'paid' }]);
    });
    const receivedIn = async (): Promise<[string, number][]> => {
      const { body } = await admin.get(
        '/reports/revenue?from=2020-01-01&to=2099-12-31&basis=cash&by=proposal',
      );
      const rows = body.rows as { currency: string; earned_cents: number }[];
      return rows.map(({ currency, earned_cents }) => [currency, earned_cents]);
    };
    const fallsOut = async (amount: number, status: 'won' | 'lost') => {
      const { id } = await books.stripe.act('dispute', { payment_intent, amount });
      await books.stripe.act('close-dispute', { dispute: id, status });
      await eventually(async () => {
        const { disputes } = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items[0];
        expect(disputes).toContainEqual(expect.objectContaining({ amount_cents: amount, state: status }));
      });
    };
    await fallsOut(100_000, 'lost');
    expect(await receivedIn()).toEqual([['EUR', 200_000]]);
    const items = await openItems(admin);
    expect(items).toMatchObject([{ code: 'dispute_lost', reason: expect.stringContaining('€1,000.00') }]);
    await fallsOut(50_000, 'won');
    expect(await receivedIn()).toEqual([['EUR', 200_000]]);
    expect((await admin.get(`/proposals/${proposalId}/margin`)).body).toMatchObject({
      currency: 'EUR',
      revenue_cents: 300_000,
      fees_cents: null,
      margin_cents: 300_000,
    });
  });

  it.each([
    { currency: 'EUR', at: 1.05, now: 1.1, gain: 15_000 },
    { currency: 'JPY', at: 0.0071, now: 0.0067, gain: -120 },
  ])(
    'in $currency has the gain of the rate at which the CRM books the payment, as the ledger has it',
    async (one) => {
      const contractor = await aContractor(books);
      const { admin, realmId } = contractor;
      await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
      await books.control.listCurrency(realmId, one.currency);
      await books.control.rateCurrency(realmId, one.currency, one.now, daysAgo(1));
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
      const draft = { name: 'Roof', customer_id: await aCustomer(contractor), currency: one.currency, lines };
      const proposalId = (await admin.post('/proposals', draft)).body.id as number;
      await admin.post(`/proposals/${proposalId}/approve`);
      const { qbo_invoice_id: invoiceId } = (await admin.post(`/qbo/invoice/${proposalId}`)).body;
      await books.control.editInvoice(realmId, invoiceId, { ExchangeRate: one.at });
      await admin.post(`/qbo/sync/invoice/${proposalId}/check`);
      await payDeposit(books, admin, proposalId);
      await eventually(async () => {
        const { items } = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body;
        expect(items).toMatchObject([{ state: 'paid', realised_gain_cents: one.gain }]);
      });
      expect(await exchangeGainOf(contractor)).toBe(one.gain);
    },
  );

  it.each([
    { currency: 'EUR', rate: 1.0333, day: 1.1, home: 3_099.9 },
    { currency: 'JPY', rate: 0.0071, day: 0.0067, home: 21.3 },
  ])(
    'is recorded at the rate at which Stripe settled it: $currency',
    async ({ currency, rate, day, home }) => {
      const contractor = await aContractor(books);
      const { admin, realmId } = contractor;
      await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
      await books.control.listCurrency(realmId, currency);
      await books.control.rateCurrency(realmId, currency, day, daysAgo(1));
      const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
      const draft = { name: 'Roof', customer_id: await aCustomer(contractor), currency, lines };
      const proposalId = (await admin.post('/proposals', draft)).body.id as number;
      await admin.post(`/proposals/${proposalId}/approve`);
      await books.stripe.configureBalance({
        settlement_currencies: ['usd'],
        exchange_rates: { [currency.toLowerCase()]: rate },
      });
      await payDeposit(books, admin, proposalId);
      await books.stripe.configureBalance({
        settlement_currencies: ['usd', 'eur', 'jpy'],
        exchange_rates: {},
      });
      const payment = await eventually(async () => {
        const all = await books.control.records(realmId, 'Payment');
        const [ours] = all.filter((one) => refOf(one, 'CurrencyRef') === currency);
        expect(ours).toBeDefined();
        return ours!;
      });
      expect(payment).toMatchObject({ TotalAmt: 3_000, HomeTotalAmt: home, ExchangeRate: rate });
      const gain = Math.round((home - 3_000 * day) * 100);
      await eventually(async () => {
        const { items } = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body;
        expect(items).toMatchObject([{ state: 'paid', realised_gain_cents: gain }]);
      });
      expect(await exchangeGainOf(contractor)).toBe(gain);
    },
  );
});

describe('The tax of an invoice', () => {
  beforeAll(() => books.control.patchSwitches({ salesTaxPercent: 8.25 }));

  interface Made {
    Id: string;
    TotalAmt: number;
    TxnTaxDetail: { TotalTax: number };
    Line: { DetailType: string; SalesItemLineDetail?: { TaxCodeRef?: { value: string } } }[];
  }
  /** Bills deposit and final entry of an approved contract over 10,000.00 and answers both as the books have them. */
  const billed = async (contractor: Contractor): Promise<[Made, Made, number]> => {
    const { admin, realmId } = contractor;
    const lines = [{ description: 'Roof', quantity: 1, unit_price_cents: 1_000_000 }];
    const draft = { name: 'Roof', customer_id: await aCustomer(contractor), lines };
    const id = (await admin.post('/proposals', draft)).body.id as number;
    await admin.post(`/proposals/${id}/approve`);
    expect((await admin.post(`/qbo/invoice/${id}`)).body).toMatchObject({ status: 'created' });
    expect((await admin.post(`/proposals/${id}/contract/entries/2/bill`)).body).toMatchObject({
      status: 'created',
    });
    const made = await books.control.records(realmId, 'Invoice');
    const named = (number: string) => made.find((one) => one.DocNumber === number) as unknown as Made;
    return [named(`CRM-${id}`), named(`CRM-${id}-F`), id];
  };
  const codesOf = ({ Line }: Made) =>
    Line.flatMap(({ SalesItemLineDetail }) => SalesItemLineDetail?.TaxCodeRef?.value ?? []);
  const inboxOf = ({ admin }: Contractor) => openCodes(admin);

  it('is none unless it is wanted, and else counted by QuickBooks on the work alone, accepted and kept', async () => {
    const contractor = await aContractor(books);
    const [deposit, final] = await billed(contractor);
    expect([codesOf(deposit), codesOf(final)]).toEqual([['NON'], ['NON', 'NON']]);
    expect([deposit.TotalAmt, final.TotalAmt]).toEqual([3000, 7000]);
    expect(await inboxOf(contractor)).toEqual([]);

    await contractor.admin.patch('/org/settings', { tax_mode: 'qbo' });
    const [untaxed, taxed, id] = await billed(contractor);
    expect([codesOf(untaxed), codesOf(taxed)]).toEqual([['NON'], ['TAX', 'NON']]);
    expect(untaxed.TotalAmt).toBe(3000);
    const tax = taxed.TxnTaxDetail.TotalTax;
    expect([tax, taxed.TotalAmt]).toEqual([825, 7825]);
    const { items } = (await contractor.admin.get(`/invoices?proposal_id=${id}&sort=id`)).body;
    const shown = (items as { tax_cents: number }[]).map(({ tax_cents }) => tax_cents);
    expect(shown).toEqual([0, Math.round(tax * 100)]);
    expect(await inboxOf(contractor)).toEqual([]);
  });

  it('is before a person where QuickBooks counts otherwise, until it is corrected, changed or void', async () => {
    const contractor = await aContractor(books);
    await contractor.admin.patch('/org/settings', { tax_mode: 'ours', tax_percent: 3.33 });
    const [, final] = await billed(contractor);
    expect(await inboxOf(contractor)).toEqual(['total_differs']);
    const edit = async (amount: number): Promise<void> => {
      await books.control.editInvoice(contractor.realmId, final.Id, { amount });
      await pollCompany(books, contractor);
    };
    const reasons = async () => (await openItems(contractor.admin)).map(({ reason }) => reason);
    const [differs] = await reasons();
    const sent = /instead of \$(.*)\.$/.exec(differs!)![1]!;
    await edit(6_500);
    expect(await inboxOf(contractor)).toEqual(['invoice_drift']);
    expect(await reasons()).toEqual([expect.stringContaining(`$6,500.00 there instead of $${sent}`)]);
    await edit(Number(sent.replace(',', '')));
    expect(await inboxOf(contractor)).toEqual([]);

    const [, other] = await billed(contractor);
    expect(await inboxOf(contractor)).toEqual(['total_differs']);
    await books.control.voidInvoice(contractor.realmId, other.Id);
    await pollCompany(books, contractor);
    expect(await inboxOf(contractor)).toEqual([]);
  });
});
