import { addDays, type CalendarDay } from '../../platform/time/calendar-day.js';
import type { OpenDocument } from '../aging/aging.js';
import type { DueInvoice } from '../aging/open-documents.repository.js';
import { sumIn } from '../../platform/money/money.js';

const DAYS_OF_WEEK = 7;

/** How many days after its due day one invoice was paid in full; below zero where it was before. */
export interface PaidDelay {
  customerId: number | null;
  days: number;
}

export interface ExpectedInvoice {
  invoice: DueInvoice;
  /** Days after the due day that are counted on: the customer's own median, else everybody's, else none. */
  delayDays: number;
  expectedOn: CalendarDay;
}

/** An open invoice, and when its money is expected. */
export interface DueDocument {
  document: OpenDocument;
  delayDays: number;
  expectedOn: CalendarDay;
}

export interface ExpectedWeek {
  from: CalendarDay;
  /** Null of the last: whatever comes later. */
  to: CalendarDay | null;
  currency: string;
  expectedCents: number;
}

export interface CashForecast {
  invoices: ExpectedInvoice[];
  weeks: ExpectedWeek[];
}

/**
 * When the money of open invoices is expected: their due day and the median delay of what the customer paid before,
 * never before today. Weeks of seven days from today on, and what comes after the last; each by currency. Pure.
 */
export function cashForecast(
  open: readonly DueInvoice[],
  paid: readonly PaidDelay[],
  today: CalendarDay,
  weeks: number,
): CashForecast {
  const byCustomer = Map.groupBy(paid, ({ customerId }) => customerId);
  const delays = new Map([...byCustomer].map(([customerId, own]) => [customerId, medianOf(own)]));
  const everybody = medianOf(paid) ?? 0;
  const invoices = open
    .filter(({ openCents }) => openCents > 0)
    .map((invoice): ExpectedInvoice => {
      const own = invoice.customerId === null ? null : delays.get(invoice.customerId);
      const delayDays = own ?? everybody;
      const due = addDays(invoice.dueOn, delayDays);
      return { invoice, delayDays, expectedOn: due < today ? today : due };
    })
    .toSorted(inOrder);
  const byCurrency = Map.groupBy(invoices, ({ invoice }) => invoice.currency);
  const currencies = [...byCurrency.keys()].toSorted();
  return {
    invoices,
    weeks: currencies.flatMap((currency) => weeksOf(currency, byCurrency.get(currency)!, today, weeks)),
  };
}

/** The earliest first; of a day by the invoice's id. */
function inOrder(one: ExpectedInvoice, other: ExpectedInvoice): number {
  if (one.expectedOn !== other.expectedOn) return one.expectedOn < other.expectedOn ? -1 : 1;
  return one.invoice.invoiceId - other.invoice.invoiceId;
}

function weeksOf(
  currency: string,
  invoices: readonly ExpectedInvoice[],
  today: CalendarDay,
  weeks: number,
): ExpectedWeek[] {
  return Array.from({ length: weeks + 1 }, (_, index): ExpectedWeek => {
    const from = addDays(today, index * DAYS_OF_WEEK);
    const to = index === weeks ? null : addDays(from, DAYS_OF_WEEK - 1);
    const expected = invoices.filter(
      ({ expectedOn }) => expectedOn >= from && (to === null || expectedOn <= to),
    );
    const expectedCents = sumIn(
      currency,
      expected.map(({ invoice }) => invoice),
      ({ openCents }) => openCents,
    );
    return { from, to, currency, expectedCents };
  });
}

/** The middle one; of an even number the later of the two in the middle, so that a forecast is rather too careful. */
function medianOf(paid: readonly PaidDelay[]): number | null {
  const days = paid.map((one) => one.days).toSorted((one, other) => one - other);
  return days[Math.floor(days.length / 2)] ?? null;
}
