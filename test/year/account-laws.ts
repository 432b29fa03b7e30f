import { addDays } from '../../src/platform/time/calendar-day.js';
import type { Json } from '../support/people.js';
import { papersOf } from './day-book.js';
import { add, compare, type Difference, nonZero } from './difference.js';
import type { LineGround, Sale } from './papers.js';
import type { Moment, Year } from './year.js';

/** What a customer owes by their statement is, in each currency, what receivables by age have of that day. */
export async function statementLaw(year: Year, { day }: Moment): Promise<Difference[]> {
  const on = addDays(day, -year.random.between(0, 200));
  const { rows, credits } = await year.read(`/reports/aging?as_of=${on}`);
  const byAge = new Map<string, number>();
  const customers = [...new Set(year.diary.jobs.map(({ customerId }) => customerId))];
  for (const row of [...rows, ...credits] as Json[])
    if (customers.includes(row.customer_id))
      add(byAge, `${row.customer_id} in ${row.currency}`, row.total_cents);
  const closings = new Map<string, number>();
  for (const customerId of customers) {
    const { rows: lines, totals } = await year.read(`/customers/${customerId}/statement?to=${on}`);
    for (const { currency, closing_cents } of totals as Json[])
      add(closings, `${customerId} in ${currency}`, closing_cents);
    const listed = new Map<string, number>();
    for (const { currency, amount_cents } of lines as Json[]) add(listed, currency, amount_cents);
    const closed = new Map((totals as Json[]).map((one) => [one.currency as string, one.closing_cents]));
    const sums = compare(`rows on ${on}`, nonZero(listed), nonZero(closed));
    if (sums.length > 0) return sums;
  }
  return compare(`statement on ${on}`, nonZero(closings), nonZero(byAge));
}

/** What the exchange rate gained between each foreign invoice and its payments is so by the rates on both. */
export async function gainLaw(year: Year, { papers }: Moment): Promise<Difference[]> {
  const product = new Map<string, unknown>();
  const expected = new Map<string, unknown>();
  for (const job of year.diary.jobs) {
    if (job.currency === year.diary.home) continue;
    const { items } = await year.read(`/invoices?proposal_id=${job.proposalId}&limit=200`);
    for (const { qbo_invoice_id: id, realised_gain_cents: gain } of items as Json[])
      product.set(id, gain ?? 0);
    const { invoices, settled } = papersOf(year.diary, job, papers);
    for (const { id, rate } of invoices) {
      const paid = settled.filter((one) => one.invoice === id && one.by === 'money');
      const gain = paid.reduce((sum, one) => sum + Math.round(one.cents * (one.rate - rate)), 0);
      expected.set(id, gain);
    }
  }
  return compare('realised gain', product, expected);
}

/** What is expected of the open invoices of our jobs is what is open of them in the books. */
export async function forecastLaw(year: Year, { papers }: Moment): Promise<Difference[]> {
  const { weeks } = await year.read('/reports/cash-forecast');
  const expected = new Map<string, number>();
  for (const { currency, expected_cents } of weeks as Json[]) add(expected, currency, expected_cents);
  const open = new Map<string, number>();
  for (const job of year.diary.jobs)
    for (const { currency, openCents } of papersOf(year.diary, job, papers).invoices)
      add(open, currency, openCents);
  return compare('expected', nonZero(expected), nonZero(open));
}

/** What was billed of each job, and what remains of its value, follows from its documents. */
export async function standingLaw(year: Year, { papers }: Moment): Promise<Difference[]> {
  const product = new Map<string, unknown>();
  const expected = new Map<string, unknown>();
  for (const job of year.diary.jobs) {
    const { invoices, credits, ownCredits } = papersOf(year.diary, job, papers);
    const value = job.valueCents + job.changes.reduce((sum, { cents }) => sum + cents, 0);
    const credited = [...credits, ...ownCredits.map(({ cents, taxCents }) => ({ cents: cents - taxCents }))];
    const billed = invoicedCents(invoices, ['income']) - credited.reduce((sum, { cents }) => sum + cents, 0);
    const contract = await year.read(`/proposals/${job.proposalId}/contract`);
    const { value_cents, billed_cents, remaining_cents } = contract;
    product.set(String(job.proposalId), [value_cents, billed_cents, remaining_cents]);
    expected.set(String(job.proposalId), [value, billed, value - billed]);
  }
  return compare('value, billed and remaining', product, expected);
}

function invoicedCents(invoices: readonly Sale[], grounds: readonly LineGround[]): number {
  return invoices
    .flatMap(({ lines }) => lines)
    .reduce((sum, { ground, cents }) => (grounds.includes(ground) ? sum + cents : sum), 0);
}
