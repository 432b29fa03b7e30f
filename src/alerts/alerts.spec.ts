import { describe, expect, it } from 'vitest';
import { nextAttempt } from '../jobs/backoff.js';
import { ALERT_BACKOFF } from './alert-message.js';
import { alertText } from './alert-text.js';
import type { Audience, Incident } from './incident.js';
import { isPublicAddress } from '../platform/network/public-address.js';
import { isQuiet } from './quiet-hours.js';
import { type Channels, notificationsOf } from './notification.js';

const NOW = new Date('2026-03-20T17:00:00Z'); // 11:00 in Denver
const ACME: Audience = {
  orgName: 'Acme Roofing',
  email: null,
  hasSlack: false,
  quietHours: null,
  timeZone: 'America/Denver',
};

const incident = (facts: Partial<Incident> = {}): Incident => ({
  id: '1',
  orgId: 1,
  kind: 'connection_lost',
  subject: '9341',
  facts: { company: 'Acme Books' },
  since: new Date('2026-03-20T16:58:00Z'),
  closedAt: null,
  notifiedAt: null,
  ...facts,
});
const over = (ended: string, facts: Partial<Incident> = {}): Incident =>
  incident({
    ...facts,
    closedAt: NOW,
    notifiedAt: NOW,
    facts: { ...(facts.facts ?? incident().facts), ended },
  });
const ITEM = {
  kind: 'needs_person' as const,
  subject: '3',
  facts: { reason: 'The invoice of proposal 7: the books are closed', next_step: 'Open the period.' },
};
const LOST = {
  kind: 'answer_lost' as const,
  subject: '9',
  facts: { operation: 'invoice.create', entity_id: 7, proposal_id: 7 },
};
const CUSTOMER = { ...LOST, facts: { operation: 'customer.create', entity_id: 5, proposal_id: null } };
const UNREAD = { kind: 'sync_failing' as const, facts: { company: null, error: 'No answer' } };
const SHORT = {
  orgId: null,
  kind: 'read_budget' as const,
  subject: '2026-03',
  facts: { used: 300_000, forecast: 465_000, budget: 500_000 },
};
const SINCE = 'March 20, 2026 at 10:58 AM MDT';

