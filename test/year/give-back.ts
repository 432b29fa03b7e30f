import { eventsOf, idle } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { openItems } from '../support/inbox.js';
import { type Json, provingAgain } from '../support/people.js';
import type { Charge, Job } from './diary.js';
import type { Year } from './year.js';

/** A charge with its job. */
export interface JobCharge {
  job: Job;
  one: Charge;
}

/**
 * Gives back a part of what was paid by card. Its receipt is in the books with its payment and gets the day; while the
 * payment is in none, it stays out of them.
 */
export async function giveBack(
  year: Year,
  { job, one: { paymentId, qboPayment, isOfDeposit } }: JobCharge,
  { cents, day }: { cents: number; day: string },
): Promise<void> {
  const { admin } = year.contractor;
  const before = await count(year, job, 'refund_recorded');
  const refund = { amount_cents: cents, reason: 'Goodwill' };
  const answer = await provingAgain(admin, () => admin.post(`/payments/${paymentId}/refund`, refund));
  if (answer.status >= 300) return;
  if (qboPayment === null) await idle(year.books, year.contractor);
  else
    await eventually(async () => {
      if ((await count(year, job, 'refund_recorded')) > before) return;
      await wantReceipts(year);
      throw new Error('the refund is not recorded');
    });
  const { refunds } = (await admin.get(`/payments/${paymentId}`)).body as { refunds: Json[] };
  const id = Math.max(...refunds.map((made) => made.id as number));
  await year.backDate('refunds', `id = ${id}`, 'made_at', day);
  const receipt =
    qboPayment === null ? null : (await year.control.records(year.realm, 'RefundReceipt')).at(-1)!.Id;
  if (receipt !== null) await dateReceipt(year, receipt, day);
  job.refunds.push({ id, paymentId, day, cents, isOfDeposit, receipt, hasFailed: false, isTakenOut: false });
}

/** What was given back while the payment was in no books is in them now: each part by a receipt of its own. */
export async function receiptsCame(year: Year, { job, one: { paymentId } }: JobCharge): Promise<void> {
  const waiting = job.refunds
    .filter((refund) => refund.paymentId === paymentId && refund.receipt === null && !refund.hasFailed)
    .toSorted((one, other) => one.id - other.id);
  const known = new Set(year.diary.jobs.flatMap(({ refunds }) => refunds.map(({ receipt }) => receipt)));
  const made = await eventually(async () => {
    const steps = await year.books.database.query<{ receipt: string; cents: string }>(
      `select qbo_id as receipt, payload ->> 'amountCents' as cents from sync_operations
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 and state = 'done' order by id`,
      [year.contractor.orgId, paymentId],
    );
    const fresh = steps.filter(({ receipt, cents }) => !known.has(receipt) && cents !== '0');
    await wantReceipts(year);
    if (fresh.length !== waiting.length)
      throw new Error(`${fresh.length} of ${waiting.length} receipts came`);
    return fresh;
  });
  for (const [index, refund] of waiting.entries()) {
    const { receipt, cents } = made[index]!;
    if (Number(cents) !== refund.cents) throw new Error(`receipt ${receipt} is over ${cents}`);
    refund.receipt = receipt;
    await dateReceipt(year, receipt, refund.day);
  }
}

/** Of money that is on account in QuickBooks a person wants a receipt all the same. */
async function wantReceipts({ contractor: { admin } }: Year): Promise<void> {
  const items = await openItems(admin, 'refund_on_account');
  for (const { id } of items) await admin.post(`/inbox/${id}/retry`);
}

/** Every charge that an org has taken, with its job. */
export function chargesOf({ diary }: Year): JobCharge[] {
  return diary.jobs.flatMap((job) => job.charges.map((one) => ({ job, one })));
}

/** A part of what is left of a payment, or now and then all of it. */
export function partOf({ random, diary }: Year, { currency }: Job, leftCents: number): number {
  const stepCents = 10_000;
  const part =
    currency === diary.home
      ? random.between(1, leftCents)
      : Math.min(leftCents, stepCents * random.between(1, 5));
  return random.next() < 0.3 ? leftCents : part;
}

/** Receipts of refunds that failed, while they are in the books. */
export function inBooksTooMuch({ diary }: Year, paymentId: number): number {
  const refunds = diary.jobs.flatMap((job) => job.refunds.filter((one) => one.paymentId === paymentId));
  return refunds.filter(({ hasFailed, isTakenOut, receipt }) => hasFailed && !isTakenOut && receipt !== null)
    .length;
}

/** A person says of a refund beside them whether it is of the same money. */
export async function hasOwnCredits(year: Year, { proposalId }: Job): Promise<boolean> {
  const memos = (await year.control.records(year.realm, 'CreditMemo')) as Json[];
  return memos.some(({ DocNumber }) => (DocNumber as string | undefined)?.startsWith(`CRM-${proposalId}-`));
}

export async function count(year: Year, job: Job, event: string): Promise<number> {
  return (await eventsOf(year.contractor, job.proposalId)).filter((one) => one === event).length;
}

async function dateReceipt(year: Year, receipt: string, TxnDate: string): Promise<void> {
  const record = (await year.control.records(year.realm, 'RefundReceipt')).find(({ Id }) => Id === receipt)!;
  const { Id, SyncToken } = record;
  await year.enter('refundreceipt?operation=update', { Id, SyncToken, sparse: true, TxnDate });
}
