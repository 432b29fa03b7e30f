import { register } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayInZone, lastDayOf } from '../../src/platform/time/calendar-day.js';
import { aContractor, anApprovedProposal, anInvoicedProposal, type Contractor } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../support/stripe.js';
import { asked, dashboardCalled, dashboards, panelsOf, rules } from './boards.js';
import { LivePrometheus } from './live-prometheus.js';
import { programs } from './programs.js';

/**
 * A real Prometheus beside the live application and the sandbox, over a day of business in a few seconds.
 *
 * Why the panels can be held to SQL to the unit, although `increase()` extrapolates: it stretches the difference
 * between the first and the last sample over the gaps to both ends of its window. At the beginning there is nothing
 * to stretch, for a counter is never taken below 0 and ours are scraped at 0 before the business begins. At the end
 * there is nothing either where the query is asked for the very instant of the last scrape. That is what `lastScrape`
 * is for.
 */
describe.skipIf(!programs.prometheus)('The panels after a day of business', () => {
  let books: BooksWithStripe;
  let prometheus: LivePrometheus;
  let contractors: Contractor[];
  let lastScrape: number;

  const sql = async (query: string): Promise<number> => {
    const [row] = await books.database.query<{ value: string }>(query);
    return Number(row!.value);
  };
  const events = (event: string) =>
    sql(`select count(*) as value from portal_activity where event = '${event}'`);
  const panel = (id: number) => {
    const found = dashboardCalled('PeakPro CRM - KPIs').panels.find((one) => one.id === id)!;
    return prometheus.value(asked(found.targets![0]!.expr), lastScrape);
  };

  beforeAll(async () => {
    books = await startBooksWithStripe();
    contractors = [await aContractor(books), await aContractor(books, 'Bay Roofing')];
    await contractors[1]!.admin.patch('/org/settings', { revenue_policy: 'completion' });
    prometheus = await LivePrometheus.start(books.app.url);
    await eventually(async () => {
      const begun = await prometheus.query('crm_invoices_generated_total == 0');
      if (begun.length !== 2) throw new Error('The counters are not scraped at 0 yet');
    });
    await aDayOfBusiness();
    // Two scrapes that began after the last event, so that the values of the second are the final ones.
    const done = Date.now() / 1000;
    lastScrape = await eventually(async () => {
      const at = await prometheus.value('max(timestamp(crm_invoices_generated_total))');
      if (at === undefined || at <= done + 1) throw new Error('The end of the day is not scraped yet');
      return at;
    });
  });

  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]();
    await books?.[Symbol.asyncDispose]();
  });

  /** Both have three invoices made; the first has two of them paid, the second one, and one again after it bounced. */
  async function aDayOfBusiness(): Promise<void> {
    for (const contractor of contractors) {
      const { admin, realmId } = contractor;
      const check = (proposalId: number) => admin.post(`/qbo/sync/invoice/${proposalId}/check`);
      const first = await anInvoicedProposal(contractor);
      const second = await anInvoicedProposal(contractor, { amountCents: 333_333 });
      await anInvoicedProposal(contractor);
      const payment = await books.control.receivePayment(realmId, first.invoiceId);
      await check(first.proposalId);
      if (contractor === contractors[0]) {
        await books.control.receivePayment(realmId, second.invoiceId);
      } else {
        await books.control.deletePayment(realmId, payment.Id);
        await check(first.proposalId);
        await books.control.receivePayment(realmId, first.invoiceId);
        await check(first.proposalId);
      }
      await check(second.proposalId);
    }
    const deposit = await payDeposit(books, contractors[0]!.admin, await anApprovedProposal(contractors[0]!));
    await books.stripe.act('refund', { payment_intent: deposit.paymentIntentId, amount: 12_345 });
    const odd = await anApprovedProposal(contractors[1]!, { amountCents: 777_777 });
    await payDeposit(books, contractors[1]!.admin, odd);
    // The invoices of the two deposits are made by a job.
    await eventually(async () => {
      if ((await events('invoice_created')) !== 8) throw new Error('Not every invoice is made');
      const [refund] = await books.database.query(`select from refunds where state = 'succeeded'`);
      if (!refund) throw new Error('The refund is not known');
    });
  }

  it('7: show as many invoices created as SQL counts', async () => {
    expect(await panel(7)).toBe(await events('invoice_created'));
  });

  it('8: show as many invoices paid as SQL counts', async () => {
    expect(await events('invoice_paid')).toBe(4);
    expect(await panel(8)).toBe(4);
  });

  it('9: show the revenue that SQL adds up, to the cent', async () => {
    const cents = await sql('select sum(amount_cents) as value from payments');
    expect(cents).toBe(375_000 + 233_333);
    expect(await panel(9)).toBeCloseTo(cents / 100, 8);
  });

  it('10: show the share of invoices that SQL works out', async () => {
    const share = (100 * (await events('invoice_paid'))) / (await events('invoice_created'));
    expect(await panel(10)).toBeCloseTo(share, 10);
  });

  it('would be wrong by the query once asked for: a sum over time is no revenue', async () => {
    const wrong = await prometheus.value(
      'sum(sum_over_time(crm_portal_payment_amount_cents_sum[7d])) / 100',
      lastScrape,
    );
    expect(wrong).toBeGreaterThan(2 * 6_083.33);
  });

  it('show the invoices of each state, and what is owed on them, as SQL does', async () => {
    const rows = await books.database.query<{ state: string; count: string; owed: string }>(
      `select state, count(*) as count, sum(balance_cents) as owed
         from invoices where qbo_invoice_id is not null group by 1 order by 1`,
    );
    const money = panelsOf(dashboardCalled('Money'));
    const states = money.find((one) => one.title === 'How many invoices are in which state?')!;
    const owed = money.find((one) => one.title === 'How much is owed?')!;
    // What is read from the database is kept for ten seconds.
    await eventually(async () => {
      const shown = await prometheus.query(asked(states.targets![0]!.expr));
      expect(
        shown
          .map(({ metric, value }) => ({ state: metric.state, count: value[1] }))
          .toSorted((a, b) => a.state!.localeCompare(b.state!)),
      ).toEqual(rows.map(({ state, count }) => ({ state, count })));
      const total = rows.reduce((sum, row) => sum + Number(row.owed), 0);
      expect(await prometheus.value(asked(owed.targets![0]!.expr))).toBe(total / 100);
    });
  });

  it.each(dashboards)('of $title are all understood', async (board) => {
    const exprs = panelsOf(board).flatMap((one) => one.targets!.map((target) => asked(target.expr, '5s')));
    const answers = await Promise.all(exprs.map((expr) => prometheus.query(expr)));
    const silent = exprs.filter((_, index) => answers[index]!.length === 0);
    // Nothing failed, waited for a person or came as a webhook of QuickBooks; nothing is overdue; all is in dollars;
    // the costs are not read.
    expect(
      silent.filter((expr) => !/_errors_total|crm_inbox_open|webhooks|overdue|currency!=|margin/.test(expr)),
    ).toEqual([]);
  });

  it('are followed by rules that can all be worked out', async () => {
    await Promise.all(rules.map((rule) => prometheus.query(rule.expr)));
    await eventually(async () => expect(await prometheus.value('crm:inbox_open:sum')).toBe(0));
  });

  /** What a panel of a dashboard shows now: the sum over the series of each of its queries, to the hundredth. */
  const shownBy = async (board: string, title: string): Promise<number[]> => {
    const found = panelsOf(dashboardCalled(board)).find((one) => one.title === title)!;
    const answers = await Promise.all(found.targets!.map(({ expr }) => prometheus.query(asked(expr))));
    const sums = answers.map((series) => series.reduce((sum, { value }) => sum + Number(value[1]), 0));
    return sums.map((sum) => Math.round(sum * 100) / 100);
  };
  const dollars = async (query: string): Promise<number> => (await sql(query)) / 100;

  it('show what the database counts, also what no scrape saw before a restart', async () => {
    const last = contractors[1]!;
    await payDeposit(books, last.admin, await anApprovedProposal(last, { amountCents: 100_000 }));
    await eventually(async () => expect(await events('invoice_created')).toBe(9));
    register.resetMetrics(); // as a restart does
    const paid = await dollars('select sum(amount_cents) as value from payments');
    const refunded = await dollars('select sum(amount_cents) as value from refunds');
    const arrived = await dollars(
      `select sum(amount_cents) as value from invoice_payments where kind = 'payment' and removed_at is null`,
    );
    const [created, becamePaid] = [await events('invoice_created'), await events('invoice_paid')];
    expect([paid, refunded, becamePaid]).toEqual([6_383.33, 123.45, 4]);

    // What is read from the database is kept for ten seconds.
    await eventually(async () => {
      expect({
        payments: await shownBy('Money', 'How many payments came through the portal? (24h)'),
        paid: await shownBy('Money', 'What does the portal bring in? (7 days)'),
        paidAtEach: await shownBy('PeakPro CRM - KPIs', 'What did the portal bring each of them? (7 days)'),
        arrived: await shownBy('Money', 'What arrives on invoices in QuickBooks? (7 days)'),
        back: await shownBy('Money', 'What goes back to customers? (7 days)'),
        month: await shownBy('Money', 'What came in this month, and what went back?'),
        daily: await shownBy('Money', 'How many invoices are made and paid each day?'),
        created: await shownBy('PeakPro CRM - KPIs', 'How many invoices did they get? (24h)'),
        becamePaid: await shownBy('PeakPro CRM - KPIs', 'How many of their invoices were paid? (24h)'),
        share: (await shownBy('PeakPro CRM - KPIs', 'How many of a hundred are paid? (30d)')).map(Math.round),
      }).toEqual({
        payments: [3],
        paid: [paid],
        paidAtEach: [paid],
        arrived: [arrived],
        back: [refunded, 0],
        month: [Math.round(100 * (paid + refunded + arrived)) / 100],
        daily: [created, becamePaid],
        created: [created],
        becamePaid: [becamePaid],
        share: [Math.round((100 * becamePaid) / created)],
      });
    });
    // The negative control: the counters, which the requirements name, begin again.
    expect((await prometheus.value('sum(crm_portal_payments_total)')) ?? 0).toBe(0);
  });

  it('show the books as the reports and SQL do, also what no scrape saw before a restart', async () => {
    await books.database.query(
      `update invoices set due_on = current_date - 45
        where id = (select min(id) from invoices where state = 'open' and balance_cents > 0)`,
    );
    const totals = async (report: string) => {
      const answers = await Promise.all(contractors.map(({ admin }) => admin.get(`/reports/${report}`)));
      return answers.flatMap(({ body }) => body.totals as Record<string, number>[]);
    };
    const { time_zone } = (await contractors[0]!.admin.get('/org/settings')).body;
    const month = dayInZone(new Date(), time_zone as string).slice(0, 7);
    const [from, to] = [`${month}-01`, lastDayOf(month)];
    const closing = (await totals(`deferred-revenue?month=${month}`)).map((one) => one.closing_cents!);
    const margins = (await totals(`margin?from=${from}&to=${to}`)).map(
      (one) => one.revenue_cents! - one.cost_cents!,
    );
    register.resetMetrics(); // as a restart does
    const late = await dollars(
      `select sum(balance_cents) as value from invoices where due_on < current_date - 30 and balance_cents > 0`,
    );
    const owed = await dollars(`select sum(balance_cents) as value from invoices where balance_cents > 0`);
    const deferred = await dollars(
      `select sum(case kind when 'billed' then cents else -cents end) as value from revenue_events
        where kind in ('billed', 'earned', 'credited')`,
    );
    const sum = (cents: readonly number[]): number => cents.reduce((total, one) => total + one, 0) / 100;
    expect([late > 0, owed > late, deferred]).toEqual([true, true, sum(closing)]);
    const buckets = async () => {
      const money = panelsOf(dashboardCalled('Money'));
      const { targets } = money.find(({ title }) => title === 'How late is what is owed?')!;
      const series = await prometheus.query(asked(targets![0]!.expr));
      const shown = series.filter(({ value }) => Number(value[1]) !== 0);
      return Object.fromEntries(shown.map(({ metric, value }) => [metric.bucket, Number(value[1])]));
    };
    // What is read from the database is kept for ten seconds.
    await eventually(async () => {
      expect({
        buckets: await buckets(),
        deferred: await shownBy('Money', 'What is billed and not earned yet?'),
        margin: await shownBy('Money', 'What is left of this month after its costs?'),
      }).toEqual({
        buckets: { current: Math.round(100 * (owed - late)) / 100, days_31_60: late },
        deferred: [deferred],
        margin: [sum(margins)],
      });
    });
    // The negative control: a counter begins again.
    expect((await prometheus.value('sum(crm_portal_payments_total)')) ?? 0).toBe(0);
  });
});