describe('What people are told', () => {
  it.each([
    {
      what: incident(),
      says:
        `Acme Roofing: QuickBooks of Acme Books has not accepted our access since ${SINCE}, so ` +
        'nothing reaches the books. An administrator connects it again at /qbo/oauth/start.',
    },
    {
      what: over('connected'),
      says:
        `Acme Roofing: QuickBooks of Acme Books is connected again; the access was lost on ${SINCE}. ` +
        'What waited goes on by itself.',
    },
    {
      what: over('disconnected'),
      says: `Acme Roofing: QuickBooks of Acme Books was disconnected by a person; the access was lost on ${SINCE}.`,
    },
    {
      what: incident(UNREAD),
      says:
        `Acme Roofing: QuickBooks could not be read since ${SINCE} (No answer). It is tried again by ` +
        'itself; if it goes on, see /qbo/status/page.',
    },
    {
      what: over('reading', UNREAD),
      says: `Acme Roofing: QuickBooks is read again; it could not be since ${SINCE}.`,
    },
    {
      what: incident(ITEM),
      says:
        'Acme Roofing: The invoice of proposal 7: the books are closed. Open the period. It stands ' +
        `in /inbox/page as item 3 since ${SINCE}.`,
    },
    {
      what: over('dismissed', ITEM),
      says: 'Acme Roofing: Item 3 of the inbox is dismissed: The invoice of proposal 7: the books are closed.',
    },
    {
      what: incident(SHORT),
      says:
        'Acme Roofing: 300,000 of the 500,000 reads of QuickBooks that March 2026 has are used, and at ' +
        `this pace it will be 465,000. Since ${SINCE} QuickBooks is read less often by itself, so ` +
        `payments may show later. Raise QBO_READ_BUDGET_PER_MONTH if Intuit's plan allows it, or ` +
        'lengthen QBO_INVOICE_POLL_INTERVAL_MIN; /qbo/usage names the operations.',
    },
    {
      what: over('enough', SHORT),
      says:
        'Acme Roofing: The reads of QuickBooks suffice for March 2026 again, and it is read at the ' +
        `usual pace; they ran short since ${SINCE}.`,
    },
    {
      what: over('new_month', SHORT),
      says:
        'Acme Roofing: A new month has begun, so the reads of QuickBooks suffice again; they ran ' +
        `short since ${SINCE}.`,
    },
    {
      what: incident(LOST),
      says:
        `Acme Roofing: QuickBooks has not answered about the invoice of proposal 7 since ${SINCE}, ` +
        'so it is not known whether it was made. It is looked for by itself; please do not enter it ' +
        'by hand meanwhile. See /why/proposals/7.',
    },
    {
      what: over('done', LOST),
      says: `Acme Roofing: It is known now: the invoice of proposal 7, sent on ${SINCE}, is in QuickBooks.`,
    },
    {
      what: over('needs_person', LOST),
      says:
        `Acme Roofing: What became of the invoice of proposal 7, sent on ${SINCE}, cannot be found ` +
        'out safely; a person decides in /inbox/page.',
    },
    {
      what: over('replaced', LOST),
      says:
        `Acme Roofing: What became of the invoice of proposal 7, sent on ${SINCE}, is not known, and another ` +
        'try was made in its place. If it is in QuickBooks twice, or in a company that was connected before, ' +
        'take it out there. See /why/proposals/7.',
    },
    {
      what: over('refused', CUSTOMER),
      says:
        `Acme Roofing: What became of customer 5, sent on ${SINCE}, is known now: it was not made. ` +
        'See /why/customers/5.',
    },
  ])('of $what.kind ($what.facts.ended)', ({ what, says }) => {
    expect(alertText([what], ACME).body).toBe(says);
  });

  it('is bounded, and one line for each incident whatever somebody wrote', () => {
    const reason = `a\n\n\u0000b ${'x'.repeat(5_000)}`;
    const many = Array.from({ length: 30 }, (_, id) =>
      incident({ ...ITEM, id: `${id}`, facts: { reason, next_step: 'Do.' } }),
    );
    const { body, subject } = alertText(many, ACME);
    const paragraphs = body.split('\n\n');
    expect(paragraphs).toHaveLength(21);
    expect(paragraphs.at(-1)).toBe('Acme Roofing: and 10 more; see /inbox/page and /qbo/status/page.');
    expect(Math.max(...paragraphs.map((one) => one.length))).toBeLessThanOrEqual(600);
    expect(subject).toBe('Acme Roofing: 30 things need attention');
  });

  it('begins with what is still open', () => {
    expect(alertText([incident(), over('resolved', ITEM)], ACME).subject).toBe(
      'Acme Roofing: QuickBooks has to be connected again',
    );
    expect(alertText([over('connected')], ACME).subject).toBe('Acme Roofing: over, nothing to do');
  });
});

describe('Quiet hours', () => {
  const at = (time: string): Date => new Date(`2026-03-20T${time}:00-06:00`);
  it.each([
    { from: '20:00', to: '07:00', time: '19:59', quiet: false },
    { from: '20:00', to: '07:00', time: '20:00', quiet: true },
    { from: '20:00', to: '07:00', time: '00:00', quiet: true },
    { from: '20:00', to: '07:00', time: '06:59', quiet: true },
    { from: '20:00', to: '07:00', time: '07:00', quiet: false },
    { from: '12:00', to: '13:00', time: '12:30', quiet: true },
    { from: '12:00', to: '13:00', time: '13:00', quiet: false },
    { from: '00:00', to: '06:00', time: '00:00', quiet: true },
  ])('from $from to $to at $time: $quiet', ({ from, to, time, quiet }) => {
    expect(isQuiet(at(time), 'America/Denver', { from, to })).toBe(quiet);
  });

  it('are none where none are set, and are those of the place', () => {
    expect(isQuiet(NOW, 'America/Denver', null)).toBe(false);
    expect(isQuiet(NOW, 'Europe/Berlin', { from: '17:30', to: '19:00' })).toBe(true);
    expect(isQuiet(NOW, 'America/Denver', { from: '17:30', to: '19:00' })).toBe(false);
  });
});

