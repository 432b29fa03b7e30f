import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantInZone } from '../../../src/platform/time/local-time.js';
import { idle } from '../../support/books.js';
import { eventually } from '../../support/eventually.js';
import { createOrg } from '../../support/people.js';
import { fieldsOf } from '../../support/problem.js';
import {
  anInvoiceDue,
  aRemindingOrg,
  looksOf,
  mailsTo,
  remindersOf,
  type RemindingBooks,
  startReminding,
} from '../../support/reminders.js';

describe('When a customer is reminded', () => {
  let world: RemindingBooks;

  beforeAll(async () => {
    world = await startReminding();
  });

  beforeEach(() => world.clock.set(world.start));

  afterAll(async () => world[Symbol.asyncDispose]());

  it('is by the time zone of the organisation, from the time that it chose', async () => {
    const contractor = await aRemindingOrg(world, { days_after: [0], send_at: '13:30' });
    await contractor.admin.patch('/org/settings', { time_zone: 'Pacific/Honolulu' });
    await idle(world.books, contractor);
    const invoice = await anInvoiceDue(world, contractor, world.day(1));
    const mailsAt = async (instant: string): Promise<number> => {
      world.clock.set(instant);
      await world.timer(contractor);
      return mailsTo(world, invoice).length;
    };
    expect(await mailsAt(`${world.day(1)}T23:29:00Z`)).toBe(0);
    expect(await mailsAt(`${world.day(1)}T23:30:00Z`)).toBe(1);
    expect(await mailsAt(`${world.day(2)}T23:30:00Z`)).toBe(1);
  });

  it('is at once where reminders are turned on, of what is due, and not of what was long ago', async () => {
    const contractor = await aRemindingOrg(world, null);
    const [today, lately, longAgo, later] = [
      await anInvoiceDue(world, contractor, world.day(-7)),
      await anInvoiceDue(world, contractor, world.day(-9)),
      await anInvoiceDue(world, contractor, world.day(-10)),
      await anInvoiceDue(world, contractor, world.day(1)),
    ];
    await contractor.admin.patch('/org/settings', { reminders: { days_before: [2], days_after: [6, 7] } });
    await eventually(() => expect(mailsTo(world, today)).toHaveLength(1));
    await idle(world.books, contractor);
    // Of the sixth and the seventh day only the newest; the step of yesterday is not too late.
    expect(await remindersOf(contractor, today)).toMatchObject([{ step: 'after_7' }]);
    expect(await remindersOf(contractor, lately)).toMatchObject([{ step: 'after_7', state: 'sent' }]);
    expect(await remindersOf(contractor, longAgo)).toEqual([]);
    expect(await remindersOf(contractor, later)).toMatchObject([{ step: 'before_2', state: 'sent' }]);
  });

  it('is again for a due day that was moved, and once for each', async () => {
    const contractor = await aRemindingOrg(world, { days_after: [0] });
    const invoice = await anInvoiceDue(world, contractor, world.day(0));
    await looksOf(world).look(contractor);
    await eventually(() => expect(mailsTo(world, invoice)).toHaveLength(1));
    await world.books.database.query('update invoices set due_on = $2 where id = $1', [
      invoice.id,
      world.day(1),
    ]);
    let later = await world.moveOn(contractor, { days: 1 });
    later = await world.moveOn(later, { hours: 1 });
    expect(await remindersOf(later, invoice)).toMatchObject([
      { step: 'due', due_on: world.day(1), state: 'sent' },
      { step: 'due', due_on: world.day(0), state: 'sent' },
    ]);
  });

  it('is never at night: what failed in the evening waits for the morning', async () => {
    const contractor = await aRemindingOrg(world, { days_after: [0], send_at: '20:00' });
    await contractor.admin.patch('/org/settings', { time_zone: 'America/Denver' });
    await idle(world.books, contractor);
    const invoice = await anInvoiceDue(world, contractor, world.day(1));
    const eight = instantInZone(world.day(1), '20:00', 'America/Denver');
    world.mail.refuse(...Array<string>(5).fill('451 4.7.1 try later'));
    world.clock.set(eight);
    await world.timer(contractor);
    for (const seconds of [10, 60, 360, 2_160, 12_960]) {
      world.clock.advance({ seconds });
      await world.timer(contractor);
    }
    const waiting = await world.books.database.query(
      `select attempts, next_attempt_at as at from invoice_reminders where state = 'queued' and invoice_id = $1`,
      [invoice.id],
    );
    const next = instantInZone(world.day(2), '20:00', 'America/Denver');
    expect(waiting).toEqual([{ attempts: 5, at: next }]);
    expect(mailsTo(world, invoice)).toEqual([]);
    world.clock.set(next);
    await world.timer(contractor);
    expect(mailsTo(world, invoice)).toHaveLength(1);
  });
});

describe('The setting of reminders', () => {
  let world: RemindingBooks;

  beforeAll(async () => {
    world = await startReminding();
  });

  afterAll(async () => world[Symbol.asyncDispose]());

  it('is off until it is given, keeps its days in order, and is off again with null', async () => {
    const { admin } = await createOrg(world.books.app);
    expect((await admin.get('/org/settings')).body.reminders).toBeNull();
    const given = { days_before: [3, 10], days_after: [14, 1, 7], send_at: '08:30' };
    const kept = await admin.patch('/org/settings', { reminders: given });
    const inOrder = { days_before: [10, 3], days_after: [1, 7, 14], send_at: '08:30' };
    expect([kept.status, kept.body.reminders]).toEqual([200, inOrder]);
    expect((await admin.patch('/org/settings', { terms_days: 7 })).body.reminders).toEqual(inOrder);
    const short = await admin.patch('/org/settings', { reminders: { days_after: [1] } });
    expect(short.body.reminders).toEqual({ days_before: [], days_after: [1], send_at: '09:00' });
    expect((await admin.patch('/org/settings', { reminders: null })).body.reminders).toBeNull();
  });

  it.each([
    { reminders: { days_before: [], days_after: [] }, field: 'reminders.days_after' },
    { reminders: {}, field: 'reminders.days_after' },
    { reminders: { days_before: [91] }, field: 'reminders.days_before' },
    { reminders: { days_before: [-1] }, field: 'reminders.days_before' },
    { reminders: { days_after: [1.5] }, field: 'reminders.days_after' },
    { reminders: { days_after: ['1'] }, field: 'reminders.days_after' },
    { reminders: { days_after: [1, 1] }, field: 'reminders.days_after' },
    { reminders: { days_after: [1, 2, 3, 4, 5, 6, 7] }, field: 'reminders.days_after' },
    { reminders: { days_after: 7 }, field: 'reminders.days_after' },
    { reminders: { days_after: [1], send_at: '9:00' }, field: 'reminders.send_at' },
    { reminders: { days_after: [1], send_at: '03:00' }, field: 'reminders.send_at' },
    { reminders: { days_after: [1], send_at: '20:01' }, field: 'reminders.send_at' },
    { reminders: { days_after: [1], weekends: false }, field: 'reminders.weekends' },
    { reminders: [1], field: 'reminders' },
    { reminders: 'daily', field: 'reminders' },
  ])('refuses $reminders by its field', async ({ reminders, field }) => {
    const { admin } = await createOrg(world.books.app);
    const answer = await admin.patch('/org/settings', { reminders });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toContain(field);
    expect((await admin.get('/org/settings')).body.reminders).toBeNull();
  });
});
