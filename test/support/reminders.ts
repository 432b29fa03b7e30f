import { DueJobsService } from '../../src/jobs/handlers/due-jobs.service.js';
import { addDays, dayInZone } from '../../src/platform/time/calendar-day.js';
import { ReminderDeliveryService } from '../../src/portal/reminders/reminder-delivery.service.js';
import { ReminderLooksService } from '../../src/portal/reminders/reminder-looks.service.js';
import { aContractor, aCustomer, anInvoicedProposal, type Contractor, idle } from './books.js';
import { FakeClock } from './clock.js';
import { type ReceivedMail, startMail, type TestMail } from './mail.js';
import { type Json, signIn, someEmail } from './people.js';
import { type BooksWithStripe, startBooksWithStripe } from './stripe.js';

/**
 * The books with a mail server and a clock that begins at this instant, so that Stripe's signatures are good; it is the
 * hour after ten in the zone of its organisations.
 */
export interface RemindingBooks extends AsyncDisposable {
  readonly books: BooksWithStripe;
  readonly mail: TestMail;
  readonly clock: FakeClock;
  readonly start: Date;
  /** Where it is past ten at the start. */
  readonly zone: string;
  /** The day so many days after the start, in that zone. */
  day(days: number): string;
  /** The database's due rows are found, as by the timer, and all their jobs are done. */
  timer(contractor: Contractor): Promise<void>;
  /** Moves the clock, signs in anew, and has the timer find what is due. */
  moveOn(contractor: Contractor, by: Parameters<FakeClock['advance']>[0]): Promise<Contractor>;
}

export interface DueInvoice {
  id: number;
  proposalId: number;
  customerId: number;
  qboInvoiceId: string;
  email: string;
}

export const REMINDERS = { days_before: [3], days_after: [0, 7], send_at: '09:00' };

export async function startReminding(): Promise<RemindingBooks> {
  const start = new Date();
  const zone = zoneAtTen(start);
  const clock = new FakeClock(start);
  const mail = await startMail();
  const env = { SMTP_URL: mail.url, JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '1440' };
  const books = await startBooksWithStripe(env, clock);
  /** The polls of meanwhile found nothing new of companies that were read since they were connected. */
  const pollMeanwhile = (): Promise<unknown> =>
    books.database.query(
      `update qbo_sweeps s set last_succeeded_at = $1 from qbo_tokens t
        where t.org_id = s.org_id and t.state = 'connected' and s.last_succeeded_at >= t.connected_at
          and s.last_error is null`,
      [clock.now()],
    );
  const timer = async (contractor: Contractor): Promise<void> => {
    const due = books.app.app.get(DueJobsService);
    await pollMeanwhile();
    await due.enqueueDue('org_settings.reminders_look_at');
    await idle(books, contractor);
    await due.enqueueDue('invoice_reminders');
    await idle(books, contractor);
  };
  return {
    books,
    mail,
    clock,
    start,
    zone,
    day: (days) => addDays(dayInZone(start, zone), days),
    timer,
    moveOn: async (contractor, by) => {
      clock.advance(by);
      const admin = await signIn(books.app, contractor.admin.email);
      await timer(contractor);
      return { ...contractor, admin };
    },
    [Symbol.asyncDispose]: async () => {
      await books[Symbol.asyncDispose]();
      await mail[Symbol.asyncDispose]();
    },
  };
}

/** A zone without summer time in which it is the hour after ten now. */
function zoneAtTen(now: Date): string {
  const ahead = 10 - now.getUTCHours();
  const hours = ahead < -12 ? ahead + 24 : ahead;
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

/** An organisation that reminds its customers, unless told otherwise. */
export async function aRemindingOrg(
  { books, zone }: RemindingBooks,
  reminders: object | null = REMINDERS,
): Promise<Contractor> {
  const contractor = await aContractor(books);
  const papers = { company_phone: '+1 303 555 0100', company_address: '12 Elm Street\nDenver' };
  const changed = await contractor.admin.patch('/org/settings', { reminders, time_zone: zone, ...papers });
  if (changed.status !== 200) throw new Error(`no reminders: ${JSON.stringify(changed.body)}`);
  await idle(books, contractor);
  return contractor;
}

/** An open invoice in QuickBooks of a customer of its own, due on this day; no poll has found anything else since. */
export async function anInvoiceDue(
  { books, clock }: RemindingBooks,
  contractor: Contractor,
  dueOn: string,
): Promise<DueInvoice> {
  const email = someEmail('maria');
  const customerId = await aCustomer(contractor, { email, full_name: 'Maria Ruiz' });
  const { proposalId, invoiceId: qboInvoiceId } = await anInvoicedProposal(contractor, { customerId });
  const [row] = await books.database.query<{ id: number }>(
    'update invoices set due_on = $2 where proposal_id = $1 returning id',
    [proposalId, dueOn],
  );
  await books.database.query('update qbo_sweeps set last_succeeded_at = $2 where org_id = $1', [
    contractor.orgId,
    clock.now(),
  ]);
  return { id: row!.id, proposalId, customerId, qboInvoiceId, email };
}

export function mailsTo({ mail }: RemindingBooks, { email }: DueInvoice): ReceivedMail[] {
  return mail.received.filter(({ to }) => to.includes(email));
}

/** Newest first, as a person is shown them. */
export async function remindersOf({ admin }: Contractor, { id }: DueInvoice): Promise<Json[]> {
  return (await admin.get(`/invoices/${id}/reminders`)).body.items as Json[];
}

export function looksOf({ books }: RemindingBooks): ReminderLooksService {
  return books.app.app.get(ReminderLooksService);
}

export function deliveryOf({ books }: RemindingBooks): ReminderDeliveryService {
  return books.app.app.get(ReminderDeliveryService);
}
