import type { CashForecast } from './cash-forecast.js';
import type { CashForecastView } from './collections.dto.js';

export function cashForecastView({
  today,
  forecast,
}: {
  today: string;
  forecast: CashForecast;
}): CashForecastView {
  return {
    today,
    weeks: forecast.weeks.map(({ from, to, currency, expectedCents }) => ({
      from,
      to,
      currency,
      expected_cents: expectedCents,
    })),
    rows: forecast.invoices.map(({ document, delayDays, expectedOn }) => ({
      invoice_id: document.invoiceId,
      proposal_id: document.proposalId,
      number: document.number,
      customer_id: document.customerId,
      customer_name: document.customerName,
      due_on: document.dueOn,
      delay_days: delayDays,
      expected_on: expectedOn,
      currency: document.currency,
      open_cents: document.openCents,
    })),
  };
}
