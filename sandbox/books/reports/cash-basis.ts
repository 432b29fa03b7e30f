import type { EntityName } from '../catalog.ts';
import { textOf } from '../json.ts';
import { accountNamed, accountTypeOf } from '../ledger/accounts.ts';
import type { Company } from '../company.ts';
import { type LedgerLine, ledgerLines } from './ledger-lines.ts';

/** Documents whose lines count as they are settled: sales and purchases on account. */
const ON_ACCOUNT: readonly EntityName[] = ['Invoice', 'CreditMemo', 'Bill', 'VendorCredit', 'Customer'];
const PAYERS: readonly EntityName[] = ['Payment', 'BillPayment'];

export const UNAPPLIED_INCOME = 'Unapplied Cash Payment Income';
export const UNAPPLIED_EXPENSE = 'Unapplied Cash Bill Payment Expense';

/** A part of a document on account that is settled on a day. */
interface Settlement {
  date: string;
  amount: number;
  home: number;
}

function documentOf(openItem: string): string {
  return openItem.split('|', 2).join('|');
}

const isIncome = (type: string | undefined): boolean => type === 'Income' || type === 'Other Income';

const later = (a: string, b: string): string => (a > b ? a : b);

/**
 * How much of a line counts once so much of its document is settled: the same part of every line, or, where some
 * lines are first, the part of those that the money covers and the others with what is left.
 */
function shares(
  lines: readonly LedgerLine[],
  total: number,
  isFirst: (line: LedgerLine) => boolean,
): (line: LedgerLine, settled: number) => number {
  const ahead = Math.abs(lines.reduce((sum, line) => sum + (isFirst(line) ? line.amount : 0), 0));
  const left = Math.abs(total) - ahead;
  if (ahead === 0 || left <= 0) return (_line, settled) => settled / total;
  return (line, settled) => {
    const money = Math.abs(settled);
    return isFirst(line) ? Math.min(1, money / ahead) : Math.max(0, money - ahead) / left;
  };
}

/**
 * The lines of a document on account, each with the share of it that each settlement brings; exact when all
 * is settled.
 */
function recognized(
  lines: readonly LedgerLine[],
  open: LedgerLine,
  settlements: readonly Settlement[],
  isFirst: (line: LedgerLine) => boolean,
): LedgerLine[] {
  // An invoice's own deposit is money at once, and settles its part on the invoice's day.
  const deposit = lines.find((line) => line.entity === 'Invoice' && line.isDeposit === true);
  const others = lines.filter((line) => line !== open && line !== deposit);
  const total = open.amount + (deposit?.amount ?? 0);
  const first = deposit ? [{ date: open.date, amount: deposit.amount, home: deposit.home }] : [];
  const shareOf = shares(others, total, isFirst);
  const done = others.map(() => 0);
  let settled = 0;
  const parts = [...first, ...settlements]
    .toSorted((a, b) => (a.date < b.date ? -1 : 1))
    .flatMap(({ date, amount, home }) => {
      settled += amount;
      const now = others.map((line, index) => {
        const upToHere = Math.round(line.home * shareOf(line, settled));
        const part = upToHere - done[index]!;
        done[index] = upToHere;
        return { ...line, date, home: part };
      });
      // What rounding leaves over against the receivable that was settled.
      const difference = -home - now.reduce((sum, share) => sum + share.home, 0);
      const size = (index: number): number => Math.abs(others[index]?.home ?? 0);
      const largest = now.reduce((best, _share, index) => (size(index) > size(best) ? index : best), 0);
      const chosen = now[largest];
      if (!chosen || difference === 0) return now;
      done[largest]! += difference;
      return now.with(largest, { ...chosen, home: chosen.home + difference });
    });
  return deposit ? [deposit, ...parts] : parts;
}

/**
 * The ledger as it reads on cash basis: sales and purchases on account count as they are settled, every line in
 * proportion; money that settles nothing, or something dated later, stands in an unapplied account until then.
 * Switches have income lines paid first, and early money count at once.
 */
export function cashLines({ store, world }: Company): LedgerLine[] {
  const { cashPartPayment, cashEarlyPayment } = world.switches;
  const isFirst = (line: LedgerLine): boolean =>
    cashPartPayment === 'income_first' && isIncome(accountTypeOf(store, line.account));
  const all = ledgerLines(store);
  const byDocument = Map.groupBy(all, ({ document }) => document);
  const unappliedId = (name: string): string => textOf(accountNamed(store, name), 'Id') ?? name;
  const settlements = new Map<string, Settlement[]>();
  const result: LedgerLine[] = [];
  const unapplied = (line: LedgerLine, date: string, home: number): void => {
    const account = unappliedId(line.party?.type === 'Vendor' ? UNAPPLIED_EXPENSE : UNAPPLIED_INCOME);
    if (home !== 0) result.push({ ...line, account, date, home });
  };
  const settle = (document: string, settlement: Settlement): void => {
    settlements.set(document, [...(settlements.get(document) ?? []), settlement]);
  };

  for (const line of all) {
    const target = line.openItem === undefined ? undefined : documentOf(line.openItem);
    if (ON_ACCOUNT.includes(line.entity)) continue;
    if (target === undefined) result.push(line);
    else if (target === line.document || !PAYERS.includes(line.entity)) unapplied(line, line.date, line.home);
    else {
      const of = byDocument.get(target)?.[0];
      const date = cashEarlyPayment === 'payment_day' ? line.date : later(line.date, of?.date ?? line.date);
      if (date > line.date) {
        unapplied(line, line.date, line.home);
        unapplied(line, date, -line.home);
      }
      if (of && ON_ACCOUNT.includes(of.entity))
        settle(target, { date, amount: -line.amount, home: -line.home });
      else unapplied(line, date, line.home);
    }
  }
  for (const [document, lines] of byDocument) {
    const open = lines.find(({ openItem }) => openItem !== undefined && documentOf(openItem) === document);
    if (!ON_ACCOUNT.includes(lines[0]!.entity)) continue;
    if (open) result.push(...recognized(lines, open, settlements.get(document) ?? [], isFirst));
    else result.push(...lines);
  }
  return result;
}
