import { type Body, refOf, textOf } from '../json.ts';
import type { Store } from '../store.ts';
import type { LedgerLine } from './ledger-lines.ts';
import { type Amount, type Row, cell, dataRow, money, moneyOrEmpty, section } from './report.ts';
import type { Span } from './request.ts';

/** Sums in home minor units, one a column. */
export type Sums = number[];

export const addSums = (a: Sums, b: Sums): Sums => a.map((one, index) => one + b[index]!);
export const totalOf = (list: readonly Sums[], width: number): Sums =>
  list.reduce(
    addSums,
    Array.from({ length: width }, () => 0),
  );

/** What each account moved in each span, debit positive, by the account's Id. */
export function movements(lines: readonly LedgerLine[], spans: readonly Span[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const line of lines) {
    const { account, date, home } = line;
    const own = sums.get(account) ?? spans.map(() => 0);
    for (const [index, { start, end, includes }] of spans.entries())
      if (date >= start && date <= end && includes?.(line) !== false) own[index]! += home;
    sums.set(account, own);
  }
  return sums;
}

/** The accounts of some types as a report lists them: with their sums, children under their parents. */
export class AccountSums {
  readonly #store: Store;
  readonly #sums: ReadonlyMap<string, Sums>;
  readonly #width: number;
  readonly #isModern: boolean;

  constructor(store: Store, sums: ReadonlyMap<string, Sums>, width: number, isModern: boolean) {
    this.#store = store;
    this.#sums = sums;
    this.#width = width;
    this.#isModern = isModern;
  }

  get width(): number {
    return this.#width;
  }

  /** The sum of every account of these types; `sign` -1 shows credits as positive. */
  total(types: readonly string[], sign: 1 | -1): Sums {
    const ids = this.#accounts(types).map((account) => textOf(account, 'Id')!);
    return totalOf(
      ids.map((id) => this.#own(id, sign)),
      this.#width,
    );
  }

  /** Rows of the accounts of these types that moved or stand at something. */
  rows(types: readonly string[], sign: 1 | -1): Row[] {
    const accounts = this.#accounts(types);
    const ids = new Set(accounts.map((account) => account.Id));
    const roots = accounts.filter((account) => !ids.has(refOf(account, 'ParentRef')));
    return roots.flatMap((account) => this.#row(account, accounts, sign));
  }

  /** A titled section of the accounts of these types; nothing where there are none. */
  section(title: string, types: readonly string[], sign: 1 | -1, group?: string): Row[] {
    const rows = this.rows(types, sign);
    if (rows.length === 0) return [];
    const total = this.total(types, sign);
    return [section(this.titled(title), rows, this.summary(`Total ${title}`, total), group)];
  }

  titled(title: string): ReturnType<typeof cell>[] {
    return [cell(title), ...Array.from({ length: this.#width }, () => cell(''))];
  }

  summary(title: string, sums: Sums): ReturnType<typeof cell>[] {
    return [cell(title), ...sums.map((sum) => cell(money(sum)))];
  }

  #row(account: Body, all: readonly Body[], sign: 1 | -1): Row[] {
    const id = textOf(account, 'Id')!;
    const name = textOf(account, 'Name')!;
    const own = this.#own(id, sign);
    const children = all
      .filter((one) => refOf(one, 'ParentRef') === id)
      .flatMap((child) => this.#row(child, all, sign));
    const leaf = dataRow([cell(name, id), ...own.map((sum) => cell(this.#leaf(sum)))]);
    const isEmpty = own.every((sum) => sum === 0);
    if (children.length === 0) return isEmpty ? [] : [leaf];
    const header = [cell(name, id), ...own.map((sum) => cell(moneyOrEmpty(sum)))];
    const total = this.#withChildren(id, all, sign);
    return [section(header, children, this.summary(`Total ${name}`, total))];
  }

  #withChildren(id: string, all: readonly Body[], sign: 1 | -1): Sums {
    const children = all.filter((one) => refOf(one, 'ParentRef') === id);
    const below = children.map((child) => this.#withChildren(textOf(child, 'Id')!, all, sign));
    return totalOf([this.#own(id, sign), ...below], this.#width);
  }

  #leaf(sum: number): Amount | string {
    return this.#isModern ? moneyOrEmpty(sum) : money(sum);
  }

  #own(id: string, sign: 1 | -1): Sums {
    const sums = this.#sums.get(id) ?? Array.from({ length: this.#width }, () => 0);
    return sums.map((sum) => sign * sum || 0);
  }

  #accounts(types: readonly string[]): Body[] {
    return this.#store
      .all('Account')
      .filter((account) => types.includes(textOf(account, 'AccountType')!))
      .toSorted((a, b) => Number(a.Id) - Number(b.Id));
  }
}
