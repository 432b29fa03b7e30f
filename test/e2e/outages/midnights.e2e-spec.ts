import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { DatabaseMetricsService } from '../../../src/qbo-sync/diagnostics/database-metrics.service.js';
import { addDays, type CalendarDay, lastDayOf } from '../../../src/platform/time/calendar-day.js';
import { instantInZone } from '../../../src/platform/time/local-time.js';
import {
  aContractorWith,
  aCustomer,
  anApprovedProposal,
  type Contractor,
  eventsOf,
  pollCompany,
} from '../../support/books.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { metric } from '../../support/metrics.js';
import { type Json, signIn } from '../../support/people.js';
import {
  type BooksWithStripe,
  deliver,
  openCheckout,
  signatureOf,
  startBooksWithStripe,
} from '../../support/stripe.js';

const VALUE = 1_000_000;
const DEPOSIT = 300_000;
const REFUNDED = 20_000;
const LEFT_OUT = 50_000;
const EARNED = VALUE - LEFT_OUT - REFUNDED;
/** Of the final invoice. */
const OPEN = VALUE - DEPOSIT - LEFT_OUT;
const TERMS_DAYS = 30;

/** A job of one day: everything that can happen to it, some minutes before or after midnight. */
interface Job {
  proposalId: number;
  customerId: number;
}

