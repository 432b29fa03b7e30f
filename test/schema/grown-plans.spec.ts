import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertMessage } from '../../src/alerts/alert-message.js';
import { AlertMessagesRepository, MESSAGE_LEASE } from '../../src/alerts/alert-messages.repository.js';
import { IncidentsRepository } from '../../src/alerts/incidents.repository.js';
import { InboxItemsRepository } from '../../src/inbox/inbox-items.repository.js';
import { RETENTION, purgeStatement } from '../../src/jobs/retention/retention.js';
import type { Config } from '../../src/platform/config/config.js';
import { DueEntriesRepository } from '../../src/contracts/schedule/due-entries.repository.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { inOrganisation, throughDoor } from '../../src/platform/database/scope/scope.js';
import { SystemClockService } from '../../src/platform/time/system-clock.service.js';
import { PaymentSearchRepository } from '../../src/payments/ledger/payment-search.repository.js';
import { PersonalDataRepository } from '../../src/privacy/personal-data.repository.js';
import { PERSONAL_DATA } from '../../src/privacy/personal-data.js';
import { BooksFiguresRepository } from '../../src/qbo-sync/diagnostics/books-figures.repository.js';
import { DatabaseMetricsRepository } from '../../src/qbo-sync/diagnostics/database-metrics.repository.js';
import { MarginFiguresRepository } from '../../src/qbo-sync/diagnostics/margin-figures.repository.js';
import { PeriodFiguresRepository } from '../../src/qbo-sync/diagnostics/period-figures.repository.js';
import { SyncHealthRepository } from '../../src/qbo-sync/diagnostics/sync-health.repository.js';
import { TimelineRepository } from '../../src/qbo-sync/diagnostics/timeline/timeline.repository.js';
import { DueOperationsRepository } from '../../src/qbo-sync/operations/rows/due-operations.repository.js';
import type { QboCompany } from '../../src/qbo-sync/api/model/qbo-company.js';
import { OperationsElsewhereRepository } from '../../src/qbo-sync/operations/rows/operations-elsewhere.repository.js';
import { InvoiceRecordsRepository } from '../../src/qbo-sync/pull/invoices/invoice-records.repository.js';
import { MovedLinksRepository } from '../../src/qbo-sync/pull/invoices/monitors/money/moved-links.repository.js';
import { EditedCustomersRepository } from '../../src/qbo-sync/pull/invoices/monitors/edits/edited-customers.repository.js';
import { UnreadInvoicesRepository } from '../../src/qbo-sync/pull/invoices/monitors/missing/unread-invoices.repository.js';
import { IncompletePaymentsRepository } from '../../src/qbo-sync/push/payments/incomplete-payments.repository.js';
import { readConfig } from '../../src/platform/config/config.js';
import { ContractFactsRepository } from '../../src/revenue/events/contract-facts.repository.js';
import { ContractFingerprintsRepository } from '../../src/revenue/events/contract-fingerprints.repository.js';
import { PeriodClosingsRepository } from '../../src/revenue/periods/period-closings.repository.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

const ORG = 1;
const ROWS = 5_000;
const LARGE: ReadonlySet<string> = new Set(
  (
    'payments sync_operations stripe_events inbox_items customers leads checkout_sessions contracts ' +
    'contract_entries invoices qbo_documents qbo_document_lines inbox_events alert_messages revenue_events'
  ).split(' '),
);

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** An installation that has worked for years: nearly all that it ever did is done. */
const SANDBOX = { qbo: { env: 'sandbox' } } as Config;