describe('Who is told what, and when', () => {
  const everywhere: Channels = { slack: true, mail: true, emailTo: 'ops@peakpro.test' };
  const night: Audience = { ...ACME, quietHours: { from: '10:00', to: '12:00' } };
  const notified = (incidents: Incident[], audience: Audience = ACME, channels = everywhere) =>
    notificationsOf(
      incidents.map((one) => ({ incident: one, audience })),
      channels,
      NOW,
    );

  it('one message for all of one organisation, on each channel', () => {
    const [notification, ...more] = notified([incident(), incident({ id: '2', ...ITEM })]);
    expect(more).toEqual([]);
    expect(notification!.incidents).toHaveLength(2);
    expect(notification!.addresses).toEqual([
      { channel: 'slack', recipient: null },
      { channel: 'email', recipient: 'ops@peakpro.test' },
    ]);
  });

  it('none of one organisation to another', () => {
    const two = notified([incident(), incident({ id: '2', orgId: 2 })]);
    expect(two.map(({ orgId, incidents }) => [orgId, incidents.map(({ id }) => id)])).toEqual([
      [1, ['1']],
      [2, ['2']],
    ]);
  });

  it.each([
    {
      name: 'its own address',
      audience: { ...ACME, email: 'a@acme.test' },
      channels: everywhere,
      to: ['slack', 'a@acme.test'],
    },
    { name: 'no mail server', audience: ACME, channels: { ...everywhere, mail: false }, to: ['slack'] },
    { name: 'no address', audience: ACME, channels: { ...everywhere, emailTo: undefined }, to: ['slack'] },
    { name: 'no Slack', audience: ACME, channels: { ...everywhere, slack: false }, to: ['ops@peakpro.test'] },
    {
      name: 'its own Slack alone',
      audience: { ...ACME, hasSlack: true },
      channels: { slack: false, mail: false, emailTo: undefined },
      to: ['slack'],
    },
    {
      name: 'nothing at all',
      audience: ACME,
      channels: { slack: false, mail: false, emailTo: undefined },
      to: [],
    },
  ])('goes where it can with $name', ({ audience, channels, to }) => {
    const addresses = notified([incident()], audience, channels).flatMap(
      (notification) => notification.addresses,
    );
    expect(addresses.map(({ channel, recipient }) => recipient ?? channel)).toEqual(to);
  });

  it('waits in the quiet hours, all but a lost connection', () => {
    expect(notified([incident(ITEM), incident(UNREAD), over('connected')], night)).toEqual([]);
    expect(
      notified([incident(ITEM), incident({ id: '2' })], night)[0]!.incidents.map(({ id }) => id),
    ).toEqual(['2']);
    expect(notified([incident(ITEM)])).toHaveLength(1);
  });

  it('is told once of what began and ended in between', () => {
    const [notification] = notified([{ ...over('resolved', ITEM), notifiedAt: null }]);
    expect(notification!.body).toMatch(/is resolved: .+ It began and ended in the quiet hours\.$/);
  });
});

describe('A message that is not taken', () => {
  it('is tried again after longer and longer, at most five minutes, for a day', () => {
    const next = (failed: number, since: Date) => nextAttempt(ALERT_BACKOFF, { failed, since }, NOW, 0);
    const delay = (failed: number): number => (next(failed, NOW)!.getTime() - NOW.getTime()) / 1000;
    expect([1, 2, 3, 6, 50].map(delay)).toEqual([10, 20, 40, 300, 300]);
    const yesterday = new Date(NOW.getTime() - 86_400_000);
    expect(next(99, yesterday)).toBeNull();
  });
});

describe('An address on the internet', () => {
  it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8', '172.32.0.1'])('%s is one', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a9fe:a9fe',
    '100::1',
    '2001:0:4136:e378::1',
    '2002:7f00:1::',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('"%s" is none', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
