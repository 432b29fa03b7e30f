import type { Company } from '../books/company.ts';
import { type Body, textOf } from '../books/json.ts';
import { amountText } from '../books/money.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';

function accountRow(company: Company, account: Body): (Html | string)[] {
  const id = textOf(account, 'Id')!;
  return [
    id,
    textOf(account, 'FullyQualifiedName') ?? '',
    textOf(account, 'AccountType') ?? '',
    textOf(account, 'AccountSubType') ?? '',
    amountText(company.store.ledger.homeBalance(id), company.homeCurrency, company.store.decimals),
  ];
}

/** The chart of accounts with what the ledger says of each: debit positive, in home currency. */
export function accountsPage(company: Company): Html {
  const accounts = company.store.all('Account').toSorted((a, b) => Number(a.Id) - Number(b.Id));
  return html`<h1>${company.name}: chart of accounts</h1>
    <p class="quiet">${accounts.length} accounts; debit balances are positive, credit balances negative.</p>
    ${table(
      ['Id', 'Account', 'Type', 'Detail type', 'Balance'],
      accounts.map((account) => accountRow(company, account)),
    )}`;
}

/** What one document posted: a line for each side, and the sums of both. */
export function documentPage(company: Company, entity: string, id: string): Html {
  const postings = company.store.ledger.postingsOf(`${entity}|${id}`);
  const money = (minor: number): string => amountText(minor, company.homeCurrency, company.store.decimals);
  const side = (sign: 1 | -1): number =>
    postings.reduce((sum, { home }) => sum + Math.max(0, sign * home), 0);
  const rows = postings.map(({ account, home, party }) => {
    const name = textOf(company.store.find('Account', account), 'FullyQualifiedName') ?? account;
    const who = party && (textOf(company.store.find(party.type, party.id), 'DisplayName') ?? party.id);
    return [name, who ?? '', home > 0 ? money(home) : '', home < 0 ? money(-home) : ''];
  });
  const total = rows.length === 0 ? [] : [['Total', '', money(side(1)), money(side(-1))]];
  return html`<h1>${entity} ${id}: what it posted</h1>
    <p class="quiet">${company.name}. A voided or deleted document has no postings left.</p>
    ${table(['Account', 'Name', 'Debit', 'Credit'], [...rows, ...total], 'Nothing is posted under this Id.')}
    <p><a href="/?realm=${company.realmId}">Back to the books</a></p>`;
}
