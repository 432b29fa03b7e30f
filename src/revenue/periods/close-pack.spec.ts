import { describe, expect, it } from 'vitest';
import { closePackCsv } from './close-pack-csv.js';
import { closePackPage } from './close-pack-page.js';
import { canonicalJson } from '../../platform/text/canonical-json.js';
import { type PackDocument, packFigures, packHash } from './close-pack.js';
import { periodChecks, type PeriodFacts } from './period-checks.js';
import { packView } from './period.view.js';

const EARNED: PackDocument = {
  proposalId: 7,
  currency: 'USD',
  kind: 'earned',
  item: 'work',
  sourceKind: 'invoice',
  sourceId: '12',
  eventOn: '2026-03-02',
  cents: 875_000,
};
const LATE: PackDocument = { ...EARNED, sourceId: '13', eventOn: '2026-02-20', cents: -5_000 };

const figures = (documents: PackDocument[], previousHash: string | null = null) =>
  packFigures({ month: '2026-03', previousHash, documents, deferred: [], receivables: [] });

describe('A close pack', () => {
  it('sums its documents by currency and item, and lists those of earlier months as adjustments', () => {
    const yen = { ...EARNED, currency: 'JPY', cents: 900 };
    const pack = figures([EARNED, LATE, yen]);
    expect(pack.earned).toEqual([
      { currency: 'JPY', item: 'work', cents: 900 },
      { currency: 'USD', item: 'work', cents: 870_000 },
    ]);
    expect(pack.adjustments).toEqual([LATE]);
  });

  it('has the same hash for the same figures, and another for a cent or another month before it', () => {
    const hash = packHash(figures([EARNED]));
    const shuffled = JSON.parse(canonicalJson(figures([EARNED]))) as ReturnType<typeof figures>;
    expect(packHash(shuffled)).toBe(hash);
    expect(packHash(figures([{ ...EARNED, cents: 875_001 }]))).not.toBe(hash);
    expect(packHash(figures([EARNED], 'ab12'))).not.toBe(hash);
    expect(canonicalJson({ b: [1, null], a: { d: 'x', c: true, e: undefined } })).toBe(
      '{"a":{"c":true,"d":"x"},"b":[1,null]}',
    );
  });

  it('is a page and a file, in which nothing runs', () => {
    const nasty = { ...EARNED, sourceId: '<script>', item: '=cmd()' };
    const view = packView({
      month: '2026-03',
      closing: null,
      isVerified: null,
      figures: figures([nasty]),
      header: {
        version: '1.0.0',
        timeZone: 'America/Denver',
        qboClosingDate: null,
        qboReadAt: null,
        openInbox: [],
        aging: [{ currency: 'USD', current_cents: 120_000, total_cents: 120_000 }],
      },
    });
    const page = closePackPage(view, { organisation: 'Acme <b>Roofing</b>', closedBy: null });
    expect(page).toContain('Acme &lt;b&gt;Roofing');
    expect(page).toContain('$1,200.00');
    expect(page).toContain('invoice &lt;script&gt;');
    expect(page).not.toContain('<script>');
    expect(closePackCsv(view)).toContain(
      "documents,7,USD,earned,'=cmd(),invoice,<script>,2026-03-02,875000,/proposals/7/timeline\r\n",
    );
  });
});

describe('The page of a close pack', () => {
  const view = packView({
    month: '2026-03',
    closing: {
      id: 1,
      month: '2026-03',
      closedAt: new Date('2026-04-01T04:30:00Z'),
      closedBy: 3,
      forceReason: 'The bank answers in May.',
      qboClosingDate: null,
      packHash: 'ab12',
      previousHash: null,
    },
    isVerified: true,
    figures: figures([EARNED]),
    header: {
      version: '1.0.0',
      timeZone: 'America/Denver',
      qboClosingDate: null,
      qboReadAt: '2026-04-01T04:29:00Z',
      openInbox: [
        { id: 31, code: 'dispute_open', proposalId: 7 },
        { id: 32, code: 'of_another_version', proposalId: null },
      ],
      aging: [{ currency: 'USD', total_cents: 120_000, credits_cents: -40_797 }],
    },
  });
  const page = closePackPage(view, { organisation: 'Acme Roofing', closedBy: 'Ada Acme' });

  it('says whose month it is, who closed it, when by the time of the company, and against what', () => {
    expect(page).toContain('<dd>Acme Roofing</dd>');
    expect(page).toContain('closed on March 31, 2026 at 10:30 PM MDT by Ada Acme');
    expect(page).toContain('<dt>Closed all the same</dt><dd>The bank answers in May.</dd>');
    expect(page).toMatch(/>31<.+disputes.+>7<\/td>/);
    expect(page).toContain('of_another_version');
  });

  it('takes the credits off what is owed, as the receivables account does', () => {
    expect(page).toContain('<td>$1,200.00</td><td>-$407.97</td><td>$792.03</td>');
  });
});

describe('Before a month is closed', () => {
  const FINE: PeriodFacts = {
    month: '2026-03',
    currentMonth: '2026-04',
    openBefore: [],
    firstMonth: '2026-01',
    closedAfter: null,
    moneyItems: 0,
    unrecorded: 0,
    belowWhole: [],
    qboConnected: true,
    qboClosingDate: '2026-03-31',
  };
  it.each([
    { change: {}, against: [] },
    { change: { currentMonth: '2026-03' }, against: ['month_not_over'] },
    { change: { openBefore: ['2026-01', '2026-02'] }, against: ['earlier_month_open'] },
    { change: { closedAfter: '2026-05' }, against: ['later_month_closed'] },
    { change: { month: '2024-01' }, against: [] },
    { change: { month: '2023-12' }, against: ['before_the_books'] },
    { change: { moneyItems: 2, unrecorded: 1 }, against: ['money_in_inbox', 'writes_under_way'] },
    { change: { belowWhole: [7] }, against: ['completed_below_100_percent'] },
    { change: { qboClosingDate: '2026-03-30' }, against: ['quickbooks_closing_date'] },
    { change: { qboClosingDate: null, qboConnected: false }, against: [] },
  ])('$against stands against it where $change', ({ change, against }) => {
    const checks = periodChecks({ ...FINE, ...change });
    expect(checks.filter(({ ok }) => !ok).map(({ code }) => code)).toEqual(against);
    expect(checks.every(({ ok, nextStep }) => ok === (nextStep === null))).toBe(true);
  });
});
