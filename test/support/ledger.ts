import { gzipSync } from 'node:zlib';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { TokenService } from '../../src/qbo-sync/connection/tokens/token.service.js';
import type { Books, Contractor } from './books.js';
import type { Json } from './people.js';

/** What a company's ledger holds, in cents of its home currency. */
export interface LedgerTotals {
  income: number;
  deposits: number;
  receivable: number;
  cash: number;
  /** Owed to the tax authority. */
  tax: number;
}

/** The balances of a contractor's company, and what its profit and loss says was earned, of all days. */
export async function ledgerOf(books: Books, contractor: Contractor): Promise<LedgerTotals> {
  const accounts = (await books.control.records(contractor.realmId, 'Account')) as unknown as Json[];
  const sum = (isOne: (account: Json) => boolean): number =>
    accounts
      .filter(isOne)
      .reduce((total, { CurrentBalance }) => total + Math.round(Number(CurrentBalance ?? 0) * 100), 0);
  return {
    income: await incomeOf(books, contractor),
    deposits: sum(({ Name }) => Name === 'Customer Deposits'),
    receivable: sum(({ AccountType }) => AccountType === 'Accounts Receivable'),
    cash: sum(({ AccountType, Name }) => AccountType === 'Bank' || Name === 'Undeposited Funds'),
    tax: 0 - sum(({ Id }) => Id === SALES_TAX_PAYABLE),
  };
}

/** What came to the balances between two moments. */
export function ledgerChange(before: LedgerTotals, after: LedgerTotals): LedgerTotals {
  const names = Object.keys(before) as (keyof LedgerTotals)[];
  return Object.fromEntries(
    names.map((name) => [name, after[name] - before[name]]),
  ) as unknown as LedgerTotals;
}

const SALES_TAX_PAYABLE = '90';

/** Asks the contractor's company as any client of QuickBooks does. With a body it writes. */
export async function askCompany(
  books: Books,
  { orgId, realmId }: Contractor,
  path: string,
  body?: object,
): Promise<Json> {
  const { app } = books.app;
  const token = await inOrganisation(orgId, async () =>
    app.get(TokenService).accessToken(await app.get(ConnectionService).requireCompany(orgId)),
  );
  const answer = await fetch(`${books.qbo.url}/v3/company/${realmId}/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
      ...(body !== undefined && { 'content-encoding': 'gzip' }),
    },
    ...(body !== undefined && { body: gzipSync(JSON.stringify(body)) }),
  });
  return (await answer.json()) as Json;
}

async function incomeOf(books: Books, contractor: Contractor): Promise<number> {
  const days = 'start_date=2020-01-01&end_date=2099-12-31&accounting_method=Accrual';
  const { Rows } = (await askCompany(books, contractor, `reports/ProfitAndLoss?${days}`)) as {
    Rows: { Row?: { group?: string; Summary?: { ColData: { value: string }[] } }[] };
  };
  const total = Rows.Row?.find(({ group }) => group === 'Income')?.Summary?.ColData.at(-1)?.value;
  return Math.round(Number(total ?? 0) * 100);
}
