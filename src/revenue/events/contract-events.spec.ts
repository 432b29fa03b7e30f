import { describe, expect, it } from 'vitest';
import { contractEvents } from './contract-events.js';
import type { ApplicationFact, ContractFacts, InvoiceFact } from './contract-facts.js';
import { eventDifference } from './event-difference.js';
import type { DerivedEvent, PostedSum } from './revenue-event.js';

/** A contract over 10,000.00 whose deposit of 3,000.00 was invoiced on March 2. */
function facts(change: Partial<ContractFacts> = {}): ContractFacts {
  return {
    contractId: 4,
    proposalId: 7,
    currency: 'USD',
    policy: 'invoice',
    depositMode: 'income',
    isTaxCountedThere: true,
    valueCents: 1_000_000,
    changes: [],
    completedOn: null,
    cancelledOn: null,
    memos: [],
    invoices: [DEPOSIT],
    applications: [],
    payments: [],
    returns: [],
    payouts: [],
    leftOut: [],
    lossesNotOwed: [],
    receipts: [],
    failedRefunds: [],
    milestones: [],
    progress: [],
    ...change,
  };
}

const DEPOSIT: InvoiceFact = {
  id: 12,
  kind: 'deposit',
  currency: 'USD',
  txnOn: '2026-03-02',
  totalCents: 300_000,
  taxCents: 0,
  retainedCents: 0,
  releasedCents: 0,
  lines: [{ kind: 'deposit', cents: 300_000 }],
};
const PROGRESS: InvoiceFact = {
  ...DEPOSIT,
  id: 13,
  kind: 'progress',
  currency: 'USD',
  txnOn: '2026-04-01',
  totalCents: 388_800,
  taxCents: 28_800,
  retainedCents: 40_000,
  lines: [
    { kind: 'work', cents: 400_000 },
    { kind: 'retainage', cents: -40_000 },
  ],
};
const MONEY: ApplicationFact = {
  id: 1,
  invoiceId: 12,
  kind: 'payment',
  on: '2026-03-10',
  cents: 300_000,
  paymentId: 9,
  usedOn: null,
  isOwnMemo: false,
  isWriteOff: false,
  memo: null,
};
const REFUND = {
  id: 5,
  kind: 'refund',
  paymentId: 9,
  invoiceKind: 'deposit',
  invoiceId: 12,
  on: '2026-04-20',
  cents: 100_000,
} as const;

/** 3,333.33 of work with 8.25 % tax, less a deposit of 1,000.00; paid on May 5. */
const TAXED: InvoiceFact = {
  ...DEPOSIT,
  id: 14,
  kind: 'final',
  currency: 'USD',
  txnOn: '2026-05-01',
  totalCents: 260_833,
  taxCents: 27_500,
  lines: [
    { kind: 'work', cents: 333_333 },
    { kind: 'deposit', cents: -100_000 },
  ],
};
const ALL_PAID = {
  valueCents: 333_333,
  invoices: [{ ...DEPOSIT, totalCents: 100_000, lines: [{ kind: 'deposit', cents: 100_000 }] }, TAXED],
  applications: [
    { ...MONEY, cents: 100_000 },
    { ...MONEY, id: 2, invoiceId: 14, on: '2026-05-05', cents: 260_833, paymentId: 10 },
  ],
  completedOn: '2026-05-01',
  progress: [{ month: '2026-05', percent: 100 }],
} satisfies Partial<ContractFacts>;
const REFUND_OF_FINAL = {
  ...REFUND,
  id: 6,
  paymentId: 10,
  invoiceKind: 'final',
  invoiceId: 14,
  on: '2026-06-02',
} as const;

/** The events as `kind item amount day`, without those of the deposit's invoice itself. */
const after = (change: Partial<ContractFacts>, ofInvoice = '12'): string[] =>
  contractEvents(facts(change))
    .filter(({ sourceKind, sourceId }) => sourceKind !== 'invoice' || sourceId !== ofInvoice)
    .map(({ kind, item, cents, eventOn }) => `${kind} ${item} ${cents} ${eventOn}`)
    .toSorted();

