import { DueJobsService } from '../../src/jobs/handlers/due-jobs.service.js';
import { addDays, addMonths } from '../../src/platform/time/calendar-day.js';
import { SandboxRefusal } from '../../sandbox/control-client.ts';
import { eventually } from '../support/eventually.js';
import { provingAgain } from '../support/people.js';
import type { BooksWithStripe } from '../support/stripe.js';
import { type Backup, backUp, restore } from './backup.js';
import { BOOKKEEPER_DEEDS } from './bookkeeper-deeds.js';
import { CARD_DEEDS } from './card-deeds.js';
import { COST_DEEDS } from './cost-deeds.js';
import { CUSTOMER_DEEDS } from './customer-deeds.js';
import type { Difference } from './difference.js';
import { JOB_DEEDS } from './job-deeds.js';
import { differencesAt } from './laws.js';
import { STRAY_DEEDS } from './stray-deeds.js';
import { type Moment, Year } from './year.js';

type Deed = (year: Year, day: string) => Promise<void>;
const DEEDS: Readonly<Record<string, Deed>> = {
  ...JOB_DEEDS,
  ...CARD_DEEDS,
  ...CUSTOMER_DEEDS,
  ...COST_DEEDS,
  ...BOOKKEEPER_DEEDS,
  ...STRAY_DEEDS,
};

/** How often each deed happens, against the others. */
const WEIGHTS = {
  approve: 12,
  invoice: 18,
  payByHand: 14,
  payByCard: 6,
  credit: 6,
  voidInvoice: 2,
  editInvoice: 6,
  editPayment: 3,
  refund: 6,
  refundFails: 2,
  dispute: 2,
  decideDispute: 2,
  cancel: 1,
  changeOrder: 4,
  work: 12,
  otherSale: 1,
  payOnAccount: 4,
  movePayment: 4,
  settleOtherwise: 3,
  buy: 12,
  vendorCredit: 4,
  purchase: 5,
  payBill: 6,
  editBill: 5,
  decide: 10,
  editAmount: 3,
  moveCredit: 3,
  mergeCustomers: 1,
  erase: 1,
  changeRate: 4,
  changeCompany: 2,
  payTwice: 5,
  removeCharge: 3,
  decideStray: 4,
};

/** What may happen between a backup and the hour at which it is restored. */
const SINCE_BACKUP = {
  invoice: 8,
  payByHand: 8,
  credit: 4,
  voidInvoice: 1,
  editInvoice: 4,
  editPayment: 2,
  refund: 8,
  refundFails: 3,
  dispute: 4,
  decideDispute: 4,
  changeOrder: 6,
  work: 8,
  otherSale: 1,
  payOnAccount: 3,
  movePayment: 3,
  settleOtherwise: 2,
  buy: 6,
  vendorCredit: 2,
  purchase: 3,
  payBill: 4,
  editBill: 3,
  decide: 6,
  editAmount: 2,
  moveCredit: 2,
};

export interface PlayedYear {
  year: Year;
  last: Moment;
  /** Of every moment at which both sides were compared, with its day. */
  differences: (Difference & { day: string })[];
}

/**
 * Plays a year of so many deeds in the order of their days, and compares both sides at random days of it: after the
 * first of them months are closed, and reopened now and then. Where `isRestored`, a backup is restored in between.
 */
export async function playYear(
  books: BooksWithStripe,
  {
    seed,
    deeds,
    moments,
    isRestored = false,
  }: { seed: number; deeds: number; moments: number; isRestored?: boolean },
): Promise<PlayedYear> {
  const year = await Year.open(books, seed);
  const { random } = year;
  const days = Array.from({ length: deeds }, () => addDays('2026-01-01', random.between(0, 325))).toSorted();
  const looks = new Set(Array.from({ length: moments - 1 }, () => random.between(deeds >> 2, deeds - 2)));
  const backedUp = isRestored ? random.between(deeds >> 2, deeds >> 1) : deeds;
  const restored = isRestored ? backedUp + random.between(3, Math.max(3, deeds >> 2)) : deeds;
  let backup: Backup | undefined;
  const differences: PlayedYear['differences'] = [];
  const look = async (day: string): Promise<Moment> => {
    await learnFees(year);
    const moment = await year.learn(day);
    differences.push(...(await differencesAt(year, moment)).map((one) => ({ ...one, day })));
    return moment;
  };
  for (const [step, day] of days.entries()) {
    if (step === backedUp) backup = await backUp(year, day);
    if (backup && step === restored) {
      await restore(year, backup);
      backup = undefined;
      await look(day);
    }
    const weights = backup ? SINCE_BACKUP : WEIGHTS;
    const name = year.diary.jobs.length < 2 ? 'approve' : random.pick<string>(weights);
    if (name === 'decide') await year.learn(day);
    try {
      await DEEDS[name]!(year, day);
    } catch (error) {
      if (!(error instanceof SandboxRefusal))
        throw new Error(`${name} on ${day} (seed ${seed})`, { cause: error });
    }
    if (!looks.has(step) || backup) continue;
    await look(day);
    if (!year.isPlain) await closeOrReopen(year, day);
  }
  const last = await look('2026-11-26');
  return { year, last, differences };
}

/** Has Stripe asked what it kept of every charge. */
async function learnFees({ books, contractor }: Year): Promise<void> {
  const unknown = () =>
    books.database.query(
      `update payments set fee_next_attempt_at = now() - interval '1 minute'
        where org_id = $1 and fee_next_attempt_at is not null returning id`,
      [contractor.orgId],
    );
  if ((await unknown()).length === 0) return;
  await books.app.app.get(DueJobsService).enqueueDue('payments.fee_cents');
  await eventually(async () => {
    const rows = await books.database.query('select from payments where org_id = $1 and fee_cents is null', [
      contractor.orgId,
    ]);
    if (rows.length > 0) throw new Error('the fee of a charge is not known yet');
  });
}

/** Closes every month that is over on a day, or takes the last closing back. */
async function closeOrReopen(year: Year, day: string): Promise<void> {
  const { admin } = year.contractor;
  const last = year.closed.at(-1)?.month;
  if (last !== undefined && year.random.next() < 0.4) {
    const reason = { reason: 'A mistake was found' };
    const { status } = await provingAgain(admin, () => admin.post(`/periods/${last}/reopen`, reason));
    if (status !== 200) throw new Error(`${last} is not reopened: ${status}`);
    year.closed.pop();
    year.journal.openFrom(`${last}-01`);
    return;
  }
  const first = last === undefined ? '2026-01' : addMonths(last, 1);
  for (let month = first; month < day.slice(0, 7); month = addMonths(month, 1)) {
    const reason = 'The year is played';
    const { status, body } = await admin.post(`/periods/${month}/close`, { force: true, reason });
    if (status !== 200) throw new Error(`${month} is not closed: ${JSON.stringify(body)}`);
    year.closed.push({ month, hash: body.pack_hash as string });
    year.journal.openFrom(`${addMonths(month, 1)}-01`);
  }
}
