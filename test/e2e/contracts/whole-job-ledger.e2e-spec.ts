import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, aCustomer, type Contractor, eventsOf } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { ledgerChange, ledgerOf } from '../../support/ledger.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

/** Home units of one foreign unit: every amount below comes to whole cents by them. */
const RATES = { USD: 1, EUR: 1.08, JPY: 0.01 } as const;
type Currency = keyof typeof RATES;
const CURRENCIES = Object.keys(RATES) as Currency[];
const LINES = [
  { description: 'Tear-off', quantity: 1, unit_price_cents: 6_000_000 },
  { description: 'Shingles', quantity: 2, unit_price_cents: 2_500_000 },
  { description: 'Spring discount', quantity: 1, unit_price_cents: -1_000_000 },
];
const VALUE = 10_000_000;

describe.each(['income', 'liability'] as const)('The books of whole jobs, deposits as %s,', (mode) => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractor(books);
    const { realmId, admin } = contractor;
    await admin.patch('/org/settings', { deposit_mode: mode });
    await books.control.setPreferences(realmId, { MultiCurrencyEnabled: true });
    for (const code of ['EUR', 'JPY'] as const) {
      await books.control.listCurrency(realmId, code);
      const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
      await books.control.rateCurrency(realmId, code, RATES[code], yesterday);
    }
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const ledger = () => ledgerOf(books, contractor);
  const bill = async (id: number, number: number): Promise<Json> =>
    (await contractor.admin.post(`/proposals/${id}/contract/entries/${number}/bill`)).body.invoice;
  const count = async (id: number, event: string): Promise<number> =>
    (await eventsOf(contractor, id)).filter((one) => one === event).length;

  /** Pays what is due, waits until it is in the books, and gives a part of it back. */
  const payAndRefund = async (id: number, kind: string, refundCents: number): Promise<number> => {
    const seller = contractor.admin;
    const { body } = await seller.post('/payments/checkout_session', { proposal_id: id });
    expect(body.kind).toBe(kind);
    const before = await count(id, 'refund_recorded');
    await books.stripe.act('pay', { session: body.session_id });
    const payment = await eventually(async () => {
      const { items } = (await seller.get(`/payments?proposal_id=${id}`)).body as { items: Json[] };
      const newest = items.find(({ refunds }) => (refunds as Json[]).length === 0);
      expect(newest).toBeDefined();
      expect(await count(id, 'payment_recorded')).toBe(items.length);
      return newest!;
    });
    await seller.post(`/payments/${payment.id as number}/refund`, {
      amount_cents: refundCents,
      reason: 'Goodwill',
    });
    await eventually(async () => expect(await count(id, 'refund_recorded')).toBe(before + 1));
    return payment.amount_cents as number;
  };

  /** Answers what was paid, and what of it was given back of the work, and of the deposit. */
  const story = async (currency: Currency) => {
    const seller = contractor.admin;
    const customer_id = await aCustomer(contractor);
    const { body } = await seller.post('/proposals', { name: 'Roof', customer_id, currency, lines: LINES });
    const id = body.id as number;
    expect((await seller.post(`/proposals/${id}/approve`)).status).toBe(200);
    await seller.put(`/proposals/${id}/contract/schedule`, { entries: [{ kind: 'progress', percent: 40 }] });
    const deposit = await payAndRefund(id, 'deposit', 300_000);
    await bill(id, 2);
    const progress = await payAndRefund(id, 'progress', 400_000);
    await bill(id, 3);
    const final = await payAndRefund(id, 'final', 200_000);
    const contract = (await seller.get(`/proposals/${id}/contract`)).body;
    expect(contract).toMatchObject({ remaining_cents: 0, deposit_held_cents: 0 });
    expect((await seller.get(`/proposals/${id}`)).body).toMatchObject({ qbo_state: 'paid' });
    return { paid: deposit + progress + final, contract };
  };

  it('are to the cent what was billed, paid and given back, in dollars, euros and yen together', async () => {
    const before = await ledger();
    const stories = await Promise.all(CURRENCIES.map(story));
    const after = await ledger();
    const home = (centsOf: (index: number) => number): number =>
      CURRENCIES.reduce((sum, code, index) => sum + Math.round(centsOf(index) * RATES[code]), 0);
    const returned = 300_000 + 400_000 + 200_000;
    const ofIncome = mode === 'income' ? returned : returned - 300_000;
    expect(stories.map(({ paid }) => paid)).toEqual(
      CURRENCIES.map(() => (mode === 'income' ? VALUE : VALUE + 300_000)),
    );
    expect(ledgerChange(before, after)).toEqual({
      income: home(() => VALUE - ofIncome),
      deposits: 0,
      receivable: 0,
      tax: 0,
      cash: home((index) => stories[index]!.paid - returned),
    });
  });
});
