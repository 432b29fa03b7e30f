import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from 'pg';
import { throughDoor } from '../../src/platform/database/scope/scope.js';
import { VERSION } from '../../src/platform/version.js';
import { BooksFiguresRepository } from '../../src/qbo-sync/diagnostics/books-figures.repository.js';
import { MarginFiguresRepository } from '../../src/qbo-sync/diagnostics/margin-figures.repository.js';
import { PeriodFiguresRepository } from '../../src/qbo-sync/diagnostics/period-figures.repository.js';
import { NightlyPostingService } from '../../src/revenue/events/nightly-posting.service.js';
import { aContractor, anApprovedProposal, anInvoicedProposal, type Contractor } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { endPauses } from '../support/qbo.js';
import { metric } from '../support/metrics.js';
import { type BooksWithStripe, payDeposit, startBooksWithStripe } from '../support/stripe.js';

const FRESH_MS = 10_000;

describe('The facts of the database at /metrics', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let passedMs = 0;

  beforeAll(async () => {
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + passedMs);
    // The CRM's own clock goes by `performance.now` too: here only the age of what was read passes.
    books = await startBooksWithStripe({}, { now: () => new Date() });
    contractor = await aContractor(books);
    await anInvoicedProposal(contractor);
  });

  beforeEach(() => {
    passedMs += FRESH_MS + 1; // what was read before is no longer fresh
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    await books[Symbol.asyncDispose]();
  });

  const invoices = () =>
    metric(books.app, 'crm_invoices', { org_id: contractor.orgId, state: 'open', currency: 'USD' });

  const ageSeconds = (part = 'sync') => metric(books.app, 'crm_facts_age_seconds', { part });

  /** A scrape waits a second for the facts. On a busy machine they are read later, and the next scrape has them. */
  const shows = (fact: () => Promise<number>, value: number) =>
    eventually(async () => expect(await fact()).toBe(value));
  const areFresh = () => eventually(async () => expect(await ageSeconds()).toBeLessThan(FRESH_MS / 1000));

  it('are invoices and what is owed on them, by state', async () => {
    await shows(invoices, 1);
    const owed = await metric(books.app, 'crm_invoices_balance_cents', { state: 'open', currency: 'USD' });
    expect(owed).toBe(375_000);
  });

  it('are connections, operations and jobs, at 0 where there are none', async () => {
    await areFresh();
    const text = await (await fetch(`${books.app.url}/metrics`)).text();
    expect(text).toContain('crm_qbo_connections{state="connected"} 1');
    expect(text).toContain('crm_qbo_connections{state="needs_reauth"} 0');
    expect(text).toContain('crm_sync_operations{state="uncertain"} 0');
    expect(text).toContain('crm_sync_operation_oldest_age_seconds{state="ready"} 0');
    expect(text).toContain('crm_jobs_waiting{queue="stripe.event.process"} 0');
  });

  it('stand beside which version of the product it is, and what it does', async () => {
    expect(await metric(books.app, 'crm_process_info', { version: VERSION, role: 'all' })).toBe(1);
  });

  it('are how long ago a company was polled', async () => {
    await books.database.query(
      `update qbo_sweeps set last_succeeded_at = now() - interval '2 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await books.database.query(
      `update qbo_tokens set connected_at = now() - interval '3 hours' where org_id = $1`,
      [contractor.orgId],
    );
    await areFresh();
    const age = await metric(books.app, 'crm_qbo_sweep_age_seconds', { org_id: contractor.orgId });
    expect(age).toBeGreaterThanOrEqual(7_199);
    expect(age).toBeLessThan(7_320);
  });

  it('are the pace at which a company may be called, and the calls under way', async () => {
    const { orgId, realmId } = contractor;
    const pace = () => {
      passedMs += FRESH_MS + 1;
      return metric(books.app, 'crm_qbo_pace', { org_id: orgId });
    };
    const underWay = (ends: string) =>
      books.database.query(
        `update qbo_limits set under_way = array[extract(epoch from clock_timestamp()) * 1000 ${ends}]::bigint[]
          where realm_id = $1`,
        [realmId],
      );
    await shows(pace, 1);
    await books.database.query('select pause_qbo_company($1, 60)', [realmId]);
    await shows(pace, 0);
    await endPauses(books.database);
    await shows(pace, 0.5);

    const callsUnderWay = async () => {
      await pace();
      return metric(books.app, 'crm_qbo_calls_under_way', { org_id: orgId });
    };
    await underWay('+ 300000');
    await shows(callsUnderWay, 1);
    await underWay('- 1');
    await eventually(async () => expect(await callsUnderWay()).toBe(0));
  });

  it('are what happened within a period, to the moment; the month is that of the organisation', async () => {
    const other = await aContractor(books, 'Periodic Roofing');
    const { proposalId, invoiceId } = await anInvoicedProposal(other);
    await books.control.receivePayment(other.realmId, invoiceId);
    await other.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    await payDeposit(books, other.admin, await anApprovedProposal(other, { amountCents: 100_000 }));
    await eventually(async () => {
      const made = await books.database.query(
        `select from portal_activity where event = 'invoice_created' and org_id = ${other.orgId}`,
      );
      expect(made).toHaveLength(2);
    });
    await books.database.query(
      `update org_settings set time_zone = 'America/Denver' where org_id = ${other.orgId}`,
    );
    // Midnight in Denver in winter is seven o'clock in UTC.
    await books.database.query(
      `update payments set paid_at = '2026-03-01T06:59:00Z' where org_id = ${other.orgId}`,
    );
    await books.database.query(
      `update portal_activity set created_at = '2026-03-01T06:59:00Z' where org_id = ${other.orgId}`,
    );
    await books.database.query(
      `update invoice_payments set paid_on = '2026-02-28' where org_id = ${other.orgId}`,
    );

    const figuresAt = async (now: string) => {
      const facts = await throughDoor('overview', () =>
        books.app.app.get(PeriodFiguresRepository).read(books.app.app.get(DataSource).manager, new Date(now)),
      );
      const ours = facts.filter(({ labels }) => labels.org_id === String(other.orgId));
      // A later fact of the same labels takes the place of a 0.
      return Object.fromEntries(
        ours.map(({ labels, value }) => [Object.values(labels).slice(1).join(' '), value]),
      );
    };
    expect(await figuresAt('2026-03-01T06:59:30Z')).toEqual({
      'created 24h': 2,
      'created 30d': 2,
      'paid 24h': 1,
      'paid 30d': 1,
      '24h': 1,
      month: 1,
      'paid USD 7d': 30_000,
      'paid USD month': 30_000,
      'refunded USD 7d': 0,
      'refunded USD month': 0,
      'lost USD 7d': 0,
      'lost USD month': 0,
      'arrived USD 7d': 375_000,
      'arrived USD month': 375_000,
    });
    expect(await figuresAt('2026-03-01T07:00:00Z')).toMatchObject({
      '24h': 1,
      month: 0,
      'paid USD month': 0,
      'paid USD 7d': 30_000,
      'arrived USD month': 0,
    });
    expect(await figuresAt('2026-03-02T06:59:00Z')).toMatchObject({
      'created 24h': 0,
      'created 30d': 2,
      '24h': 0,
    });
    expect(await figuresAt('2026-03-08T07:00:00Z')).toMatchObject({ 'paid USD 7d': 0, 'arrived USD 7d': 0 });
    expect(await figuresAt('2026-03-31T07:00:00Z')).toMatchObject({ 'created 30d': 0, 'paid 30d': 0 });

    // It was in London until the eighth: a payment of then keeps its day, as revenue has it.
    const before = { since: '2026-01-01T00:00:00.000Z', until: '2026-03-08T00:00:00.000Z' };
    await books.database.query('update org_settings set former_time_zones = $2 where org_id = $1', [
      other.orgId,
      JSON.stringify([{ ...before, zone: 'Europe/London' }]),
    ]);
    const inMarch = { month: 1, 'paid USD month': 30_000, 'arrived USD month': 0 };
    expect(await figuresAt('2026-03-20T12:00:00Z')).toMatchObject(inMarch);
  });

  it('are no money that QuickBooks has on a day to come', async () => {
    const early = await aContractor(books, 'Early Roofing');
    const { proposalId, invoiceId } = await anInvoicedProposal(early);
    await books.control.receivePayment(early.realmId, invoiceId);
    await early.admin.post(`/qbo/sync/invoice/${proposalId}/check`);
    await early.admin.patch('/org/settings', { time_zone: 'America/Denver' });
    await books.database.query(
      `update invoice_payments set paid_on = '2026-03-02' where org_id = ${early.orgId}`,
    );
    const arrivedAt = async (now: string): Promise<number[]> => {
      const facts = await throughDoor('overview', () =>
        books.app.app.get(PeriodFiguresRepository).read(books.app.app.get(DataSource).manager, new Date(now)),
      );
      return facts
        .filter(({ labels }) => labels.org_id === String(early.orgId) && labels.flow === 'arrived')
        .map(({ value }) => value)
        .slice(-2);
    };
    expect(await arrivedAt('2026-03-02T06:59:00Z')).toEqual([0, 0]);
    expect(await arrivedAt('2026-03-02T07:00:00Z')).toEqual([375_000, 375_000]);
  });

  describe('about the books', () => {
    let lender: Contractor;

    beforeAll(async () => {
      lender = await aContractor(books, 'Deferred Roofing');
      await lender.admin.patch('/org/settings', {
        revenue_policy: 'completion',
        time_zone: 'America/Denver',
      });
      await anInvoicedProposal(lender);
    });

    const figuresAt = async (now: Date | string = new Date()) => {
      const facts = await throughDoor('overview', () =>
        books.app.app.get(BooksFiguresRepository).read(books.app.app.get(DataSource).manager, new Date(now)),
      );
      const ours = facts.filter(({ labels, value }) => labels.org_id === String(lender.orgId) && value !== 0);
      return ours.map(({ labels, value }) => [...Object.values(labels).slice(1), value].join(' '));
    };
    const change = (set: string) =>
      books.database.query(`update invoices set ${set} where org_id = ${lender.orgId}`);

    it.each([
      ['current', 0],
      ['days_1_30', 1],
      ['days_1_30', 30],
      ['days_31_60', 31],
      ['days_31_60', 60],
      ['days_61_90', 61],
      ['days_61_90', 90],
      ['days_91_plus', 91],
    ])('are receivables as the report has them: %s on day %i after the due day', async (bucket, days) => {
      await change(`due_on = (now() at time zone 'America/Denver')::date - ${days}`);
      expect(await figuresAt()).toEqual([`USD ${bucket} 375000`]);
      const { totals } = (await lender.admin.get('/reports/aging')).body;
      const report = { currency: 'USD', [`${bucket}_cents`]: 375_000, total_cents: 375_000 };
      expect(totals).toMatchObject([report]);
    });

    it('are of the day in the time zone of the organisation, and of each currency by itself', async () => {
      await change(`due_on = '2026-03-01', txn_date = '2026-02-01'`);
      // Midnight in Denver in winter is seven o'clock in UTC.
      expect(await figuresAt('2026-03-02T06:59:00Z')).toEqual(['USD current 375000']);
      expect(await figuresAt('2026-03-02T07:00:00Z')).toEqual(['USD days_1_30 375000']);
      await change(`currency = 'EUR'`);
      expect(await figuresAt('2026-03-02T07:00:00Z')).toEqual(['EUR days_1_30 375000']);
      await change(`currency = 'USD', balance_cents = 0`);
      expect(await figuresAt('2026-03-02T07:00:00Z')).toEqual([]);
    });

    const sumsOfTheJournal = () =>
      books.database.query(
        `select org_id, date_trunc('month', posted_on)::date as month, currency, kind, sum(cents)::bigint as cents
           from revenue_events group by 1, 2, 3, 4
         except select org_id, month, currency, kind, cents from revenue_balances`,
      );

    it('are deferred revenue of the night, without any report', async () => {
      await change(`txn_date = '2026-01-20', balance_cents = 0`);
      await books.app.app.get(NightlyPostingService).enqueueAll();
      await eventually(async () => expect(await figuresAt('2026-01-31')).toEqual(['USD 375000']));
      expect(await sumsOfTheJournal()).toEqual([]);
    });

    it('are as fresh as ever where one part of them takes too long, and say how old that part is', async () => {
      await areFresh();
      const slow = vi.spyOn(MarginFiguresRepository.prototype, 'read').mockImplementation(async (tx) => {
        await tx.query('set local statement_timeout = 20');
        return tx.query('select pg_sleep(1)');
      });
      passedMs += FRESH_MS + 1;
      await change(`balance_cents = 4200, due_on = '2020-01-01'`);
      const owed = { org_id: lender.orgId, bucket: 'days_91_plus' };
      await shows(() => metric(books.app, 'crm_receivables_cents', owed), 4_200);
      expect(await ageSeconds('margin')).toBeGreaterThan(FRESH_MS / 1000);
      expect(await ageSeconds()).toBeLessThan(FRESH_MS / 1000); // an alert says that the database is away by this
      slow.mockRestore();
      passedMs += FRESH_MS + 1;
      await areFresh();
      await change(`balance_cents = 0`);
    });

    it('tell how the sync stands also where there are more invoices than can be counted in time', async () => {
      await areFresh();
      const counting = new Client({ connectionString: books.database.ownerUrl });
      await counting.connect();
      await counting.query('begin; lock table invoices in access exclusive mode'); // whoever counts them is late
      try {
        await books.database.query(
          `update qbo_sweeps set last_succeeded_at = now() - interval '3 hours' where org_id = ${lender.orgId}`,
        );
        await books.database.query(
          `update qbo_tokens set connected_at = now() - interval '4 hours' where org_id = ${lender.orgId}`,
        );
        passedMs += FRESH_MS + 1;
        const sinceLastPoll = () => metric(books.app, 'crm_qbo_sweep_age_seconds', { org_id: lender.orgId });
        await eventually(async () => expect(await sinceLastPoll()).toBeGreaterThanOrEqual(10_799));
        expect(await ageSeconds('invoices')).toBeGreaterThan(FRESH_MS / 1000);
      } finally {
        await counting.end();
      }
      passedMs += FRESH_MS + 1;
      await eventually(async () => expect(await ageSeconds('invoices')).toBeLessThan(FRESH_MS / 1000));
    });

    it('are deferred revenue as the report has it, once its events are posted', async () => {
      await change(`txn_date = '2026-03-01', balance_cents = 0`);
      expect(await figuresAt('2026-02-15')).toEqual(['USD 375000']); // a scrape posts nothing
      const { totals } = (await lender.admin.get('/reports/deferred-revenue?month=2026-03')).body;
      expect(totals).toMatchObject([{ currency: 'USD', closing_cents: 375_000 }]);
      expect(await figuresAt('2026-03-15')).toEqual(['USD 375000']);
      expect(await sumsOfTheJournal()).toEqual([]);
      expect(await figuresAt('2026-03-01T07:00:00Z')).toEqual(['USD 375000']);
      expect(await figuresAt('2026-03-01T06:59:00Z')).toEqual([]);
      passedMs += FRESH_MS + 1;
      const deferred = () => metric(books.app, 'crm_deferred_revenue_cents', { org_id: lender.orgId });
      await shows(deferred, 375_000);
    });
  });

  it('are what waits for a person, by code', async () => {
    await books.database.query(
      `insert into inbox_items (org_id, subject, code, reason, next_step, created_at, updated_at)
       values ($1, 'test', 'validation', 'r', 'n', now(), now())`,
      [contractor.orgId],
    );
    const open = () => metric(books.app, 'crm_inbox_open', { org_id: contractor.orgId, code: 'validation' });
    await shows(open, 1);
    await books.database.query(`update inbox_items set state = 'resolved', closed_at = now()`);
    passedMs += FRESH_MS + 1;
    await eventually(async () => expect(await open()).toBe(0));
  });

  it('are what was refused, until another try has taken over', async () => {
    const refused = (): Promise<number> => {
      passedMs += FRESH_MS + 1;
      return metric(books.app, 'crm_sync_operations', { state: 'refused' });
    };
    const { admin, realmId, orgId } = await aContractor(books, 'Other Roofing');
    await books.control.setPreferences(realmId, { BookCloseDate: '2099-12-31' });
    const id = await anApprovedProposal({ admin, realmId, orgId });
    await admin.post(`/qbo/invoice/${id}`);
    await shows(refused, 1);
    await books.control.setPreferences(realmId, { BookCloseDate: '2001-01-01' });
    const [item] = (await admin.get('/inbox')).body.items as { id: number }[];
    expect((await admin.post(`/inbox/${item!.id}/retry`)).body.state).toBe('resolved');
    await shows(refused, 0);
  });

  it.each([
    {
      about: 'record of a customer in one currency',
      kind: 'customer.currency',
      entityId: 99,
      bodies: [{ currency: 'EUR' }, { currency: 'GBP' }],
    },
    {
      about: 'product of one name',
      kind: 'item.create',
      entityId: 96,
      bodies: [{ name: 'Lumber' }, { name: 'Labor' }],
    },
  ])(
    'are a $about that is not there yet, though that of another is',
    async ({ kind, entityId, bodies: [one, other] }) => {
      const uncertain = (): Promise<number> => {
        passedMs += FRESH_MS + 1;
        return metric(books.app, 'crm_sync_operations', { state: 'uncertain' });
      };
      const insert = (generation: number, payload: object | undefined, state: string) =>
        books.database.query(
          `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                  first_sent_at, next_attempt_at, qbo_id)
           values ($1, $2, $3, $4::int, $5::int, $3 || $5, $6, $7, now(), now() + interval '1 day', '4712')`,
          [contractor.orgId, contractor.realmId, kind, entityId, generation, payload, state],
        );
      await insert(1, one, 'uncertain');
      await insert(2, other, 'done');
      await eventually(async () => expect(await uncertain()).toBe(1));
      await insert(3, one, 'done');
      await shows(uncertain, 0);
    },
  );

  it('are the change of a customer in a foreign currency that was refused, about which a person is asked', async () => {
    const refused = (): Promise<number> => {
      passedMs += FRESH_MS + 1;
      return metric(books.app, 'crm_sync_operations', { state: 'refused' });
    };
    const insert = (entityId: number, payload: object) =>
      books.database.query(
        `insert into sync_operations (org_id, realm_id, kind, entity_id, generation, request_id, payload, state,
                next_attempt_at)
         values ($1, $2, 'customer.currency', $3::int, 1, 'cur-' || $3, $4, 'refused', now())`,
        [contractor.orgId, contractor.realmId, entityId, payload],
      );
    await insert(97, { currency: 'EUR' });
    await insert(98, { currency: 'EUR', patch: { id: '12', syncToken: '0' } });
    await eventually(async () => expect(await refused()).toBe(1));
  });

  it('begin the counters of an organisation at 0 that another process added', async () => {
    const [org] = await books.database.query<{ id: number }>(
      `insert into orgs (name, created_at) values ('Added elsewhere', now()) returning id`,
    );
    await eventually(async () => {
      const text = await (await fetch(`${books.app.url}/metrics`)).text();
      expect(text).toContain(`crm_invoices_generated_total{org_id="${org!.id}"} 0`);
    });
  });

  it('go with counters of failures at 0, so that the first failure of a process is seen to increase them', async () => {
    const text = await (await fetch(`${books.app.url}/metrics`)).text();
    const { orgId } = contractor;
    for (const route of ['/payments/webhook', '/qbo/webhooks']) {
      const refused = `{route="${route}",method="POST",status_class="4xx"}`;
      expect(text).toContain(`crm_request_duration_seconds_count${refused} 0\n`);
    }
    // Known before any call; called once and never failed.
    for (const operation of ['payment.create', 'companyinfo.read']) {
      expect(text).toContain(`crm_qbo_api_errors_total{org_id="${orgId}",operation="${operation}"} 0\n`);
    }
  });

  it('are read once in ten seconds, however often they are asked for', async () => {
    await areFresh();
    expect(await invoices()).toBe(1);
    await books.database.query(`update invoices set state = 'paid' where qbo_invoice_id is not null`);
    expect(await invoices()).toBe(1);
    passedMs += FRESH_MS + 1;
    await shows(invoices, 0);
    await books.database.query(`update invoices set state = 'open' where qbo_invoice_id is not null`);
    passedMs += FRESH_MS + 1;
    await shows(invoices, 1);
  });

  it('stand as they were, within a second, while the database does not answer, and say how old they are', async () => {
    const locker = new Client({ connectionString: books.database.ownerUrl });
    await locker.connect();
    await locker.query('begin; lock table invoices in access exclusive mode');
    const startedAt = Date.now();
    expect(await invoices()).toBe(1); // the table is locked for as long as it takes to answer
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect(await ageSeconds()).toBeGreaterThan(10);
    await locker.end();
    passedMs += 2 * FRESH_MS;
    await areFresh();
  });
});
