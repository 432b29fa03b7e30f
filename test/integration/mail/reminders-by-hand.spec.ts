import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../support/app.js';
import { eventsOf, idle, pollCompany } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { openItems } from '../../support/inbox.js';
import { addPerson, createOrg, Session } from '../../support/people.js';
import { openCheckout } from '../../support/stripe.js';
import {
  anInvoiceDue,
  aRemindingOrg,
  looksOf,
  mailsTo,
  remindersOf,
  type RemindingBooks,
  startReminding,
} from '../../support/reminders.js';

describe('A reminder that a person asks for', () => {
  let world: RemindingBooks;

  beforeAll(async () => {
    world = await startReminding();
  });

  beforeEach(() => world.clock.set(world.start));

  afterAll(async () => world[Symbol.asyncDispose]());

  it('goes out at once, whatever the day, is logged, and is shown with who asked', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(12));
    const seller = await addPerson(world.books.app, contractor.orgId, ['sales']);
    const answer = await seller.post(`/invoices/${invoice.id}/remind`);
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'queued', invoice_id: invoice.id, emailed_to: invoice.email },
    });
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    await idle(world.books, contractor);
    expect(mailsTo(world, invoice)[0]!.source).toMatch(new RegExp(`^Reply-To: .*${seller.email}`, 'm'));
    expect(await remindersOf(contractor, invoice)).toMatchObject([
      { id: answer.body.reminder_id, step: 'by_hand', state: 'sent', asked_by: seller.userId },
    ]);
    expect(await eventsOf(contractor, invoice.proposalId)).toContain('reminder_sent');
    const timeline = await contractor.admin.get(`/proposals/${invoice.proposalId}/timeline`);
    expect(JSON.stringify(timeline.body)).toContain('reminder_sent');
    const why = await contractor.admin.get(`/proposals/${invoice.proposalId}/why`);
    expect(why.body.answer).toMatch(/; its customer was last reminded on \w+ \d+, \d+\.$/);
  });

  it('twice within the hour goes out once; an hour later, once more', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    const ask = () => contractor.admin.post(`/invoices/${invoice.id}/remind`);
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    expect(new Set(answers.map(({ body }) => body.reminder_id)).size).toBe(1);
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([{ state: 'sent' }]),
    );
    world.clock.advance({ minutes: 59 });
    expect((await ask()).body).toMatchObject({ status: 'sent', reminder_id: answers[0]!.body.reminder_id });
    world.clock.advance({ minutes: 2 });
    expect((await ask()).body).toMatchObject({ status: 'queued' });
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(2));
  });

  it('goes out once more at once, as the inbox says, where nobody knows whether the one before arrived', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    world.mail.loseNextAnswer();
    await contractor.admin.post(`/invoices/${invoice.id}/remind`);
    const inbox = () => openItems(contractor.admin);
    await eventually(async () => expect(await inbox()).toMatchObject([{ code: 'reminder_uncertain' }]));
    const [, route] = /send another by POST (\S+);/.exec((await inbox())[0]!.next_step)!;
    expect((await contractor.admin.post(route!)).body).toMatchObject({ status: 'queued' });
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([
        { state: 'sent' },
        { state: 'uncertain' },
      ]),
    );
    await idle(world.books, contractor);
    expect(await inbox()).toEqual([]);
  });

  it('keeps the one of the same morning from going out by itself', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    await contractor.admin.post(`/invoices/${invoice.id}/remind`);
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    await contractor.admin.patch('/org/settings', { reminders: { days_after: [0] } });
    await eventually(async () =>
      expect(await remindersOf(contractor, invoice)).toMatchObject([
        { step: 'due', state: 'skipped', reason: 'The customer was reminded of it within the hours before.' },
        { step: 'by_hand', state: 'sent' },
      ]),
    );
    await looksOf(world).look(contractor);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('is not sent once more where the mail server was busy, and one went out by itself meanwhile', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    world.mail.refuse('451 4.7.1 try later');
    await contractor.admin.post(`/invoices/${invoice.id}/remind`);
    const reminders = () => remindersOf(contractor, invoice);
    await eventually(async () =>
      expect(await reminders()).toMatchObject([{ reason: expect.stringContaining('answered 451') }]),
    );
    await idle(world.books, contractor);
    world.clock.advance({ seconds: 10 });
    await contractor.admin.patch('/org/settings', { reminders: { days_after: [0] } });
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    await world.moveOn(contractor, { minutes: 1 });
    expect(await reminders()).toMatchObject([
      { step: 'due', state: 'sent' },
      {
        step: 'by_hand',
        state: 'skipped',
        reason: 'The customer was reminded of it since this was asked for.',
      },
    ]);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });

  it('is sent where reminders are turned off for the customer or the invoice', async () => {
    const contractor = await aRemindingOrg(world);
    const invoice = await anInvoiceDue(world, contractor, world.day(20));
    await contractor.admin.patch(`/customers/${invoice.customerId}`, { reminders: false });
    await contractor.admin.patch(`/invoices/${invoice.id}`, { reminders: false });
    expect((await contractor.admin.post(`/invoices/${invoice.id}/remind`)).status).toBe(202);
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
  });

  it('is refused where nothing is to be paid, by what speaks against it', async () => {
    const contractor = await aRemindingOrg(world, null);
    const { admin } = contractor;
    const refusal = async (id: number): Promise<unknown[]> => {
      const { status, body } = await admin.post(`/invoices/${id}/remind`);
      return [status, body.code];
    };
    const paid = await anInvoiceDue(world, contractor, world.day(0));
    await world.books.control.receivePayment(contractor.realmId, paid.qboInvoiceId);
    await pollCompany(world.books, contractor);
    expect(await refusal(paid.id)).toEqual([409, 'invoice_paid']);

    const pending = await anInvoiceDue(world, contractor, world.day(0));
    const { session_id: session } = await openCheckout(admin, pending.proposalId);
    await world.books.stripe.act('pay', { session, how: 'bank' });
    // Asked before the bank is heard of, one would be on its way for the rest of the hour.
    await eventually(async () =>
      expect(
        await world.books.database.query(
          'select status from checkout_sessions where stripe_session_id = $1',
          [session],
        ),
      ).toEqual([{ status: 'pending' }]),
    );
    expect(await refusal(pending.id)).toEqual([409, 'payment_pending']);

    const inactive = await anInvoiceDue(world, contractor, world.day(0));
    await admin.patch(`/customers/${inactive.customerId}`, { is_active: false });
    expect(await refusal(inactive.id)).toEqual([409, 'customer_inactive']);

    const { admin: other } = await createOrg(world.books.app, 'Other Roofing');
    expect((await other.post(`/invoices/${inactive.id}/remind`)).status).toBe(404);
    expect((await other.get(`/invoices/${inactive.id}/reminders`)).status).toBe(404);
    expect((await other.patch(`/invoices/${inactive.id}`, { reminders: false })).status).toBe(404);
    for (const one of [paid, inactive]) expect(mailsTo(world, one)).toEqual([]);
  });

  it('counts among the ten e-mails to one address in a day', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    await world.books.database.query(
      `insert into invoice_reminders
         (org_id, invoice_id, asked_by, state, emailed_to, next_attempt_at, sent_at, handed_over_at, created_at)
       select $1, $2, $3, 'sent', $4, at, at, at, at
         from generate_series($5::timestamptz - interval '12 hours', $5::timestamptz - interval '2 hours', '1 hour') at
        limit 10`,
      [contractor.orgId, invoice.id, contractor.admin.userId, invoice.email, world.start],
    );
    const remind = await contractor.admin.post(`/invoices/${invoice.id}/remind`);
    expect([remind.status, remind.body.code]).toEqual([429, 'too_many_emails']);
    const offer = await contractor.admin.post(`/portal/email/${invoice.proposalId}`);
    expect([offer.status, offer.body.code]).toEqual([429, 'too_many_emails']);
  });

  it('asks for a mail server where none is named', async () => {
    const contractor = await aRemindingOrg(world, null);
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    await using mute = await startApp({
      databaseUrl: world.books.database.url,
      clock: world.clock,
      env: { CRM_ROLE: 'api' },
    });
    const answer = await new Session(mute.url, contractor.admin.token).post(`/invoices/${invoice.id}/remind`);
    expect([answer.status, answer.body.code]).toEqual([409, 'smtp_not_configured']);
  });
});
