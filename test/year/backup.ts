import { MissedEventsService } from '../../src/payments/stripe-webhooks/missed-events.service.js';
import { Clock } from '../../src/platform/time/clock.js';
import { reconcileRestore } from '../../src/restore/reconcile-restore.js';
import { startApp } from '../support/app.js';
import { idle } from '../support/books.js';
import { copyDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import type { Json } from '../support/people.js';
import { connect } from '../support/qbo.js';
import { STRIPE_KEY, STRIPE_SECRET } from '../support/stripe.js';
import { charge } from './card-deeds.js';
import type { Diary } from './diary.js';
import type { Year } from './year.js';

/** A webhook counts as missed after two minutes. */
const MISSED_MS = 180_000;

const ENTITIES = ['Customer', 'Invoice', 'CreditMemo', 'Payment', 'RefundReceipt'] as const;

/** A copy of the database, and what of a year the product alone knew by then. */
export interface Backup {
  database: TestDatabase;
  known: Pick<Diary, 'decisions' | 'projects'> & { work: Map<number, Work> };
}

interface Work {
  milestoneOn: string | null;
  percents: Map<string, number>;
}

/** Real time, or so much later. */
class LaterClock extends Clock {
  aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }
}

/** A copy of the database is kept; a page of Stripe that is open by then is paid after it. */
export async function backUp(year: Year, day: string): Promise<Backup> {
  let backup: Backup | undefined;
  const keep = async (): Promise<void> => {
    backup = await copyNow(year);
  };
  await charge(year, year.pick(year.diary.jobs), day, { leave: keep, comeBack: async () => {} });
  if (backup === undefined) await keep();
  return backup!;
}

/**
 * The product is brought back onto a copy as docs/operations.md says, and the office does again what it has done since
 * to contracts. What it had decided about costs and progress is lost. In QuickBooks nothing is there twice.
 */
export async function restore(year: Year, { database, known }: Backup): Promise<void> {
  const { books, contractor, control, realm, diary } = year;
  const before = await idsInBooks(year);
  const old = books.database;
  const atStripe = await knownAtStripe(old);
  await books.app[Symbol.asyncDispose]();
  await reconcileRestore(database.url, highestNumber(await control.records(realm, 'Invoice')));
  const clock = new LaterClock();
  await start(year, database, clock);
  await connect(books.app, contractor.admin, { realmId: realm });
  clock.aheadMs = MISSED_MS;
  await books.app.app.get(MissedEventsService).fetch();
  clock.aheadMs = 0;
  await recognised(year);
  await idle(books, contractor);
  Object.assign(diary, { decisions: known.decisions, projects: known.projects });
  for (const job of diary.jobs) Object.assign(job, known.work.get(job.proposalId));
  await renumber(year, atStripe);
  for (const again of year.sinceBackup) await again();
  year.sinceBackup = [];
  await idle(books, contractor);
  const after = await idsInBooks(year);
  if (after !== before) throw new Error(`in the books there were ${before}, there are ${after}`);
  await old[Symbol.asyncDispose]();
}

async function copyNow(year: Year): Promise<Backup> {
  const { books, diary } = year;
  await books.app[Symbol.asyncDispose]();
  const database = await copyDatabase(books.database);
  await start(year, books.database);
  year.sinceBackup = [];
  const { decisions, projects } = structuredClone(diary);
  const work = diary.jobs.map(
    ({ proposalId, milestoneOn, percents }) =>
      [proposalId, structuredClone({ milestoneOn, percents })] as const,
  );
  return { database, known: { decisions, projects, work: new Map(work) } };
}

/** At the same address as before. */
async function start({ books }: Year, database: TestDatabase, clock?: Clock): Promise<void> {
  const keys = { STRIPE_SECRET_KEY: STRIPE_KEY, STRIPE_WEBHOOK_SECRET: STRIPE_SECRET };
  const env = { ...keys, QBO_RECORD_PAYMENTS: 'true', QBO_REQUEST_TIMEOUT_MS: '5000', ...books.qbo.env };
  const port = Number(new URL(books.app.url).port);
  Object.assign(books, { database, app: await startApp({ databaseUrl: database.url, env, clock, port }) });
}

/** Everything of the kinds that the product makes. */
async function idsInBooks({ control, realm }: Year): Promise<string> {
  const ids = [];
  for (const entity of ENTITIES)
    ids.push(`${entity} ${(await control.records(realm, entity)).map(({ Id }) => Id).join(' ')}`);
  return ids.join(', ');
}

function highestNumber(invoices: readonly Json[]): number {
  return Math.max(0, ...invoices.map(({ DocNumber }) => Number(/^CRM-(\d+)/.exec(DocNumber)?.[1] ?? 0)));
}

/** What Stripe reports once more is in the books under the payments and receipts that were there before. */
async function recognised({ books, contractor, diary }: Year): Promise<void> {
  const made = diary.jobs.flatMap(({ charges, refunds }) => [
    ...charges.map(({ qboPayment }) => `payment.create ${qboPayment}`),
    ...refunds.map(({ receipt }) => `refund.create ${receipt}`),
  ]);
  await eventually(async () => {
    const known = await books.database.query<{ name: string }>(
      `select kind || ' ' || qbo_id as name from sync_operations where org_id = $1 and state = 'done'`,
      [contractor.orgId],
    );
    const names = new Set(known.map(({ name }) => name));
    const missing = made.filter((one) => !one.endsWith(' null') && !names.has(one));
    if (missing.length > 0) throw new Error(`${missing.join(', ')} are not known again`);
  });
}

/** By our number: what Stripe calls each payment and each refund. */
async function knownAtStripe(database: TestDatabase): Promise<Map<string, string>> {
  const rows = await database.query<{ ours: string; theirs: string }>(
    `select 'payment ' || id as ours, stripe_payment_intent_id as theirs from payments
      union all select 'refund ' || id, stripe_refund_id from refunds`,
  );
  return new Map(rows.map(({ ours, theirs }) => [ours, theirs]));
}

/** What came from Stripe again has new numbers here, and gets its day again. */
async function renumber(year: Year, before: ReadonlyMap<string, string>): Promise<void> {
  const now = new Map(
    [...(await knownAtStripe(year.books.database))].map(([ours, theirs]) => [theirs, ours]),
  );
  const numberOf = (kind: string, id: number): number => {
    const ours = now.get(before.get(`${kind} ${id}`)!);
    if (ours === undefined) throw new Error(`${kind} ${id} did not come again`);
    return Number(ours.split(' ')[1]);
  };
  for (const { charges, refunds, disputes } of year.diary.jobs) {
    const paid = charges.map((one) => ({ one, paymentId: numberOf('payment', one.paymentId) }));
    const back = refunds.map((one) => ({ one, id: numberOf('refund', one.id) }));
    for (const dispute of [...refunds, ...disputes])
      dispute.paymentId = numberOf('payment', dispute.paymentId);
    for (const { one, paymentId } of paid) {
      one.paymentId = paymentId;
      await year.backDate('payments', `id = ${paymentId}`, 'paid_at', one.day);
    }
    for (const { one, id } of back) {
      one.id = id;
      await year.backDate('refunds', `id = ${id}`, 'made_at', one.day);
    }
    for (const { id, day, state } of disputes)
      await year.backDate('disputes', `stripe_dispute_id = '${id}' and state = '${state}'`, 'status_at', day);
  }
}
