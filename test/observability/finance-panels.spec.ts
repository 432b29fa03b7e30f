import { describe, expect, it } from 'vitest';
import { dashboardCalled, panelsOf } from './boards.js';

/** What the finance panels have to be: titles, types, queries, units, thresholds and windows as they were asked for. */
describe('The finance panels', () => {
  const kpis = dashboardCalled('PeakPro CRM - KPIs');

  const facts = (id: number) => {
    const panel = kpis.panels.find((one) => one.id === id)!;
    const { unit, min, max, thresholds } = panel.fieldConfig!.defaults;
    return {
      title: panel.title,
      type: panel.type,
      exprs: panel.targets!.map((target) => target.expr),
      unit,
      range: [min, max],
      thresholds: thresholds.steps.map(({ color, value }) => [color, value]),
    };
  };

  it('7: invoices created, green to 10, yellow to 20, red above', () => {
    expect(facts(7)).toEqual({
      title: 'Invoices Created (24h)',
      type: 'stat',
      exprs: ['sum(increase(crm_invoices_generated_total[24h]))'],
      unit: 'short',
      range: [undefined, undefined],
      thresholds: [
        ['green', null],
        ['yellow', 10],
        ['red', 20],
      ],
    });
  });

  it('8: invoices paid, red to 5, yellow to 10, green above', () => {
    expect(facts(8)).toEqual({
      title: 'Invoices Paid (24h)',
      type: 'stat',
      exprs: ['sum(increase(crm_invoices_paid_total[24h]))'],
      unit: 'short',
      range: [undefined, undefined],
      thresholds: [
        ['red', null],
        ['yellow', 5],
        ['green', 10],
      ],
    });
  });

  it('9: revenue of seven days, in dollars', () => {
    expect(facts(9)).toMatchObject({
      title: 'Revenue (7 days)',
      type: 'timeseries',
      exprs: ['sum(increase(crm_portal_payment_amount_cents_sum{currency="USD"}[7d])) / 100'],
      unit: 'currencyUSD',
    });
  });

  it('15: revenue of seven days in each other currency, beside it', () => {
    expect(facts(15)).toMatchObject({
      title: 'What comes in in other currencies? (7 days)',
      type: 'timeseries',
      exprs: ['sum by (currency) (increase(crm_portal_payment_amount_cents_sum{currency!="USD"}[7d])) / 100'],
    });
  });

  it('10: payment rate of thirty days, a gauge from 0 to 100, red to 50, yellow to 80', () => {
    expect(facts(10)).toEqual({
      title: 'Invoice Payment Rate (30d)',
      type: 'gauge',
      exprs: [
        '100 * (sum(increase(crm_invoices_paid_total[30d])) / ' +
          'clamp_min(sum(increase(crm_invoices_generated_total[30d])), 1))',
      ],
      unit: 'percent',
      range: [0, 100],
      thresholds: [
        ['red', null],
        ['yellow', 50],
        ['green', 80],
      ],
    });
  });

  it('stand after six about health', () => {
    const ids = panelsOf(kpis).map((panel) => panel.id);
    expect(ids.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
