import { createHash } from 'node:crypto';
import { addMonths, lastDayOf } from '../../src/platform/time/calendar-day.js';
import type { Json } from '../support/people.js';
import type { Kind } from './day-book.js';
import { add, compare, type Difference, equal, nonZero } from './difference.js';
import { byJob, sums, upTo } from './journal-sums.js';
import type { Year } from './year.js';

/** Closed months have the figures, the hash and the chain that they were closed with. */
export async function packLaw(year: Year): Promise<Difference[]> {
  const differences: Difference[] = [];
  let previous: string | null = null;
  for (const { month, hash } of year.closed) {
    const pack = await year.read(`/periods/${month}/pack`);
    differences.push(
      ...equal(`pack ${month}`, [pack.verified, pack.pack_hash], [true, hash]),
      ...equal(`chain ${month}`, pack.previous_hash, previous),
    );
    const text = await year.contractor.admin.get(`/periods/${month}/pack?format=hashed`);
    const digest = createHash('sha256')
      .update(text.body as string)
      .digest('hex');
    differences.push(...equal(`hash ${month}`, digest, hash));
    differences.push(...figuresLaw(year, month, pack.figures));
    previous = hash;
  }
  return differences;
}

/** What a month comes to is what the second journal has in it, in each currency. */
function figuresLaw(year: Year, month: string, figures: Json): Difference[] {
  const within = ({ postedOn }: { postedOn: string }): boolean =>
    postedOn >= `${month}-01` && postedOn < `${addMonths(month, 1)}-01`;
  const ofKind = (kind: Kind, field: string): Difference[] => {
    const expected = new Map<string, number>();
    for (const one of year.journal.entries(kind)) {
      const job = year.diary.jobs.find(({ proposalId }) => proposalId === one.proposalId)!;
      if (within(one)) add(expected, job.currency, one.cents);
    }
    const rows = (figures[field] as Json[]).filter(({ item }) => field !== 'received' || item !== 'tax');
    return compare(`${field} in ${month}`, sums(rows, 'currency', 'cents'), nonZero(expected));
  };
  const owed = byJob(year, 'receivable', upTo(lastDayOf(month)));
  return [
    ...ofKind('earned', 'earned'),
    ...ofKind('received', 'received'),
    ...ofKind('tax', 'tax'),
    ...ofKind('bad_debt', 'bad_debts'),
    ...ofKind('lost', 'lost'),
    ...compare(`receivables after ${month}`, sums(figures.receivables, 'proposal_id', 'closing_cents'), owed),
  ];
}