describe('However much was done before, it is not gone through', () => {
  let database: TestDatabase;
  let product: DataSource;
  let partial: ReadonlySet<string>;
  let tableOf: ReadonlyMap<string, string>;
  const clock = new SystemClockService();

  beforeAll(async () => {
    database = await cloneDatabase();
    await database.query(`
      insert into orgs (id, name) values (${ORG}, 'Acme Roofing');
      insert into org_settings (org_id) values (${ORG});
      insert into users (id, org_id, email, full_name, password_hash) values (1, ${ORG}, 'a@acme.test', 'Ann', 'x');
      insert into qbo_companies (org_id, env, realm_id) values (${ORG}, 'sandbox', 'R1');
      insert into qbo_tokens (org_id, realm_id, env, state, connected_at, access_token_sealed, refresh_token_sealed)
        values (${ORG}, 'R1', 'sandbox', 'connected', now(), 'a', 'r');
      insert into customers (org_id, email, qbo_realm_id, qbo_customer_id)
        select ${ORG}, 'c' || n || '@acme.test', 'R1', n from generate_series(1, ${ROWS}) n;
      insert into leads (org_id, name, customer_id) select org_id, 'Roof ' || id, id from customers;
      insert into checkout_sessions (org_id, proposal_id, idempotency_key, request, stripe_session_id, status,
                                     amount_cents, total_cents, deposit_percent, currency)
        select ${ORG}, id, 'k' || id, '{}', 'cs_' || id, 'paid', 100, 100, 30, 'USD' from leads;
      insert into payments (org_id, proposal_id, checkout_session_id, stripe_session_id, stripe_payment_intent_id,
                            amount_cents, currency, paid_at, recorded_here)
        select org_id, proposal_id, id, stripe_session_id, 'pi_' || id, 100, 'USD', now(), true from checkout_sessions;
      insert into sync_operations (org_id, realm_id, kind, entity_id, proposal_id, request_id, payload, state,
                                   next_attempt_at, qbo_id)
        select org_id, 'R1', 'payment.create', id, proposal_id, 'r' || id, '{}', 'done', created_at, id
          from payments;
      insert into stripe_events (event_id, type, received_at, body, content_hash, state, wake_at, processed_at)
        select 'evt_' || id, 'charge.succeeded', now() - interval '120 days',
               jsonb_build_object('data', jsonb_build_object('object', jsonb_build_object('id', 'ch_' || id,
                 'payment_intent', 'pi_' || id, 'metadata',
                 jsonb_build_object('org_id', '1', 'proposal_id', proposal_id::text)))),
               'h', 'processed', now(), now()
          from payments;
      insert into inbox_items (org_id, subject, code, reason, next_step, proposal_id, state, created_at, updated_at,
                               closed_at)
        select ${ORG}, 'payment.other_invoice:' || id, 'payment_other_invoice', 'r', 'n', proposal_id,
               case when id % 5 = 0 then 'open' else 'resolved' end, now(), now(),
               case when id % 5 = 0 then null else now() end
          from payments;
      insert into inbox_events (org_id, item_id, event, at, reason)
        select org_id, id, 'opened', created_at, reason from inbox_items;
      insert into alert_incidents (org_id, kind, subject, facts, since, opened_at, last_seen_at, closed_at)
        select org_id, 'needs_person', id::text, '{}', now(), now(), now(), now() from inbox_items;
      insert into alert_messages (org_id, channel, recipient, incident_ids, subject, body, state, next_attempt_at,
                                  created_at, sent_at)
        select org_id, 'email', 'a' || id || '@acme.test', array[id], 's', 'b',
               case when id % 2 = 0 then 'queued' else 'sent' end, now(), now(),
               case when id % 2 = 0 then null else now() end
          from alert_incidents;
      insert into contracts (org_id, proposal_id, customer_id, currency, value_cents, deposit_percent, deposit_cents,
                             terms_days, approved_at)
        select org_id, id, customer_id, 'USD', 100000, 30, 30000, 14, now() from leads;
      insert into qbo_document_mirrors (org_id, realm_id, filled_at, changed_since)
        values (${ORG}, 'R1', now(), now());
      insert into qbo_documents (org_id, realm_id, type, qbo_id, sync_token, txn_on, total_cents, state,
                                 first_seen_at, seen_at)
        select ${ORG}, 'R1', 'Bill', n, 0, case n when 1 then current_date else current_date - 200 end, 100, 'live',
               now(), now()
          from generate_series(1, ${ROWS}) n;
      insert into qbo_document_lines (org_id, realm_id, type, qbo_id, line, party_kind, party_id, cents, billable)
        select org_id, realm_id, type, qbo_id, 1, 'customer', qbo_id, 100, false from qbo_documents;
      insert into contract_entries (org_id, contract_id, number, kind, sequence, percent, trigger_on)
        select org_id, id, 2, 'progress', 1, 40, current_date - 60 from contracts;
      insert into revenue_events (org_id, contract_id, proposal_id, currency, kind, item, source_kind, source_id,
                                  sequence, event_on, posted_on, cents, created_at)
        select org_id, id, proposal_id, 'USD', 'earned', 'work', 'invoice', id::text, 1, current_date, current_date, 1,
               now()
          from contracts;
      insert into invoices (org_id, proposal_id, kind, currency, amount_cents, state)
        select org_id, id, 'progress', 'USD', 40000, 'open' from leads where id > 3`);
    product = await openDataSource(database.url);
    const entries = new DueEntriesRepository(clock, SANDBOX);
    for (let looks = 0; looks < 3; looks += 1) await product.transaction((tx) => entries.putOverAside(tx));
    await database.query('vacuum analyze');
    const indexes = await database.query<{ name: string; table: string; isPartial: boolean }>(
      `select indexrelid::regclass::text as name, indrelid::regclass::text as table, indpred is not null as "isPartial"
         from pg_index`,
    );
    partial = new Set(indexes.filter(({ isPartial }) => isPartial).map(({ name }) => name));
    tableOf = new Map(indexes.map(({ name, table }) => [name, table]));
  });

  afterAll(async () => {
    await product.destroy();
    await database[Symbol.asyncDispose]();
  });

  /** What the statements of a read go through: a table, or all that an organisation has in it. */
  const goneThrough = async (
    read: (tx: EntityManager) => Promise<unknown>,
    { small = partial, looksUp = false }: { small?: ReadonlySet<string>; looksUp?: boolean } = {},
  ): Promise<string[]> => {
    const found = new Set<string>();
    await product.transaction(async (tx) => {
      // As where one organisation is a thousand times the others: the mean of them makes each look-up seem cheap.
      if (looksUp) await tx.query('set local enable_hashjoin = off; set local enable_mergejoin = off');
      if (looksUp) await tx.query('set local enable_seqscan = off');
      const explaining = {
        find: async () => [],
        query: async (text: string, values: unknown[] = []) => {
          if (/^\s*set /.test(text)) return tx.query(text);
          const [row] = await tx.query<[{ 'QUERY PLAN': [{ Plan: Plan }] }]>(
            `explain (format json) ${text}`,
            values,
          );
          for (const node of nodesOf(row['QUERY PLAN'][0].Plan)) {
            const name = wholeRead(node, small);
            if (name) found.add(name);
          }
          return [];
        },
        transaction: (work: (inner: EntityManager) => Promise<unknown>) => work(explaining as never),
      };
      await read(explaining as unknown as EntityManager);
    });
    return [...found].toSorted();
  };

  /** By an index that has no more rows than are meant a table is not gone through, nor by more than its tenant. */
  function wholeRead(node: Plan, small: ReadonlySet<string>): string | null {
    const type = node['Node Type'];
    const index = node['Index Name'];
    if (type === 'Seq Scan') return LARGE.has(node['Relation Name']!) ? node['Relation Name']! : null;
    if (!type.startsWith('Index') && type !== 'Bitmap Index Scan') return null;
    if (index === undefined || small.has(index) || !LARGE.has(tableOf.get(index)!)) return null;
    const condition = node['Index Cond'] ?? '';
    const more = condition.replaceAll(/\(?\w*\.?org_id = [^)]*\)+/g, '').replaceAll(/AND|[()\s]/g, '');
    return more === '' ? index : null;
  }

  it('for the operations that are due', async () => {
    const due = new DueOperationsRepository(product, readConfig({}), clock);
    expect(await goneThrough((tx) => due.list(tx, 500))).toEqual([]);
  });

  it('for the entries of schedules whose day has come', async () => {
    const entries = new DueEntriesRepository(clock, SANDBOX);
    expect(await goneThrough((tx) => entries.list(tx, 500))).toEqual([]);
    expect(await goneThrough((tx) => entries.putOverAside(tx))).toEqual([]);
  });

  it('for the health of the process', async () => {
    const health = (tx: EntityManager) => new SyncHealthRepository(tx as unknown as DataSource).read();
    expect(
      await goneThrough((tx) =>
        health(tx).catch(() => {
          /* There is no row in an explained answer. */
        }),
      ),
    ).toEqual([]);
  });

  it('for the gauges that alerts ask for', async () => {
    const config = readConfig({ NODE_ENV: 'test' });
    const nothing = { read: async () => [] };
    const gauges = (tx: EntityManager) =>
      new DatabaseMetricsRepository(
        { transaction: async (_: string, work: (inner: EntityManager) => unknown) => work(tx) } as never,
        nothing as unknown as PeriodFiguresRepository,
        nothing as unknown as BooksFiguresRepository,
        nothing,
        clock,
        config,
      );
    expect(await goneThrough((tx) => gauges(tx).read())).toEqual([]);
  });

  it('for what is left of this month’s revenue when its costs are borne', async () => {
    const figures = new MarginFiguresRepository();
    const read = (tx: EntityManager) => throughDoor('overview', () => figures.read(tx, clock.now()));
    expect(await goneThrough(read, { looksUp: true })).toEqual([]);
  });

  it('for what the accounting of a contract follows from', async () => {
    const facts = new ContractFactsRepository();
    const list = (tx: EntityManager) => inOrganisation(ORG, () => facts.list(tx, ORG, [7], 'UTC'));
    expect(await goneThrough(list)).toEqual([]);
  });

  it('but for what the accounting of every contract follows from, which has a time of its own', async () => {
    const facts = new ContractFingerprintsRepository();
    await inOrganisation(ORG, () =>
      product.transaction(async (tx) => {
        await tx.query('set local statement_timeout = 50');
        expect(await facts.listStale(tx, ORG, 'UTC')).toHaveLength(ROWS);
        expect(await tx.query('show statement_timeout')).toEqual([{ statement_timeout: '50ms' }]);
      }),
    );
  });

  it('for the questions that are open about a month', async () => {
    const closings = new PeriodClosingsRepository(product);
    const month = { month: '2026-09', timeZone: 'UTC', except: [] };
    const list = (tx: EntityManager) => inOrganisation(ORG, () => closings.listOpenInbox(tx, ORG, month));
    expect(await goneThrough(list)).toEqual([]);
  });

  it('for the payments that a process takes up as it starts', async () => {
    const incomplete = new IncompletePaymentsRepository(clock);
    expect(await goneThrough((tx) => incomplete.list(tx, null))).toEqual([]);
  });

  it('for what of Stripe’s events is to be emptied, or deleted', async () => {
    await database.query(`update stripe_events set is_emptied = event_id <> 'evt_1'`);
    await database.query('vacuum analyze stripe_events');
    const rule = RETENTION.stripe_events!;
    if (rule.kept !== 'for a time') throw new Error('It is kept.');
    for (const purge of rule.purges) {
      const statement = purgeStatement('stripe_events', rule.key, purge);
      const before = new Date(Date.now() - purge.afterDays * 86_400_000);
      expect(
        await goneThrough((tx) => throughDoor('retention', () => tx.query(statement, [before, 500]))),
      ).toEqual([]);
    }
  });

  it('for the events of Stripe that name a customer who is erased', async () => {
    const rule = PERSONAL_DATA.stripe_events!;
    if (rule.holds !== 'erased') throw new Error('It is kept.');
    const erase = (tx: EntityManager) => inOrganisation(ORG, () => tx.query(rule.statement, [ORG, 7]));
    expect(await goneThrough(erase)).toEqual([]);
  });

  it('for the timeline of a proposal', async () => {
    const timeline = new TimelineRepository({ listOfProposal: async () => [] } as never);
    const proposal = { orgId: ORG, id: 7, customerId: 7, approvedAt: new Date(), currency: 'USD' };
    const read = (tx: EntityManager) => inOrganisation(ORG, () => timeline.read(tx, proposal as never));
    expect(await goneThrough(read)).toEqual([]);
  });

  it('for the links of an invoice that an event is about', async () => {
    const links = new MovedLinksRepository();
    const asked = { proposalIds: [7, 8, 9], qboPaymentIds: ['10', '11'] };
    const company = { orgId: ORG, realmId: 'R1' };
    const list = (tx: EntityManager) => inOrganisation(ORG, () => links.list(tx, company, asked));
    // All that is open is much for each payment of each proposal.
    const small = new Set([...partial].filter((index) => index !== 'inbox_items_open_key'));
    expect(await goneThrough(list, { small })).toEqual([]);
  });

  it('for the alerts that wait for their turn', async () => {
    const messages = new AlertMessagesRepository();
    const next = { orgId: ORG, channel: 'email', recipient: 'a50@acme.test' } as AlertMessage;
    // All that wait are many for each of them, where the mail server is away.
    const small = new Set([...partial].filter((index) => index !== 'alert_messages_queued_idx'));
    const isNext = MESSAGE_LEASE.takeable!.replaceAll(':now', 'now()');
    const take = (tx: EntityManager) =>
      tx.query(`select from alert_messages where id = $1 and ${isNext}`, [50]);
    expect(await goneThrough(take, { small })).toEqual([]);
    expect(await goneThrough((tx) => messages.findNext(tx, next), { small })).toEqual([]);
  });

  it('for what of the inbox is to be tried again', async () => {
    const items = new InboxItemsRepository(null as never, clock);
    // All that is open is much, each five seconds.
    const small = new Set([...partial].filter((index) => index !== 'inbox_items_open_key'));
    expect(await goneThrough((tx) => items.listDueRetries(tx, 500), { small })).toEqual([]);
  });

  it('for what told of an incident that is over', async () => {
    const incidents = new IncidentsRepository();
    const channels = { slack: true, mail: true, emailTo: undefined };
    const asked = { forgottenBefore: new Date(0), channels, last: undefined, limit: 1_000 };
    expect(await goneThrough((tx) => incidents.listPending(tx, asked))).toEqual([]);
  });

  it.each(['inbox_items', 'inbox_events'])(
    'for the sentences of %s about a customer who is erased',
    async (table) => {
      const rule = PERSONAL_DATA[table]!;
      if (rule.holds !== 'erased') throw new Error('It is kept.');
      const erase = (tx: EntityManager) => inOrganisation(ORG, () => tx.query(rule.statement, [ORG, 7]));
      expect(await goneThrough(erase)).toEqual([]);
    },
  );

  it('for what is under way of a customer who is to be erased, and what was sent of them', async () => {
    const personal = new PersonalDataRepository();
    const erase = (tx: EntityManager) =>
      inOrganisation(ORG, async () => {
        await personal.underWay(tx, ORG, 7, clock.now(), 20);
        await personal.erase(tx, ORG, 7, clock.now());
      });
    expect(await goneThrough(erase)).toEqual([]);
  });

  it.each(['disputed', 'partially_refunded', 'lost'] as const)(
    'for the payments that are %s',
    async (state) => {
      const payments = new PaymentSearchRepository();
      const list = (tx: EntityManager) =>
        inOrganisation(ORG, () => payments.page(tx, ORG, { state, limit: 50, timeZone: 'UTC' }));
      expect(await goneThrough(list)).toEqual([]);
    },
  );

  it.each([{ customerId: 7 }, { amountCents: 48_125 }, { search: 'pi_3PqRs2' }, { search: 'Ruiz' }])(
    'for the payments of %o',
    async (filter) => {
      const payments = new PaymentSearchRepository();
      const list = (tx: EntityManager) =>
        inOrganisation(ORG, () => payments.page(tx, ORG, { ...filter, limit: 50, timeZone: 'UTC' }));
      const found = await goneThrough(list, { looksUp: true });
      // By a part of a name those are gone through that have names: customers, jobs and invoices.
      const isNamed = (name: string): boolean =>
        'search' in filter && /^(customers|leads|invoices)_/.test(name);
      expect(found.filter((name) => !isNamed(name))).toEqual([]);
    },
  );

  it('for the months that have entries in the journal', async () => {
    const closings = new PeriodClosingsRepository(product);
    const list = (tx: EntityManager) =>
      inOrganisation(ORG, () => closings.listMonthsWithEvents(tx, ORG, '2026-09'));
    expect(await goneThrough(list)).toEqual([]);
  });

  it('for the invoices that stand under a number', async () => {
    await database.query(`update invoices set number = 'CRM-' || id, qbo_invoice_id = 7000 + id`);
    await database.query('vacuum analyze invoices');
    const records = new InvoiceRecordsRepository();
    const company = { orgId: ORG, realmId: 'R1' } as QboCompany;
    const list = (tx: EntityManager) => inOrganisation(ORG, () => records.listNumbered(tx, company, 'CRM-7'));
    expect(await goneThrough(list)).toEqual([]);
    const taken = { id: 1, number: 'CRM-7', proposalId: 9 };
    const find = (tx: EntityManager) => inOrganisation(ORG, () => records.findOfNumber(tx, company, taken));
    expect(await goneThrough(find)).toEqual([]);
  });

  it('for what was sent to another company and never answered', async () => {
    const elsewhere = new OperationsElsewhereRepository();
    const company = { orgId: ORG, realmId: 'R2' } as QboCompany;
    // What is open of all organisations is much, in each poll of each of them.
    await database.query(`
      insert into orgs (id, name) values (2, 'Other Roofing');
      insert into sync_operations (org_id, kind, entity_id, request_id, payload, state, next_attempt_at)
        select 2, 'payment.create', n, 'w' || n, '{}', 'waiting', now() from generate_series(1, ${ROWS}) n`);
    await database.query('vacuum analyze sync_operations');
    const small = new Set([...partial].filter((index) => index !== 'sync_operations_open_idx'));
    const review = (tx: EntityManager) =>
      inOrganisation(ORG, async () => {
        await elsewhere.listUnasked(tx, company, 100);
        await elsewhere.listOver(tx, company);
      });
    expect(await goneThrough(review, { small, looksUp: true })).toEqual([]);
  });

  it('for the invoices that a person is asked about, as they cannot be read or are somebody else’s', async () => {
    const invoices = new UnreadInvoicesRepository();
    const edited = new EditedCustomersRepository();
    const company = { orgId: ORG, realmId: 'R1' } as QboCompany;
    const review = (tx: EntityManager) =>
      inOrganisation(ORG, async () => {
        await invoices.listOver(tx, company);
        await invoices.listAsked(tx, company, ['7007']);
        await edited.listAsked(tx, company);
      });
    expect(await goneThrough(review, { looksUp: true })).toEqual([]);
  });

  it('where there is no index, it is (so that the facts above can fail)', async () => {
    const unindexed = (tx: EntityManager) =>
      throughDoor('overview', () => tx.query(`select from sync_operations where state = 'done'`));
    expect(await goneThrough(unindexed)).toEqual(['sync_operations']);
  });
});
