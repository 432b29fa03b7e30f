import { atHome, type Diary } from './diary.js';
import type { Papers, Sale } from './papers.js';
import { beforeTax, settledOf } from './settled.js';

interface Dated {
  day: string;
  cents: number;
}

/**
 * Where credits settle invoices: QuickBooks' income on cash basis less our money, in home cents. It has income of an
 * invoice by what a credit settles too, of every line the same part, and takes the credit memo off as it is used; to
 * us no credit is money, and its tax is its own. A credit memo without tax on a taxed invoice takes more off income
 * there than the invoice brings for it.
 */
export function creditsOnCash(diary: Diary, papers: Papers): Dated[] {
  const memos = new Map(papers.memos.map((memo) => [memo.id, memo]));
  const usedOf = new Map<string, number>();
  const invoices = new Map(papers.invoices.map((invoice) => [invoice.id, invoice]));
  const uses = papers.settlements.filter(({ memo }) => memo !== null);
  const ofMemos = uses.toSorted(byDay).map(({ memo: id, invoice, day, cents }) => {
    const memo = memos.get(id!)!;
    const before = usedOf.get(memo.id) ?? 0;
    usedOf.set(memo.id, before + cents);
    const income = incomeUpTo(memo, before + cents) - incomeUpTo(memo, before);
    const on = later(later(day, memo.day), invoices.get(invoice)?.day ?? day);
    return { day: on, cents: -atHome(diary, memo.currency, income) };
  });
  const credited = papers.invoices.filter(({ id }) => uses.some(({ invoice }) => invoice === id));
  const ofInvoices = credited.flatMap((invoice) => {
    const own = settledOf(invoice, papers.settlements, {
      memos,
      editedCents: diary.edits.get(invoice.id) ?? 0,
    });
    let settled = 0;
    return own
      .map((one) => ({ ...one, day: later(one.day, invoice.day) }))
      .toSorted(byDay)
      .map(({ day, cents, by, byItem }) => {
        const income = incomeUpTo(invoice, settled + cents) - incomeUpTo(invoice, settled);
        settled += cents;
        const money = by === 'money' ? beforeTax(byItem) : 0;
        return { day, cents: atHome(diary, invoice.currency, income - money) };
      });
  });
  return [...ofMemos, ...ofInvoices];
}

/** What of a document is income once so much of it is settled: what rounding leaves is on its largest line. */
function incomeUpTo({ cents, taxCents }: Sale, settled: number): number {
  return settled - Math.round((taxCents * settled) / cents);
}

function byDay(one: { day: string }, other: { day: string }): number {
  return Number(one.day > other.day) - Number(one.day < other.day);
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
