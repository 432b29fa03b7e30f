import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractorWith, aCustomer, type Contractor, idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import type { Json } from '../../support/people.js';
import { type BooksWithStripe, startBooksWithStripe } from '../../support/stripe.js';

/** Proposals that were written into the database as approved: those of an older system, or of a script. */
describe('A proposal that was approved by SQL', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' });
    contractor = await aContractorWith(books, 'Acme Roofing', { record_payments: true });
  });

  afterAll(() => books[Symbol.asyncDispose]());

  const written = async (
    amountCents: number,
    deposit: { percent?: number; cents?: number | null } = {},
  ): Promise<number> => {
    const [row] = await books.database.query<{ id: number }>(
      `insert into leads (org_id, name, status, customer_id, amount_cents, approved_at, deposit_percent, deposit_cents)
       values ($1, 'Roof', 'approved', $2, $3, now(), $4, $5) returning id`,
      [contractor.orgId, await aCustomer(contractor), amountCents, deposit.percent, deposit.cents],
    );
    return row!.id;
  };
  const proposalOf = async (id: number): Promise<Json> =>
    (await contractor.admin.get(`/proposals/${id}`)).body;
  const contractOf = async (id: number): Promise<Json> =>
    (await contractor.admin.get(`/proposals/${id}/contract`)).body;
  const payOf = async (id: number, more: object = {}): Promise<void> => {
    const page = await contractor.admin.post('/payments/checkout_session', { proposal_id: id, ...more });
    await books.stripe.act('pay', { session: page.body.session_id });
    await eventually(async () => expect((await proposalOf(id)).deposit_paid_cents).toBeGreaterThan(0));
    await idle(books, contractor);
  };

  it('has its invoice once somebody asks for it', async () => {
    const id = await written(1_000_001);
    const asked = await Promise.all(
      Array.from({ length: 3 }, () => contractor.admin.post(`/qbo/invoice/${id}`)),
    );
    expect(asked.map(({ status, body }) => [status, body.amount_cents])).toEqual(
      asked.map(() => [200, 300_000]),
    );
    expect(asked.filter(({ body }) => body.status === 'created')).toHaveLength(1);
    expect(await contractOf(id)).toMatchObject({ value_cents: 1_000_001, deposit_percent: 30 });
  });

  it.each([
    { what: 'in cents alone', given: { cents: 250_000 }, deposit: 250_000, percent: 25 },
    { what: 'above the whole', given: { percent: 150 }, deposit: 1_000_000, percent: 100 },
    {
      what: 'in cents above the whole',
      given: { percent: 30, cents: 1_200_000 },
      deposit: 1_000_000,
      percent: 30,
    },
    { what: 'below nothing', given: { percent: -5 }, deposit: 100, percent: 0 },
  ])(
    'with a deposit $what is invoiced over what can be meant by that',
    async ({ given, deposit, percent }) => {
      const id = await written(1_000_000, given);
      const page = await contractor.admin.post('/payments/checkout_session', { proposal_id: id });
      expect(page).toMatchObject({ status: 200, body: { amount_cents: deposit } });
      const made = await contractor.admin.post(`/qbo/invoice/${id}`);
      expect(made).toMatchObject({ status: 200, body: { status: 'created', amount_cents: deposit } });
      expect(await contractOf(id)).toMatchObject({ value_cents: 1_000_000, deposit_percent: percent });
    },
  );

  it('has its invoice once its deposit is paid, and is billed to its end, by one line of its name', async () => {
    const id = await written(1_000_001);
    await payOf(id);
    expect(await proposalOf(id)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: 300_000 });
    await contractor.admin.post(`/proposals/${id}/complete`, { completed_on: '2026-01-02' });
    const billed = await contractor.admin.post(`/proposals/${id}/contract/entries/2/bill`);
    expect(billed).toMatchObject({ status: 200, body: { invoice: { total_cents: 700_001 } } });
    expect(billed.body.invoice.lines).toMatchObject([
      { kind: 'work', description: 'Roof', amount_cents: 1_000_001 },
      { kind: 'deposit', amount_cents: -300_000 },
    ]);
  });

  it.each([
    { cents: 450_000, deposit: 450_000 },
    { cents: null, deposit: 500_000 },
  ])(
    'with a deposit of its own, in cents $cents, is invoiced over that once it is paid',
    async ({ cents, deposit }) => {
      const id = await written(1_000_000, { percent: 50, cents });
      await payOf(id);
      expect(await proposalOf(id)).toMatchObject({ qbo_status: 'Paid', qbo_paid_cents: deposit });
      expect(await contractOf(id)).toMatchObject({
        value_cents: 1_000_000,
        deposit_percent: 50,
        billed_cents: deposit,
      });
    },
  );

  it('without an amount comes to what its customer paid the deposit of', async () => {
    const id = await written(0);
    expect((await contractor.admin.post(`/proposals/${id}/approve`)).status).toBe(200);
    await payOf(id, { amount_dollars: 1234.56 });
    expect(await proposalOf(id)).toMatchObject({
      amount_cents: 123_456,
      deposit_paid_cents: 37_037,
      qbo_status: 'Paid',
      qbo_total_cents: 37_037,
    });
    expect(await contractOf(id)).toMatchObject({
      value_cents: 123_456,
      billed_cents: 37_037,
      remaining_cents: 86_419,
    });
    expect((await contractor.admin.get(`/inbox?proposal_id=${id}`)).body.items).toEqual([]);
  });
});
