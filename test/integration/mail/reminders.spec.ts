import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { MailClient } from '../../../src/platform/mail/mail.client.js';
import { type Contractor, eventsOf, idle, pollCompany } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { metric } from '../../support/metrics.js';
import { signIn } from '../../support/people.js';
import { openPage } from '../../support/portal.js';
import { connect } from '../../support/qbo.js';
import { openCheckout, payDeposit } from '../../support/stripe.js';
import {
  anInvoiceDue,
  aRemindingOrg,
  type DueInvoice,
  deliveryOf,
  looksOf,
  mailsTo,
  REMINDERS,
  remindersOf,
  type RemindingBooks,
  startReminding,
} from '../../support/reminders.js';

const BUSY = '451 4.7.1 try later';

const inboxOf = ({ admin }: Contractor) => openItems(admin);

describe('A reminder of an invoice', () => {
  let world: RemindingBooks;

  beforeAll(async () => {
    world = await startReminding();
  });

  beforeEach(() => world.clock.set(world.start));

  afterAll(async () => world[Symbol.asyncDispose]());

  /** A reminder that waits because the mail server is busy; it may go out a minute later. */
  const aWaitingReminder = async (reminders: object = REMINDERS) => {
    const contractor = await aRemindingOrg(world, reminders);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse(BUSY);
    await looksOf(world).look(contractor);
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([
        { state: 'queued', reason: 'The mail server did not take the address yet (it answered 451).' },
      ]),
    );
    await idle(world.books, contractor);
    const [{ id }] = await remindersOf(contractor, invoice);
    return { contractor, invoice, reminderId: id as number };
  };

  it('goes out before the due day, on it and after it, each once, with a link by which it is paid', async () => {
    let contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    await looksOf(world).look(contractor);
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    for (const by of [{ hours: 1 }, { hours: 1 }, { days: 1 }])
      contractor = await world.moveOn(contractor, by);
    expect(mailsTo(world, invoice)).toHaveLength(1);
    contractor = await world.moveOn(contractor, { days: 2 });
    expect(mailsTo(world, invoice)).toHaveLength(2);
    for (let days = 1; days <= 9; days += 1) contractor = await world.moveOn(contractor, { days: 1 });
    const mails = mailsTo(world, invoice);
    expect(mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Invoice CRM-\d+ from Acme Roofing is due on \w+ \d+, \d+$/),
      expect.stringMatching(/is due today$/),
      expect.stringMatching(/was due on \w+ \d+, \d+$/),
    ]);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(3);
    expect(mails[0]!.text).toContain('$3,750.00 of it is open');
    expect(mails[0]!.text).toContain('+1 303 555 0100 · 12 Elm Street, Denver');
    expect(mails[0]!.source).toMatch(new RegExp(`^Reply-To: .*${contractor.admin.email}`, 'm'));

    const url = /http\S+\/portal\/p\/[\w-]{43}/.exec(mails[2]!.text)![0];
    const page = await openPage(world.books.app, new URL(url).pathname);
    expect([page.status, page.html.includes('$3,750.00')]).toEqual([200, true]);

    expect(await remindersOf(contractor, invoice)).toMatchObject([
      { step: 'after_7', state: 'sent', due_on: world.day(3), emailed_to: invoice.email, asked_by: null },
      { step: 'due', state: 'sent' },
      { step: 'before_3', state: 'sent', reason: null, next_attempt_at: null },
    ]);
    const events = await eventsOf(contractor, invoice.proposalId);
    expect(events.filter((event) => event === 'reminder_sent')).toHaveLength(3);
    const labels = { org_id: contractor.orgId, result: 'sent' };
    expect(await metric(world.books.app, 'crm_invoice_reminders_total', labels)).toBe(3);
    const stored = JSON.stringify(
      await world.books.database.query(
        `select row_to_json(r)::text as row from invoice_reminders r
         union all select row_to_json(l)::text from portal_links l
         union all select row_to_json(j)::text from pgboss.job j`,
      ),
    );
    expect(stored).not.toContain(url.split('/').at(-1));
  });

  it('is sent to nobody by an organisation that did not ask for it', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    expect((await contractor.admin.get('/org/settings')).body.reminders).toBeNull();
    await looksOf(world).look(contractor);
    await world.timer(contractor);
    expect(await remindersOf(contractor, invoice)).toEqual([]);
  });

  it('is sent to no customer, and of no invoice, that is left out; to the others it is', async () => {
    const contractor = await aRemindingOrg(world);
    const [left, gone, out, other] = [
      await anInvoiceDue(world, contractor, world.day(3)),
      await anInvoiceDue(world, contractor, world.day(3)),
      await anInvoiceDue(world, contractor, world.day(3)),
      await anInvoiceDue(world, contractor, world.day(3)),
    ];
    const { admin } = contractor;
    const customer = await admin.patch(`/customers/${left.customerId}`, { reminders: false });
    expect(customer.body.reminders).toBe(false);
    await admin.patch(`/customers/${gone.customerId}`, { is_active: false });
    const changed = await admin.patch(`/invoices/${out.id}`, { reminders: false });
    expect([changed.status, changed.body.reminders]).toEqual([200, false]);
    expect((await admin.get(`/invoices/${out.id}`)).body.reminders).toBe(false);
    await looksOf(world).look(contractor);
    await eventually(() => expect(mailsTo(world, other)).toHaveLength(1));
    for (const one of [left, gone, out]) expect(await remindersOf(contractor, one)).toEqual([]);
  });

  it('is not sent of an invoice that was paid in QuickBooks while it waited', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    await world.books.control.receivePayment(contractor.realmId, invoice.qboInvoiceId);
    await pollCompany(world.books, contractor);
    const after = await world.moveOn(contractor, { minutes: 1 });
    expect(await remindersOf(after, invoice)).toMatchObject([
      { state: 'skipped', reason: expect.stringMatching(/^Invoice CRM-\d+ is paid in QuickBooks\.$/) },
    ]);
    expect(mailsTo(world, invoice)).toEqual([]);
    const labels = { org_id: contractor.orgId, result: 'skipped' };
    expect(await metric(world.books.app, 'crm_invoice_reminders_total', labels)).toBe(1);
  });

  it('is sent of one that was not paid while it waited (so that the test above is not vacuous)', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    await world.moveOn(contractor, { minutes: 1 });
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('is not sent of one that was voided or is due on another day by now, and waits for books to be read', async () => {
    const voided = await aWaitingReminder();
    await voided.contractor.admin.post(`/invoices/${voided.invoice.id}/void`);
    await idle(world.books, voided.contractor);
    const moved = await aWaitingReminder();
    await world.books.database.query('update invoices set due_on = $2 where id = $1', [
      moved.invoice.id,
      world.day(30),
    ]);
    const unread = await aWaitingReminder();
    await unread.contractor.admin.post('/qbo/disconnect');
    await world.moveOn(voided.contractor, { minutes: 1 });
    await world.timer(moved.contractor);
    await world.timer(unread.contractor);
    expect(await remindersOf(voided.contractor, voided.invoice)).toMatchObject([
      { state: 'skipped', reason: expect.stringContaining('was voided in QuickBooks') },
    ]);
    expect(await remindersOf(moved.contractor, moved.invoice)).toMatchObject([
      { state: 'skipped', reason: 'The invoice is due on another day by now.' },
    ]);
    expect(await remindersOf(unread.contractor, unread.invoice)).toMatchObject([
      { state: 'queued', reason: expect.stringContaining('company of the invoice is not connected') },
    ]);
    for (const { invoice } of [voided, moved, unread]) expect(mailsTo(world, invoice)).toEqual([]);
    await connect(world.books.app, unread.contractor.admin, { realmId: unread.contractor.realmId });
    await pollCompany(world.books, unread.contractor);
    const due = [unread.invoice.id, world.day(3)];
    await world.books.database.query('update invoices set due_on = $2 where id = $1', due);
    await world.moveOn(unread.contractor, { minutes: 61 });
    expect(await remindersOf(unread.contractor, unread.invoice)).toMatchObject([
      { state: 'sent', reason: null },
    ]);
  });

  it('waits for the first poll of a company that is connected anew, which tells what was paid', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    await contractor.admin.post('/qbo/disconnect');
    await world.books.control.receivePayment(contractor.realmId, invoice.qboInvoiceId);
    world.clock.advance({ hours: 5 });
    const admin = await signIn(world.books.app, contractor.admin.email);
    await connect(world.books.app, admin, { realmId: contractor.realmId });
    const connected = await world.moveOn(contractor, { minutes: 1 });
    expect(mailsTo(world, invoice)).toEqual([]);
    expect(await remindersOf(connected, invoice)).toMatchObject([
      { state: 'queued', reason: expect.stringContaining('was not read lately') },
    ]);
    await pollCompany(world.books, contractor);
    const polled = await world.moveOn(connected, { minutes: 2 });
    expect(await remindersOf(polled, invoice)).toMatchObject([
      { state: 'skipped', reason: expect.stringMatching(/is paid in QuickBooks\.$/) },
    ]);
  });

  it('waits while QuickBooks answers no poll, and is sent once it does', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    const { control } = world.books;
    const { realmId: realm_id } = contractor;
    await control.planFault({ operation: 'cdc', realm_id, kind: '403', when: 'before' });
    await pollCompany(world.books, contractor);
    const failing = await world.moveOn(contractor, { hours: 2 });
    expect(mailsTo(world, invoice)).toEqual([]);
    expect(await remindersOf(failing, invoice)).toMatchObject([
      { state: 'queued', reason: expect.stringContaining('was not read lately') },
    ]);
    await pollCompany(world.books, contractor);
    // The poll has read the invoice's own due day.
    const due = [invoice.id, world.day(3)];
    await world.books.database.query('update invoices set due_on = $2 where id = $1', due);
    const answered = await world.moveOn(failing, { minutes: 2 });
    expect(await remindersOf(answered, invoice)).toMatchObject([{ state: 'sent', reason: null }]);
  });

  it.each([
    ['has not looked at all that the feed does not reach back to', 'first_look', 'failed'],
    ['is yet to look at all of which the feed told a part', 'feed_full', 'queued'],
  ])('waits while a comparison %s', async (_, reason, status) => {
    const { contractor, invoice } = await aWaitingReminder();
    const { database } = world.books;
    const later = new Date(world.clock.now().getTime() + 30 * 86_400_000);
    await database.query(
      `insert into invoice_compares (id, org_id, realm_id, reason, status, total, done, error, next_run_at, created_at,
                                     finished_at)
       select gen_random_uuid(), $1, $2, $3, $4, 2, 1, 'It ended before its end', $6, $5,
              case when $4 = 'failed' then $5::timestamptz end`,
      [contractor.orgId, contractor.realmId, reason, status, world.clock.now(), later],
    );
    const waiting = await world.moveOn(contractor, { minutes: 61 });
    expect(await remindersOf(waiting, invoice)).toMatchObject([
      { state: 'queued', reason: expect.stringContaining('was not read lately') },
    ]);
    await database.query(
      `update invoice_compares set status = 'done', error = null, done = 2, finished_at = $2 where org_id = $1`,
      [contractor.orgId, world.clock.now()],
    );
    const compared = await world.moveOn(waiting, { minutes: 2 });
    expect(await remindersOf(compared, invoice)).toMatchObject([{ state: 'sent', reason: null }]);
  });

  it.each([
    ['for more than two weeks', `created_at = created_at - interval '15 days'`],
    ['of a company that was connected before', `subject = 'payment.on_account:4620816365000000000:9'`],
  ])('waits no more for money that is on account %s', async (_, change) => {
    const { contractor, invoice } = await aWaitingReminder();
    await world.books.control.receivePayment(contractor.realmId, invoice.qboInvoiceId, { unapplied: true });
    await pollCompany(world.books, contractor);
    const due = [invoice.id, world.day(3)];
    await world.books.database.query('update invoices set due_on = $2 where id = $1', due);
    const [item] = await openItems(contractor.admin, 'payment_on_account');
    await world.books.database.query(`update inbox_items set ${change} where id = $1`, [item!.id]);
    const after = await world.moveOn(contractor, { minutes: 61 });
    expect(await remindersOf(after, invoice)).toMatchObject([{ state: 'sent', reason: null }]);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('waits while money of the customer is on account, and is sent once a person leaves it as a credit', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    const { control } = world.books;
    await control.receivePayment(contractor.realmId, invoice.qboInvoiceId, { unapplied: true });
    await pollCompany(world.books, contractor);
    // The poll has read the invoice's own due day.
    const due = [invoice.id, world.day(3)];
    await world.books.database.query('update invoices set due_on = $2 where id = $1', due);
    const { admin } = await world.moveOn(contractor, { minutes: 1 });
    expect(await remindersOf({ ...contractor, admin }, invoice)).toMatchObject([
      {
        state: 'queued',
        reason: expect.stringMatching(/^The customer has paid: .+ on no invoice in QuickBooks/),
      },
    ]);
    expect(mailsTo(world, invoice)).toEqual([]);
    const [item] = await openItems(admin, 'payment_on_account');
    expect((await admin.post(`/inbox/${item!.id}/resolve`)).status).toBe(200);
    const after = await world.moveOn(contractor, { minutes: 61 });
    expect(await remindersOf(after, invoice)).toMatchObject([{ state: 'sent', reason: null }]);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('is not sent where the money is on its way, or with us and not in QuickBooks yet', async () => {
    const pending = await aWaitingReminder();
    const { session_id: session } = await openCheckout(pending.contractor.admin, pending.invoice.proposalId);
    await world.books.stripe.act('pay', { session, how: 'bank' });
    await eventually(async () => {
      const rows = await world.books.database.query(
        `select from checkout_sessions where status = 'pending' and proposal_id = $1`,
        [pending.invoice.proposalId],
      );
      expect(rows).toHaveLength(1);
    });
    const paid = await aWaitingReminder();
    await payDeposit(world.books, paid.contractor.admin, paid.invoice.proposalId);
    expect((await paid.contractor.admin.get(`/invoices/${paid.invoice.id}`)).body.balance_cents).toBe(
      375_000,
    );
    await world.moveOn(pending.contractor, { minutes: 1 });
    await world.timer(paid.contractor);
    expect(await remindersOf(pending.contractor, pending.invoice)).toMatchObject([
      { state: 'skipped', reason: expect.stringContaining('bank is about to pay') },
    ]);
    expect(await remindersOf(paid.contractor, paid.invoice)).toMatchObject([
      { state: 'skipped', reason: expect.stringContaining('is paid already') },
    ]);
    expect([...mailsTo(world, pending.invoice), ...mailsTo(world, paid.invoice)]).toEqual([]);
  });

  it('is sent of no invoice of a proposal whose payment a bank disputes', async () => {
    const contractor = await aRemindingOrg(world);
    const deposit = await anInvoiceDue(world, contractor, world.day(30));
    const { paymentIntentId } = await payDeposit(world.books, contractor.admin, deposit.proposalId);
    const [progress] = await world.books.database.query<{ id: number }>(
      `insert into invoices (org_id, proposal_id, kind, currency, amount_cents, qbo_realm_id, qbo_invoice_id, number,
                             state, total_cents, balance_cents, paid_cents, due_on)
       select org_id, proposal_id, 'progress', currency, 40000, qbo_realm_id, '99' || qbo_invoice_id, 'CRM-P', 'open',
              40000, 40000, 0, $2 from invoices where id = $1 returning id`,
      [deposit.id, world.day(3)],
    );
    const invoice = { ...deposit, id: progress!.id };
    await world.books.stripe.act('dispute', { payment_intent: paymentIntentId });
    await eventually(async () => {
      const rows = await world.books.database.query(
        `select from disputes where state = 'open' and proposal_id = $1`,
        [deposit.proposalId],
      );
      expect(rows).toHaveLength(1);
    });
    await looksOf(world).look(contractor);
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([
        { state: 'skipped', reason: expect.stringContaining('disputes a payment') },
      ]),
    );
    expect(mailsTo(world, invoice)).toEqual([]);
  });

  it('is one however many look, and however many send it', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse(BUSY);
    await Promise.all(Array.from({ length: 6 }, () => looksOf(world).look(contractor)));
    await idle(world.books, contractor);
    const [{ id }, ...more] = await remindersOf(contractor, invoice);
    expect(more).toEqual([]);
    world.clock.advance({ minutes: 1 });
    await Promise.all(
      Array.from({ length: 8 }, () =>
        deliveryOf(world).deliver({ orgId: contractor.orgId, reminderId: id as number }),
      ),
    );
    expect(mailsTo(world, invoice)).toHaveLength(1);
    expect(await remindersOf(contractor, invoice)).toMatchObject([{ state: 'sent' }]);
  });

  it('whose worker died before the mail server was asked is sent by another', async () => {
    const { contractor, invoice, reminderId } = await aWaitingReminder();
    await world.books.database.query(
      `update invoice_reminders set lease_until = now() - interval '1 second', lease_token = lease_token + 1,
              next_attempt_at = $2 where id = $1`,
      [reminderId, world.clock.now()],
    );
    await world.timer(contractor);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('whose worker died after the mail server was asked is not sent by another, and says so', async () => {
    const { contractor, invoice, reminderId } = await aWaitingReminder();
    await world.books.database.query(
      `update invoice_reminders set lease_until = now() - interval '1 second', lease_token = lease_token + 1,
              next_attempt_at = $2, handed_over_at = $2 where id = $1`,
      [reminderId, world.clock.now()],
    );
    await world.timer(contractor);
    expect(mailsTo(world, invoice)).toEqual([]);
    expect(await remindersOf(contractor, invoice)).toMatchObject([
      { state: 'uncertain', reason: expect.stringContaining('not sent again') },
    ]);
  });

  it('whose process ends while the mail server is asked is not sent by another', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    const killed = vi.spyOn(MailClient.prototype, 'send').mockRejectedValueOnce(new Error('killed'));
    await looksOf(world).look(contractor);
    await eventually(() => expect(killed).toHaveBeenCalledTimes(1));
    killed.mockRestore();
    await idle(world.books, contractor);
    expect(await remindersOf(contractor, invoice)).toMatchObject([{ state: 'queued' }]);
    await world.books.database.query(
      `update invoice_reminders set lease_until = now() - interval '1 second' where invoice_id = $1`,
      [invoice.id],
    );
    await world.timer(contractor);
    expect(await remindersOf(contractor, invoice)).toMatchObject([{ state: 'uncertain' }]);
    expect(mailsTo(world, invoice)).toEqual([]);
  });

  it('that the mail server took without saying so is not sent again', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.loseNextAnswer();
    await looksOf(world).look(contractor);
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([{ state: 'uncertain' }]),
    );
    const after = await world.moveOn(contractor, { hours: 1 });
    expect(mailsTo(world, invoice)).toHaveLength(1);
    expect(await eventsOf(after, invoice.proposalId)).not.toContain('reminder_sent');
  });

  it('that an address refuses has failed, without telling the address', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse(`550 5.1.1 ${invoice.email} unknown`);
    await looksOf(world).look(contractor);
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([
        {
          state: 'failed',
          reason: 'The mail server does not take the address (it answered 550).',
          next_attempt_at: null,
        },
      ]),
    );
  });

  it('that did not reach the customer waits in the inbox until another did', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse(`550 5.1.1 ${invoice.email} unknown`);
    await looksOf(world).look(contractor);
    await eventually(async () => expect(await inboxOf(contractor)).toHaveLength(1));
    const [item] = await inboxOf(contractor);
    expect(item).toMatchObject({
      code: 'reminder_failed',
      proposal_id: invoice.proposalId,
      customer_name: 'Maria Ruiz',
      reason: expect.stringMatching(
        /^The reminder of invoice CRM-\d+ of proposal \d+ for .?Maria Ruiz.?: The mail server does not take the/,
      ),
      next_step: expect.stringContaining(`POST /invoices/${invoice.id}/remind`),
    });
    expect(item!.next_step).toContain(`PATCH /customers/${invoice.customerId}`);
    const asked = await contractor.admin.post(`/invoices/${invoice.id}/remind`);
    expect(asked.status).toBe(202);
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    await idle(world.books, contractor);
    expect(await inboxOf(contractor)).toEqual([]);
  });

  it('that may not have reached the customer is no matter any more once the invoice is paid', async () => {
    const paying = await aRemindingOrg(world);
    const paid = await anInvoiceDue(world, paying, world.day(3));
    const waiting = await aRemindingOrg(world);
    const open = await anInvoiceDue(world, waiting, world.day(3));
    for (const contractor of [paying, waiting]) {
      world.mail.loseNextAnswer();
      await looksOf(world).look(contractor);
      await eventually(async () =>
        expect(await inboxOf(contractor)).toMatchObject([{ code: 'reminder_uncertain' }]),
      );
    }
    await world.books.control.receivePayment(paying.realmId, paid.qboInvoiceId);
    await pollCompany(world.books, paying);
    for (const contractor of [paying, waiting]) await looksOf(world).look(contractor);
    expect(await inboxOf(paying)).toEqual([]);
    expect(await inboxOf(waiting)).toMatchObject([{ proposal_id: open.proposalId }]);
  });

  it.each([
    { turned: 'for the organisation', route: () => '/org/settings', change: { reminders: null } },
    {
      turned: 'for the customer',
      route: ({ customerId }: DueInvoice) => `/customers/${customerId}`,
      change: { reminders: false },
    },
    {
      turned: 'for the invoice',
      route: ({ id }: DueInvoice) => `/invoices/${id}`,
      change: { reminders: false },
    },
  ])('that failed is no matter any more once they are turned off $turned', async ({ route, change }) => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse('550 5.1.1 unknown');
    await looksOf(world).look(contractor);
    await eventually(async () => expect(await inboxOf(contractor)).toHaveLength(1));
    expect((await contractor.admin.patch(route(invoice), change)).status).toBe(200);
    await idle(world.books, contractor);
    expect(await inboxOf(await world.moveOn(contractor, { hours: 1 }))).toEqual([]);
  });

  it('that a person asked for and that failed waits where nobody is reminded by itself, until it is paid', async () => {
    const contractor = await aRemindingOrg(world);
    await contractor.admin.patch('/org/settings', { reminders: null });
    const invoice = await anInvoiceDue(world, contractor, world.day(3));
    world.mail.refuse('550 5.1.1 unknown');
    expect((await contractor.admin.post(`/invoices/${invoice.id}/remind`)).status).toBe(202);
    await eventually(async () =>
      expect(await inboxOf(contractor)).toMatchObject([{ code: 'reminder_failed' }]),
    );
    const later = await world.moveOn(contractor, { days: 1 });
    expect(await inboxOf(later)).toHaveLength(1);
    await world.books.control.receivePayment(later.realmId, invoice.qboInvoiceId);
    await pollCompany(world.books, later);
    expect(await inboxOf(await world.moveOn(later, { days: 1, hours: 1 }))).toEqual([]);
  });

  it('that was skipped asks nobody', async () => {
    const { contractor, invoice } = await aWaitingReminder();
    await world.books.control.receivePayment(contractor.realmId, invoice.qboInvoiceId);
    await pollCompany(world.books, contractor);
    const after = await world.moveOn(contractor, { minutes: 1 });
    expect(await remindersOf(after, invoice)).toMatchObject([{ state: 'skipped' }]);
    expect(await inboxOf(after)).toEqual([]);
  });
});
