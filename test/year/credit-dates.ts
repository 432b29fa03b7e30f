import { idle } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';
import type { Job } from './diary.js';
import type { Year } from './year.js';

/** The credit memo that a change order has made today, if any, and its uses are of the day of the year that it is. */
export async function dateNewCredits(year: Year, job: Job, day: string): Promise<void> {
  await eventually(async () => {
    const { change_orders: orders } = await year.read(`/proposals/${job.proposalId}/contract`);
    const memos = (orders as Json[]).flatMap(({ credit_memo: memo }) => memo ?? []);
    const waiting = memos.find(({ state }) => state !== 'used' && state !== 'open');
    if (waiting) throw new Error(`credit memo ${waiting.number} is ${waiting.state}`);
  });
  await idle(year.books, year.contractor);
  const today = new Date(Date.now() - 86_400_000 * 2).toISOString().slice(0, 10);
  for (const entity of ['CreditMemo', 'Payment'] as const)
    for (const record of (await year.control.records(year.realm, entity)) as Json[]) {
      const { Id, SyncToken, TxnDate, TotalAmt, status } = record;
      if (TxnDate < today || status === 'Deleted' || (entity === 'Payment' && TotalAmt > 0)) continue;
      const path = `${entity.toLowerCase()}?operation=update`;
      await year.enter(path, { Id, SyncToken, sparse: true, TxnDate: day });
    }
}
