import type { Merchant, Merchants } from '../stripe/merchants.ts';
import { decimalsOf } from '../stripe/amount-limits.ts';
import { type Html, html } from './html.ts';
import { postButton, table } from './table.ts';

const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

function amount(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return `${(minor / 10 ** decimals).toFixed(decimals)} ${currency.toUpperCase()}`;
}

function payoutActions(id: string, status: string): Html | string {
  const to = (next: string, label: string): Html =>
    postButton('/pages/stripe/payout-status', label, { payout: id, status: next });
  if (status === 'in_transit' || status === 'pending')
    return html`${to('paid', 'Arrives')} ${to('failed', 'Fails')}`;
  return status === 'paid' ? to('failed', 'Comes back') : '';
}

function moneyOf({ account, id }: Merchant): Html {
  const payouts = [...account.payouts.payouts.values()].toReversed();
  const transactions = [...account.balance.all()].toReversed().slice(0, 100);
  const { settlementCurrencies } = account.balance.settings;
  const payOut = (currency: string): Html => {
    const label = settlementCurrencies.length > 1 ? ` in ${currency.toUpperCase()}` : '';
    const fields = { currency, ...(id !== null && { account: id }) };
    return postButton('/pages/stripe/payout', `Pay out what there is${label}`, fields);
  };
  return html`<h2>${id ?? 'The platform’s own account'}</h2>
    <div class="buttons">${settlementCurrencies.map(payOut)}</div>
    <h3>Payouts</h3>
    ${table(
      ['Payout', 'Amount', 'Arrives', 'Status', ''],
      payouts.map((one) => [
        html`<code>${one.id}</code>`,
        amount(one.amount, one.currency),
        day(one.arrival_date),
        one.status,
        payoutActions(one.id, one.status),
      ]),
    )}
    <h3>What the bank shows</h3>
    ${table(
      ['Day', 'Text', 'Amount'],
      account.payouts
        .bankFeed()
        .toReversed()
        .map((line) => [line.date, line.description, amount(line.amount, line.currency)]),
    )}
    <h3>Balance transactions</h3>
    ${table(
      ['Created', 'Type', 'Amount', 'Fee', 'Net', 'Status'],
      transactions.map((one) => [
        day(one.created),
        one.type,
        amount(one.amount, one.currency),
        amount(one.fee, one.currency),
        amount(one.net, one.currency),
        one.status,
      ]),
    )}`;
}

/** Stripe's money: payouts, what the bank shows of them, and what moved the balance; each account by itself. */
export function stripePage(merchants: Merchants): Html {
  return html`<h1>Stripe</h1>
    ${merchants.all().map(moneyOf)}`;
}
