import type { Json } from '../support/people.js';
import type { Job } from './diary.js';
import { add, compare, type Difference, equal, nonZero } from './difference.js';
import { byJob, upTo } from './journal-sums.js';
import { incomeByMonth } from './ledger.js';
import { failedReceipts, type Sale } from './papers.js';
import type { Moment, Year } from './year.js';

const FROM = '2026-01-01';

/** QuickBooks' income less ours is explained to the cent, each reason by documents of its own. */
export async function bridgeLaw(year: Year, { day, papers }: Moment): Promise<Difference[]> {
  const { body } = await year.contractor.admin.post('/reports/revenue/compare', { from: FROM, to: day });
  const [item] = body.items as Json[];
  const ledger = [...(await incomeByMonth(year, 'Accrual')).values()].reduce((sum, one) => sum + one, 0);
  const jobs = new Map(year.diary.jobs.map((job) => [job.proposalId, job]));
  const expected = new Map<string, number>();
  const { home } = year.diary;
  let ours = 0;
  const earned = byJob(year, 'earned', upTo(day));
  for (const job of jobs.values()) {
    const cents = earned.get(String(job.proposalId)) ?? 0;
    const inLedger = ledgerIncomeOf(papers, job);
    if (job.currency === home) ours += cents;
    if (job.currency !== home) add(expected, 'foreign_currency', inLedger);
    else add(expected, job.policy === 'invoice' ? 'closed_month' : 'policy', inLedger - cents);
  }
  const ofFailed = failedReceipts(year, papers);
  for (const { currency, rate, lines } of ofFailed)
    for (const { ground, cents } of lines)
      if (ground === 'income')
        add(expected, currency === home ? 'known' : 'foreign_currency', -Math.round(cents * rate));
  for (const { number, lines } of papers.invoices)
    if (!number.startsWith('CRM-')) for (const { cents } of lines) add(expected, 'not_ours', cents);
  const used = new Set(papers.settlements.map(({ memo }) => memo));
  for (const { id, number, rate, lines } of papers.memos)
    if (!used.has(id) && !number.startsWith('CRM-'))
      for (const { ground, cents } of lines)
        if (ground === 'income') add(expected, 'credit_memo', -Math.round(cents * rate));
  const reasons = new Map<string, number>();
  for (const { reason, cents } of item!.reasons as Json[]) add(reasons, reason, cents);
  // Where a receipt of a refund that failed is in the books, it stands beside others of its payment.
  if (ofFailed.length > 0)
    for (const one of [reasons, expected])
      join(one, ['closed_month', 'policy', 'refund_failed', 'known'], 'known');
  const given = [...reasons.values()].reduce((sum, one) => sum + one, 0);
  return [
    ...equal('our income', item!.ours_cents, ours),
    ...equal("QuickBooks' income", item!.quickbooks_cents, ledger),
    ...equal('sum of the reasons', given, ledger - ours),
    ...compare('bridge', nonZero(reasons), nonZero(expected)),
  ];
}

/** On cash basis: our money is that of the second journal, and nothing between it and QuickBooks is unexplained. */
export async function cashBridgeLaw(year: Year, { day }: Moment): Promise<Difference[]> {
  const question = { from: FROM, to: day, basis: 'cash' };
  const { body } = await year.contractor.admin.post('/reports/revenue/compare', question);
  const [item] = body.items as Json[];
  const atHome = new Set(
    year.diary.jobs
      .filter(({ currency }) => currency === year.diary.home)
      .map(({ proposalId }) => proposalId),
  );
  const ours = year.journal.sum('received', (one) => atHome.has(one.proposalId) && one.postedOn <= day);
  const reasons = item!.reasons as Json[];
  const given = reasons.reduce((sum, { cents }) => sum + (cents as number), 0);
  const unexplained = reasons.filter(({ reason }) => reason === 'unexplained');
  return [
    ...equal('our money', item!.ours_cents, ours),
    ...equal('sum of the reasons', given, item!.quickbooks_cents - ours),
    ...equal('unexplained', unexplained, []),
  ];
}

function join(reasons: Map<string, number>, some: readonly string[], as: string): void {
  const sum = some.reduce((cents, reason) => cents + (reasons.get(reason) ?? 0), 0);
  for (const reason of some) reasons.delete(reason);
  reasons.set(as, sum);
}

/** What of the income in QuickBooks' ledger is of a job's documents, in home cents. */
function ledgerIncomeOf({ invoices, memos, settlements, refunds }: Moment['papers'], job: Job): number {
  const income = (sales: readonly Sale[]): number =>
    sales
      .flatMap(({ rate, lines }) => lines.map((line) => ({ ...line, cents: Math.round(line.cents * rate) })))
      .reduce((sum, { ground, cents }) => (ground === 'income' ? sum + cents : sum), 0);
  const isOurs = new RegExp(`^CRM-${job.proposalId}(-|$)`);
  const own = invoices.filter(({ number }) => isOurs.test(number));
  const paid = new Set(own.map(({ id }) => id));
  const used = new Set(settlements.filter(({ invoice }) => paid.has(invoice)).map(({ memo }) => memo));
  const receipts = new Set(job.refunds.filter(({ hasFailed }) => !hasFailed).map(({ receipt }) => receipt));
  return (
    income(own) -
    income(memos.filter(({ id, number }) => used.has(id) || isOurs.test(number))) -
    income(refunds.filter(({ id }) => receipts.has(id)))
  );
}