describe('What happens beside midnight', () => {
  const clock = new FakeClock(new Date());
  let books: BooksWithStripe;

  beforeAll(async () => {
    books = await startBooksWithStripe({ QBO_RECORD_PAYMENTS: 'true' }, clock);
  });

  afterAll(() => books[Symbol.asyncDispose]());

  async function setClocks(instant: Date): Promise<void> {
    clock.set(instant);
    await books.control.setClock(instant);
  }

  const heard = new Set<string>();

  /** Stripe's events arrive, signed by the clock of this installation: the sandbox signs by the real one. */
  async function hearStripe(): Promise<void> {
    const ageSeconds = Math.round((Date.now() - clock.now().getTime()) / 1000);
    for (const event of await books.stripe.events()) {
      if (heard.has(event.id as string)) continue;
      heard.add(event.id as string);
      await deliver(books.app, event as object, signatureOf(JSON.stringify(event), { ageSeconds }));
    }
  }

  /** Waits for an event; what was put off meanwhile is due at once, as the clock stands. */
  async function happened(contractor: Contractor, proposalId: number, event: string): Promise<void> {
    await eventually(async () => {
      await hearStripe();
      await books.app.app.get(DueJobsService).enqueueAll();
      expect(await eventsOf(contractor, proposalId)).toContain(event);
    });
  }

  /** Approved, paid by card, refunded in part, complete, billed whole, and credited for what is left out. */
  async function aJobOf(day: CalendarDay, contractor: Contractor): Promise<Job> {
    const { admin } = contractor;
    const customerId = await aCustomer(contractor);
    const proposalId = await anApprovedProposal(contractor, { amountCents: VALUE, customerId });
    const path = `/proposals/${proposalId}`;
    const posted = async (route: string, body?: object): Promise<void> => {
      expect(await admin.post(`${path}${route}`, body)).toMatchObject({
        status: expect.toBeOneOf([200, 201]),
      });
    };
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session });
    await happened(contractor, proposalId, 'payment_recorded');
    const [payment] = (await admin.get(`/payments?proposal_id=${proposalId}`)).body.items as Json[];
    await admin.post(`/payments/${payment.id}/refund`, { amount_cents: REFUNDED, reason: 'Goodwill' });
    await happened(contractor, proposalId, 'refund_recorded');
    await posted('/complete', { completed_on: day });
    await posted('/contract/entries/2/bill');
    const lines = [{ description: 'Gutter left out', quantity: 1, unit_price_cents: -LEFT_OUT }];
    await posted('/change-orders', { description: 'No gutter', lines });
    await posted('/change-orders/1/approve', { reason: 'Agreed on site' });
    await eventually(async () => {
      await books.app.app.get(DueJobsService).enqueueAll();
      const memos = await books.control.records(contractor.realmId, 'CreditMemo');
      expect(memos.filter((memo) => memo.DocNumber === `CRM-${proposalId}-C1`)).toHaveLength(1);
    });
    return { proposalId, customerId };
  }

  /** What each report, asked for one day, has of a job, and of others. */
  async function daysOf({ admin, realmId }: Contractor, job: Job, day: CalendarDay): Promise<object> {
    const days = `from=${day}&to=${day}`;
    const { proposalId, customerId } = job;
    const documents = await Promise.all(
      (['Invoice', 'CreditMemo'] as const).map(async (type) => books.control.records(realmId, type)),
    );
    const ofJob = documents
      .flat()
      .filter(({ DocNumber }) => `${DocNumber as string}-`.startsWith(`CRM-${proposalId}-`));
    const earned = async (basis: string): Promise<unknown[]> => {
      const { rows } = (await admin.get(`/reports/revenue?by=proposal&basis=${basis}&${days}`)).body;
      return (rows as Json[]).map(({ proposal_id, earned_cents }) => [proposal_id, earned_cents]);
    };
    const unexplained = async (basis: string): Promise<number> => {
      const asked = { basis, from: day, to: day };
      return (await admin.post('/reports/revenue/compare', asked)).body.items[0].unexplained_cents as number;
    };
    const { items: paid } = (await admin.get(`/payments?${days}`)).body;
    const { items: invoices } = (await admin.get(`/invoices?proposal_id=${proposalId}`)).body;
    const { rows: statement } = (await admin.get(`/customers/${customerId}/statement?to=${day}`)).body;
    return {
      documents: ofJob.map(({ TxnDate }) => TxnDate),
      accrual: await earned('accrual'),
      cash: await earned('cash'),
      unexplained: [await unexplained('accrual'), await unexplained('cash')],
      paid: (paid as Json[]).map(({ proposal_id, net_cents }) => [proposal_id, net_cents]),
      invoices: (invoices as Json[]).map(({ txn_on, due_on }) => [txn_on, due_on]),
      statement: (statement as Json[]).map(({ on, amount_cents }) => [on, amount_cents]),
      completedOn: (await admin.get(`/proposals/${proposalId}/contract`)).body.completed_on as string,
    };
  }

  /** What they have where all of it is of this day. */
  function onlyOf({ proposalId }: Job, day: CalendarDay): object {
    const dates = [day, addDays(day, TERMS_DAYS)];
    return {
      documents: [day, day, day],
      accrual: [[proposalId, EARNED]],
      cash: [[proposalId, DEPOSIT - REFUNDED]],
      unexplained: [0, 0],
      paid: [[proposalId, DEPOSIT - REFUNDED]],
      invoices: [dates, dates],
      statement: [DEPOSIT, VALUE - DEPOSIT, -DEPOSIT, -LEFT_OUT].map((cents) => [day, cents]),
      completedOn: day,
    };
  }

  it.each([
    { name: 'in New York on the day its clocks go forward', zone: 'America/New_York', last: '2027-03-14' },
    { name: 'in New York at the end of a month', zone: 'America/New_York', last: '2027-10-31' },
    {
      name: 'in Berlin as the clocks go back on the last of a month',
      zone: 'Europe/Berlin',
      last: '2027-10-31',
    },
    { name: 'in Auckland on the day its clocks go back', zone: 'Pacific/Auckland', last: '2027-04-04' },
    { name: 'in Kolkata at the end of a month', zone: 'Asia/Kolkata', last: '2027-02-28' },
    {
      name: 'on Lord Howe, whose clocks go by half an hour',
      zone: 'Australia/Lord_Howe',
      last: '2027-10-03',
    },
  ])('is of one day in every report $name', async ({ zone, last }) => {
    const next = addDays(last, 1);
    const midnight = instantInZone(next, '00:00', zone);
    await setClocks(new Date(midnight.getTime() - 12 * 60_000));
    const contractor = await aContractorWith(books, `Beside midnight ${crypto.randomUUID()}`, {
      time_zone: zone,
      deposit_mode: 'income',
      terms_days: TERMS_DAYS,
    });
    const { realmId } = contractor;
    const month = last.slice(0, 7);
    const jobs = new Map<CalendarDay, Job>([[last, await aJobOf(last, contractor)]]);
    const early = await contractor.admin.post(`/periods/${month}/close`);
    expect(early).toMatchObject({ status: 409, body: { code: 'month_not_over' } });
    await setClocks(new Date(midnight.getTime() + 60_000));
    const admin = await signIn(books.app, contractor.admin.email);
    const now = { ...contractor, admin };
    jobs.set(next, await aJobOf(next, now));
    await pollCompany(books, now);
    await admin.get('/reports/aging?scope=company');

    for (const [day, job] of jobs) expect(await daysOf(now, job, day)).toEqual(onlyOf(job, day));
    const booked = async (type: 'Payment' | 'RefundReceipt'): Promise<string[]> =>
      (await books.control.records(realmId, type)).map(({ TxnDate }) => TxnDate as string).toSorted();
    expect(await booked('Payment')).toEqual([last, last, next, next]); // each a card's, and a credit memo's use
    expect(await booked('RefundReceipt')).toEqual([last, next]);

    const open = async (day: CalendarDay): Promise<Json> =>
      (await admin.get(`/reports/aging?as_of=${day}`)).body.totals[0];
    expect([await open(last), await open(next)].map(({ current_cents }) => current_cents)).toEqual([
      OPEN,
      2 * OPEN,
    ]);
    const dueOn = addDays(last, TERMS_DAYS);
    expect(await open(dueOn)).toMatchObject({ current_cents: 2 * OPEN, days_1_30_cents: 0 });
    expect(await open(addDays(dueOn, 1))).toMatchObject({ current_cents: OPEN, days_1_30_cents: OPEN });

    const isOver = last === lastDayOf(month);
    const months = (await admin.get(`/reports/revenue?by=month&from=${last}&to=${next}`)).body.rows as Json[];
    expect(months.map(({ key, earned_cents }) => [key, earned_cents])).toEqual(
      isOver
        ? [
            [month, EARNED],
            [next.slice(0, 7), EARNED],
          ]
        : [[month, 2 * EARNED]],
    );
    const labels = { org_id: contractor.orgId, period: 'month' };
    // Stripe's clock has gone on, and by ours, which stands, its last payment is to come yet.
    clock.advance({ minutes: 5 });
    // The dashboards' facts are read once in ten seconds.
    Object.assign(books.app.app.get(DatabaseMetricsService), { askedAt: Number.NEGATIVE_INFINITY });
    await eventually(async () =>
      expect(await metric(books.app, 'crm_period_payments', labels)).toBe(isOver ? 1 : 2),
    );
    const closed = await admin.post(`/periods/${month}/close`);
    expect([closed.status, closed.body.code]).toEqual(isOver ? [200, undefined] : [409, 'month_not_over']);
    const pack = isOver ? (await admin.get(`/periods/${month}/pack`)).body : null;
    expect(pack?.verified ?? null).toBe(isOver || null);
  });
});