describe('What happens to a contract is in the journal', () => {
  it.each([
    {
      happening: 'an invoice with tax and retainage is work earned in full, and a receivable over its total',
      change: { invoices: [DEPOSIT, PROGRESS] },
      events: [
        'billed work 400000 2026-04-01',
        'earned work 400000 2026-04-01',
        'receivable work 388800 2026-04-01',
        'tax tax 28800 2026-04-01',
      ],
    },
    {
      happening: 'a payment is money on its own day',
      change: { applications: [MONEY] },
      events: ['received deposit 300000 2026-03-10', 'receivable deposit -300000 2026-03-10'],
    },
    {
      happening: 'a payment before its invoice settles it from the invoice’s day on',
      change: { applications: [{ ...MONEY, on: '2026-02-20' }] },
      events: ['received deposit 300000 2026-02-20', 'receivable deposit -300000 2026-03-02'],
    },
    {
      happening: 'a payment by Stripe without an invoice is unapplied',
      change: {
        invoices: [],
        payments: [{ id: 9, on: '2026-03-10', cents: 300_000, elsewhereCents: 0, enteredAgainCents: 0 }],
      },
      events: ['received unapplied 300000 2026-03-10'],
    },
    {
      happening: 'a refund of a deposit that is income takes income and money back',
      change: { applications: [MONEY], returns: [REFUND] },
      events: [
        'credited deposit 100000 2026-04-20',
        'earned deposit -100000 2026-04-20',
        'received deposit -100000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening: 'a refund of a deposit that is owed takes nothing from revenue',
      change: { depositMode: 'liability', applications: [MONEY], returns: [REFUND] },
      events: [
        'credited deposit 100000 2026-04-20',
        'received deposit -100000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening: 'a lost dispute is money lost, and no revenue taken back',
      change: { applications: [MONEY], returns: [{ ...REFUND, kind: 'dispute' }] },
      events: [
        'lost deposit 100000 2026-04-20',
        'received deposit -100000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening: 'a lost dispute over what nobody owed, in part, is money lost as far as it was owed',
      change: {
        applications: [{ ...MONEY, paymentId: null }],
        returns: [{ ...REFUND, kind: 'dispute' }],
        lossesNotOwed: [{ paymentId: 9, cents: 40_000 }],
      },
      events: [
        'lost deposit 60000 2026-04-20',
        'received deposit -60000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening:
        'a refund that pays a credit memo out is money alone, since the credit memo took the revenue back',
      change: {
        applications: [MONEY],
        memos: [{ id: 3, on: '2026-04-02', totalCents: 66_000, taxCents: 6_000, askedCents: 60_000 }],
        returns: [
          { ...REFUND, id: 4, on: '2026-04-19', cents: 10_000 },
          { ...REFUND, cents: 66_000 },
        ],
        payouts: [{ paymentId: 9, cents: 66_000 }],
      },
      events: [
        'credited deposit 10000 2026-04-19',
        'credited work 60000 2026-04-02',
        'earned deposit -10000 2026-04-19',
        'earned work -60000 2026-04-02',
        'received deposit -10000 2026-04-19',
        'received deposit -66000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
        'receivable work -66000 2026-04-02',
        'receivable work 66000 2026-04-20',
        'tax tax -6000 2026-04-02',
      ],
    },
    {
      happening: 'a refund that took off a deposit while that was owed stays so once its invoice is voided',
      change: {
        depositMode: 'liability',
        invoices: [],
        payments: [{ id: 9, on: '2026-03-10', cents: 300_000, elsewhereCents: 0, enteredAgainCents: 0 }],
        returns: [REFUND, { ...REFUND, id: 6, on: '2026-04-21', cents: 1_000 }],
        receipts: [{ paymentId: 9, cents: 100_000, taxCents: 0, ofReleased: false, releasedCents: 0 }],
      },
      events: [
        'credited deposit 1000 2026-04-21',
        'credited deposit 100000 2026-04-20',
        'earned deposit -1000 2026-04-21',
        'received unapplied -1000 2026-04-21',
        'received unapplied -100000 2026-04-20',
        'received unapplied 300000 2026-03-10',
      ],
    },
    {
      happening: 'a refund that is left out of the books with its payment is money alone',
      change: {
        invoices: [],
        payments: [{ id: 9, on: '2026-03-10', cents: 300_000, elsewhereCents: 0, enteredAgainCents: 0 }],
        returns: [{ ...REFUND, id: 4, on: '2026-04-19', cents: 200_000 }, REFUND],
        leftOut: [{ paymentId: 9, cents: 150_000 }],
      },
      events: [
        'credited deposit 150000 2026-04-19',
        'earned deposit -150000 2026-04-19',
        'received unapplied -100000 2026-04-20',
        'received unapplied -200000 2026-04-19',
        'received unapplied 300000 2026-03-10',
      ],
    },
    {
      happening: 'a credit memo takes revenue back on its day, and is no money',
      change: { applications: [{ ...MONEY, kind: 'credit', paymentId: null, cents: 5_000 }] },
      events: [
        'credited deposit 5000 2026-03-10',
        'earned deposit -5000 2026-03-10',
        'receivable deposit -5000 2026-03-10',
      ],
    },
    {
      happening: 'a credit memo that is used later settles its invoice from then on',
      change: {
        applications: [{ ...MONEY, kind: 'credit', paymentId: null, cents: 5_000, usedOn: '2026-04-15' }],
      },
      events: [
        'credited deposit 5000 2026-03-10',
        'earned deposit -5000 2026-03-10',
        'receivable deposit -5000 2026-04-15',
      ],
    },
    {
      happening: 'a write-off is a bad debt',
      change: {
        applications: [{ ...MONEY, kind: 'credit', paymentId: null, cents: 5_000, isWriteOff: true }],
      },
      events: ['bad_debt deposit 5000 2026-03-10', 'receivable deposit -5000 2026-03-10'],
    },
    {
      happening: 'a write-off by a credit memo with tax of its own is a bad debt less that tax',
      change: {
        applications: [
          {
            ...MONEY,
            kind: 'credit',
            paymentId: null,
            cents: 5_000,
            isWriteOff: true,
            memo: { totalCents: 5_000, taxCents: 400, depositCents: 0, usedBeforeCents: 0 },
          },
        ],
      },
      events: [
        'bad_debt deposit 4600 2026-03-10',
        'receivable deposit -5000 2026-03-10',
        'tax tax -400 2026-03-10',
      ],
    },
    {
      happening: 'the credit memo of a change order counts by itself, used or not',
      change: {
        memos: [{ id: 2, on: '2026-05-01', totalCents: 10_800, taxCents: 800, askedCents: 10_000 }],
        applications: [{ ...MONEY, kind: 'credit', paymentId: null, cents: 10_800, isOwnMemo: true }],
      },
      events: [
        'credited work 10000 2026-05-01',
        'earned work -10000 2026-05-01',
        'receivable work -10800 2026-05-01',
        'tax tax -800 2026-05-01',
      ],
    },
    {
      happening: 'completion earns the value, less what was refunded of it',
      change: { policy: 'completion', completedOn: '2026-06-30', applications: [MONEY], returns: [REFUND] },
      events: [
        'credited deposit 100000 2026-04-20',
        'earned work 900000 2026-06-30',
        'received deposit -100000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening: 'milestones earn their share, and completion the rest',
      change: {
        policy: 'milestone',
        completedOn: '2026-06-30',
        milestones: [{ sequence: 1, on: '2026-05-05', cents: 400_000 }],
      },
      events: ['earned work 400000 2026-05-05', 'earned work 600000 2026-06-30'],
    },
    {
      happening: 'percentages earn cumulatively at the end of their months, and 100 % is the value',
      change: {
        policy: 'percent',
        valueCents: 1_000_001,
        progress: [
          { month: '2026-03', percent: 33.33 },
          { month: '2026-04', percent: 66.67 },
          { month: '2026-05', percent: 100 },
        ],
      },
      events: [
        'earned work 333300 2026-03-31',
        'earned work 333300 2026-05-31',
        'earned work 333401 2026-04-30',
      ],
    },
    {
      happening: 'percentages earn whole yen of a contract in yen',
      change: {
        currency: 'JPY',
        policy: 'percent',
        valueCents: 10_001_00,
        progress: [
          { month: '2026-03', percent: 33.33 },
          { month: '2026-05', percent: 100 },
        ],
      },
      events: ['earned work 333300 2026-03-31', 'earned work 666800 2026-05-31'],
    },
    {
      happening: 'a cancelled contract has earned what it billed and did not give back',
      change: { policy: 'completion', cancelledOn: '2026-05-01', applications: [MONEY], returns: [REFUND] },
      events: [
        'credited deposit 100000 2026-04-20',
        'earned work 200000 2026-05-01',
        'received deposit -100000 2026-04-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening:
        'a credit memo of a change order lowers what a cancelled contract keeps, and nothing is left deferred',
      change: {
        policy: 'completion',
        cancelledOn: '2026-05-01',
        changes: [{ number: 1, on: '2026-04-10', cents: -50_000, givenBackCents: 0 }],
        memos: [{ id: 3, on: '2026-04-11', totalCents: 54_000, taxCents: 4_000, askedCents: 50_000 }],
      },
      events: [
        'credited work 50000 2026-04-11',
        'earned work 250000 2026-05-01',
        'receivable work -54000 2026-04-11',
        'tax tax -4000 2026-04-11',
      ],
    },
    {
      happening:
        'what a refund gave back of a change order, whose credit memo was lowered by it, is lost once',
      change: {
        policy: 'completion',
        completedOn: '2026-03-01',
        applications: [MONEY],
        returns: [{ ...REFUND, on: '2026-03-20' }],
        changes: [{ number: 1, on: '2026-04-10', cents: -150_000, givenBackCents: 0 }],
        memos: [{ id: 3, on: '2026-04-11', totalCents: 50_000, taxCents: 0, askedCents: 150_000 }],
      },
      events: [
        'credited deposit 100000 2026-03-20',
        'credited work 50000 2026-04-11',
        'earned work -100000 2026-03-20',
        'earned work -150000 2026-04-10',
        'earned work 100000 2026-04-11',
        'earned work 1000000 2026-03-01',
        'received deposit -100000 2026-03-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
        'receivable work -50000 2026-04-11',
      ],
    },
    {
      happening: 'what a refund gave back before a change order took it away lowers the value once',
      change: {
        policy: 'completion',
        completedOn: '2026-03-01',
        applications: [MONEY],
        returns: [{ ...REFUND, on: '2026-03-20' }],
        changes: [{ number: 1, on: '2026-04-10', cents: -150_000, givenBackCents: 100_000 }],
      },
      events: [
        'credited deposit 100000 2026-03-20',
        'earned work -100000 2026-03-20',
        'earned work -50000 2026-04-10',
        'earned work 1000000 2026-03-01',
        'received deposit -100000 2026-03-20',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
    {
      happening: 'what a refund gave back that failed afterwards lowers the value by the change order alone',
      change: {
        policy: 'completion',
        completedOn: '2026-03-01',
        applications: [MONEY],
        changes: [{ number: 1, on: '2026-04-10', cents: -150_000, givenBackCents: 100_000 }],
      },
      events: [
        'earned work -150000 2026-04-10',
        'earned work 1000000 2026-03-01',
        'received deposit 300000 2026-03-10',
        'receivable deposit -300000 2026-03-10',
      ],
    },
  ] satisfies { happening: string; change: Partial<ContractFacts>; events: string[] }[])(
    '$happening',
    ({ change, events }) => {
      expect(after(change)).toEqual(events.toSorted());
    },
  );

  it('takes the tax of a receipt off tax where the invoice that was paid is gone', () => {
    const events = (receipts: ContractFacts['receipts']) =>
      after({
        invoices: [],
        payments: [{ id: 10, on: '2026-05-05', cents: 260_833, elsewhereCents: 0, enteredAgainCents: 0 }],
        returns: [
          { ...REFUND_OF_FINAL, cents: 10_825 },
          { ...REFUND_OF_FINAL, id: 7, on: '2026-06-03', cents: 20_000 },
        ],
        receipts,
      });
    const receipts = [
      { paymentId: 10, cents: 10_825, taxCents: 825, ofReleased: null, releasedCents: 0 },
      { paymentId: 10, cents: 20_000, taxCents: 0, ofReleased: null, releasedCents: 0 },
    ];
    expect(events(receipts)).toEqual(
      [
        'received unapplied 260833 2026-05-05',
        'received unapplied -10000 2026-06-02',
        'received tax -825 2026-06-02',
        'tax tax -825 2026-06-02',
        'credited work 10000 2026-06-02',
        'earned work -10000 2026-06-02',
        'received unapplied -20000 2026-06-03',
        'credited work 20000 2026-06-03',
        'earned work -20000 2026-06-03',
      ].toSorted(),
    );
    // Of a receipt that a bookkeeper enters, the tax is not known.
    expect(events([])).toContain('earned work -10825 2026-06-02');
  });

  it('takes a voided invoice back on its own day, or on the first open one where that is closed', () => {
    const posted: PostedSum[] = contractEvents(facts()).map((event) => {
      return { ...event, postedOn: event.eventOn, sequence: 1 };
    });
    const gone = contractEvents(facts({ invoices: [] }));
    const days = (firstOpenDay: string | null): string[] =>
      eventDifference(gone, posted, firstOpenDay).map(
        ({ kind, cents, eventOn, postedOn }) => `${kind} ${cents} ${eventOn} ${postedOn}`,
      );
    expect(days(null)).toContain('earned -300000 2026-03-02 2026-03-02');
    expect(days('2026-04-01')).toContain('earned -300000 2026-03-02 2026-04-01');
  });

  it('takes back where it counts what was learned while its month was closed, once that is open again', () => {
    const earned = (cents: number): DerivedEvent => {
      const source = { sourceKind: 'invoice', sourceId: '1', eventOn: '2026-03-02' } as const;
      return { kind: 'earned', item: 'work', ...source, cents };
    };
    const posted: PostedSum[] = [
      { ...earned(20_000), postedOn: '2026-03-02', sequence: 1 },
      { ...earned(30_000), postedOn: '2026-04-01', sequence: 2 },
    ];
    const added = (cents: number, firstOpenDay: string | null = null): string[] =>
      eventDifference(cents === 0 ? [] : [earned(cents)], posted, firstOpenDay).map(
        (event) => `${event.cents} ${event.postedOn} ${event.sequence}`,
      );
    expect(added(45_000)).toEqual(['-5000 2026-04-01 3']);
    expect(added(0)).toEqual(['-30000 2026-04-01 3', '-20000 2026-03-02 4']);
    expect(added(60_000)).toEqual(['10000 2026-03-02 3']);
    expect(added(0, '2026-04-01')).toEqual(['-50000 2026-04-01 3']);
  });

  it.each(['invoice', 'completion', 'percent', 'milestone'] as const)(
    'by policy %s nothing stays earned, taxed or deferred of a taxed job of which everything was refunded',
    (policy) => {
      const returns = [REFUND, { ...REFUND_OF_FINAL, cents: 260_833 }];
      const events = contractEvents(facts({ ...ALL_PAID, policy, returns }));
      const sum = (kind: string): number =>
        events.filter((one) => one.kind === kind).reduce((total, { cents }) => total + cents, 0);
      expect(['earned', 'tax', 'received'].map(sum)).toEqual([0, 0, 0]);
      expect(sum('credited')).toBe(sum('billed'));
      // Negative control: while the money is kept, the job has revenue and tax.
      const kept = contractEvents(facts({ ...ALL_PAID, policy }));
      expect(kept.filter(({ kind }) => kind === 'tax')).toMatchObject([{ cents: 27_500 }]);
    },
  );

  it.each([
    ['QuickBooks counts it', true, 3_176],
    ['the receipt says it', false, 3_175],
  ])('takes the tax off a refund to the cent as its receipt in QuickBooks, where %s', (_, counted, tax) => {
    const returns = [{ ...REFUND_OF_FINAL, cents: 30_119 }];
    const events = after({ ...ALL_PAID, isTaxCountedThere: counted, returns }).filter((one) =>
      one.endsWith('2026-06-02'),
    );
    expect(events).toContain(`tax tax -${tax} 2026-06-02`);
    expect(events).toContain(`earned work ${tax - 30_119} 2026-06-02`);
    expect(events).toContain(`received tax -${tax} 2026-06-02`);
  });

  describe('Of a payment that the bookkeeper enters,', () => {
    const byHand = ALL_PAID.applications.map((one) => ({ ...one, paymentId: null }));
    const again = { id: REFUND_OF_FINAL.paymentId, on: '2026-06-01', cents: 260_833 } as const;
    const payments = [{ ...again, elsewhereCents: 260_833, enteredAgainCents: 260_833 }];
    const left = (cents: number) => ({ leftOut: [{ paymentId: again.id, cents }] });
    const of = (change: Partial<ContractFacts>, day: string): string[] =>
      after({ ...ALL_PAID, isTaxCountedThere: false, applications: byHand, ...change }).filter((one) =>
        one.endsWith(day),
      );

    it('a refund takes off the tax of its invoice, as the receipt of one that we record does', () => {
      const returns = [
        { ...REFUND_OF_FINAL, cents: 30_119 },
        { ...REFUND_OF_FINAL, id: 7, on: '2026-06-03', cents: 230_714 },
      ];
      const days = ['2026-06-02', '2026-06-03'];
      const recorded = { applications: ALL_PAID.applications, returns };
      expect(days.map((day) => of({ returns }, day))).toEqual(days.map((day) => of(recorded, day)));
      expect(of({ returns }, '2026-06-02')).toContain('tax tax -3175 2026-06-02');
    });

    it.each(['refund', 'dispute'] as const)(
      'a %s is of what was entered again in place of one that we recorded, with its tax',
      (kind) => {
        const returns = [{ ...REFUND_OF_FINAL, kind, cents: 260_833 }];
        const day = '2026-06-02';
        const back = of({ payments, returns, ...left(260_833) }, day);
        expect(back).toEqual(
          expect.arrayContaining(['received tax -27500 ' + day, 'received work -333333 ' + day]),
        );
        // It is left out of the books with the one that was recorded: no income is given back.
        expect(back.filter((one) => /^(earned|tax|credited)/.test(one))).toEqual([]);
        // Negative control: what is on account beside it goes back first.
        const beside = [{ ...payments[0]!, elsewhereCents: 0, enteredAgainCents: 0 }];
        expect(of({ payments: beside, returns, ...left(260_833) }, day)).toContain(
          `received unapplied -260833 ${day}`,
        );
      },
    );

    it('a part that a bank takes back is tax as far as that is in what was entered', () => {
      const returns = [{ ...REFUND_OF_FINAL, kind: 'dispute', cents: 260_833 }] as const;
      const lost = of({ returns }, '2026-06-02');
      expect(lost).toContain('received tax -27500 2026-06-02');
      expect(lost).toContain('received work -333333 2026-06-02');
    });

    it('a refund takes off that tax before it is entered too, and none once its invoice is gone', () => {
      const returns = [{ ...REFUND_OF_FINAL, cents: 30_119 }];
      expect(of({ applications: [], returns }, '2026-06-02')).toContain('tax tax -3175 2026-06-02');
      expect(of({ invoices: [], returns }, '2026-06-02')).toContain('earned work -30119 2026-06-02');
    });
  });

  it.each(['invoice', 'completion'] as const)(
    'by policy %s a refund of a deposit lowers revenue as far as the deposit was released, and nothing stays deferred',
    (policy) => {
      const final: InvoiceFact = {
        ...DEPOSIT,
        id: 14,
        kind: 'final',
        currency: 'USD',
        txnOn: '2026-04-10',
        totalCents: 700_000,
        releasedCents: 300_000,
        lines: [
          { kind: 'work', cents: 1_000_000 },
          { kind: 'deposit', cents: -300_000 },
        ],
      };
      const sums = (change: Partial<ContractFacts>): number[] => {
        const job = { policy, depositMode: 'liability', completedOn: '2026-04-10' } as const;
        const events = contractEvents(facts({ ...job, applications: [MONEY], returns: [REFUND], ...change }));
        const sum = (kind: string): number =>
          events.filter((one) => one.kind === kind).reduce((total, { cents }) => total + cents, 0);
        return [sum('earned'), sum('billed') - sum('credited') - sum('earned')];
      };
      expect(sums({ invoices: [DEPOSIT, final] })).toEqual([900_000, 0]);
      // What was not released lowers what is owed: the final invoice released 2,000.00 only.
      const partly = { ...final, totalCents: 800_000, releasedCents: 200_000 };
      expect(sums({ invoices: [DEPOSIT, partly] })).toEqual([1_000_000, 0]);
    },
  );

  describe('A credit of the bookkeeper on the deposit of 3,000.00', () => {
    const CREDIT: ApplicationFact = { ...MONEY, kind: 'credit', paymentId: null, cents: 40_000 };
    const finalOver = (cents: number): InvoiceFact => ({
      ...DEPOSIT,
      id: 14,
      kind: 'final',
      currency: 'USD',
      txnOn: '2026-06-10',
      totalCents: cents - 300_000,
      lines: [
        { kind: 'work', cents },
        { kind: 'deposit', cents: -300_000 },
      ],
    });
    /** Earned up to the end of April, earned in all, and what stays deferred. */
    const sums = (change: Partial<ContractFacts>): number[] => {
      const job: Partial<ContractFacts> = {
        completedOn: '2026-06-01',
        milestones: [{ sequence: 1, on: '2026-04-01', cents: 400_000 }],
        progress: [
          { month: '2026-04', percent: 50 },
          { month: '2026-06', percent: 100 },
        ],
      };
      const events = contractEvents(facts({ ...job, applications: [CREDIT], ...change }));
      const sum = (kind: string, last = '9999'): number =>
        events
          .filter((one) => one.kind === kind && one.eventOn <= last)
          .reduce((total, { cents }) => total + cents, 0);
      const earned = sum('earned');
      return [sum('earned', '2026-04-30'), earned, sum('billed') - sum('credited') - earned];
    };

    it.each([
      { policy: 'invoice', inApril: 260_000 },
      { policy: 'completion', inApril: 0 },
      { policy: 'milestone', inApril: 400_000 },
      { policy: 'percent', inApril: 500_000 },
    ] as const)('lowers no revenue by policy $policy once it is billed again', ({ policy, inApril }) => {
      const again = [DEPOSIT, finalOver(1_040_000)];
      expect(sums({ policy, invoices: again })).toEqual([inApril, 1_000_000, 0]);
      // What nobody bills again is lost, once everything is billed, and so is what a cancelled contract credited.
      expect(sums({ policy, invoices: [DEPOSIT, finalOver(1_000_000)] })).toEqual([inApril, 960_000, 0]);
      expect(sums({ policy, invoices: [DEPOSIT, finalOver(1_015_000)] })).toEqual([inApril, 975_000, 0]);
      const cancelled = { completedOn: null, cancelledOn: '2026-07-01' };
      expect(sums({ policy, invoices: [DEPOSIT], ...cancelled })).toEqual([inApril, 260_000, 0]);
    });

    it('is lost where the work stands at 100 percent and is billed, though its day of completion was not noted', () => {
      const invoices = [DEPOSIT, finalOver(1_000_000)];
      const lost = sums({ policy: 'percent', completedOn: null, invoices });
      expect(lost).toEqual([500_000, 960_000, 0]);
      const progress = [{ month: '2026-04', percent: 50 }];
      const underWay = sums({ policy: 'percent', completedOn: null, invoices, progress });
      expect(underWay).toEqual([500_000, 500_000, 460_000]);
    });

    it('waits for its bill where the work is complete and the final invoice is not out', () => {
      expect(sums({ policy: 'completion', invoices: [DEPOSIT] })).toEqual([0, 1_000_000, -740_000]);
    });
  });
});
