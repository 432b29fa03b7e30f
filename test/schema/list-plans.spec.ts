import type { DataSource, EntityManager } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BillHeadsRepository } from '../../src/bills/bill-heads.repository.js';
import { MarginRepository } from '../../src/bills/margin/margin.repository.js';
import { CustomersRepository } from '../../src/customers/customers.repository.js';
import { InvoiceListRepository } from '../../src/invoices/invoice-list.repository.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { inOrganisation } from '../../src/platform/database/scope/scope.js';
import { ReminderLooksRepository } from '../../src/portal/reminders/reminder-looks.repository.js';
import { LeadListRepository } from '../../src/proposals/leads/lead-list.repository.js';
import { ReceivedRepository } from '../../src/reports/received/received.repository.js';
import { ProposalListRepository } from '../../src/proposals/proposal-list.repository.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  Plans?: Plan[];
}

const WINDOW = { sort: 'id', limit: 100 };
const SORTS = ['id', 'name', 'amount_cents', 'created_at'].flatMap((key) => [key, `-${key}`]);
const ORG = 1;

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe('A page of a list', () => {
  let database: TestDatabase;
  let product: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase();
    await database.query(
      `insert into orgs (id, name) values (${ORG}, 'Acme Roofing') on conflict do nothing;
       insert into customers (org_id, email, full_name)
         select ${ORG}, 'c' || n || '@acme.test', 'Customer ' || n from generate_series(1, 2000) n;
       insert into leads (org_id, customer_id, name, status, amount_cents, created_at)
         select ${ORG}, c.id, 'Roof ' || c.id, 'draft', 100 * c.id, now() - make_interval(secs => c.id)
           from customers c where c.org_id = ${ORG};
       analyze`,
    );
    product = await openDataSource(database.url);
  });

  afterAll(async () => {
    await product.destroy();
    await database[Symbol.asyncDispose]();
  });

  /**
   * The plan of the first statement of a read, as PostgreSQL would make it for many rows: one that has no index to go
   * by sorts or reads the whole table even where both are made dear.
   */
  const planOf = async (read: (tx: EntityManager) => Promise<unknown>): Promise<Plan[]> =>
    inOrganisation(ORG, () =>
      product.transaction(async (tx) => {
        await tx.query('set local enable_seqscan = off');
        await tx.query('set local enable_sort = off');
        await tx.query('set local enable_bitmapscan = off');
        const plans: Plan[] = [];
        const explaining = {
          query: async (text: string, values: unknown[]) => {
            const rows = await tx.query<{ 'QUERY PLAN': { Plan: Plan }[] }[]>(
              `explain (format json) ${text}`,
              values,
            );
            plans.push(...rows[0]!['QUERY PLAN'].map(({ Plan: plan }) => plan));
            return [];
          },
          findBy: async () => [],
        };
        await read(explaining as unknown as EntityManager);
        return nodesOf(plans[0]!);
      }),
    );

  const wholeReads = (nodes: readonly Plan[]): (string | undefined)[] =>
    nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);

  const sortsOf = (nodes: readonly Plan[], sorted: string): boolean => {
    const sorts = nodes.filter((node) => node['Node Type'].endsWith('Sort'));
    return sorts.some((sort) => nodesOf(sort).some((node) => node['Relation Name'] === sorted));
  };

  it.each(SORTS)('of proposals by %s is read from an index', async (sort) => {
    const list = new ProposalListRepository();
    const nodes = await planOf((tx) => list.list(tx, ORG, {}, { ...WINDOW, sort }));
    expect(wholeReads(nodes)).toEqual([]);
    expect(sortsOf(nodes, 'leads')).toBe(false);
  });

  it.each([{ status: 'approved' as const }, { customerId: 7 }, { currency: 'EUR' }, { qboState: 'paid' }])(
    'of proposals with %o reads no table whole',
    async (filter) => {
      const list = new ProposalListRepository();
      expect(wholeReads(await planOf((tx) => list.list(tx, ORG, filter, WINDOW)))).toEqual([]);
    },
  );

  it('of proposals of a status is read from where they stand', async () => {
    const filter = { status: 'cancelled' } as const;
    const after = { key: '40', id: 40 };
    const nodes = await planOf((tx) =>
      new ProposalListRepository().list(tx, ORG, filter, { ...WINDOW, after }),
    );
    expect(JSON.stringify(nodes[0])).toContain('leads_status_idx');
  });

  it('of proposals of a rare currency is read from where they stand', async () => {
    const nodes = await planOf((tx) =>
      new ProposalListRepository().list(tx, ORG, { currency: 'EUR' }, WINDOW),
    );
    expect(JSON.stringify(nodes[0])).toContain('leads_currency_idx');
  });

  it('of invoices of a rare currency is read from where they stand', async () => {
    const nodes = await planOf((tx) =>
      new InvoiceListRepository().list(tx, ORG, { currency: 'EUR' }, WINDOW, '2026-11-27'),
    );
    expect(JSON.stringify(nodes[0])).toContain('invoices_currency_idx');
  });

  it('of invoices that customers are reminded of is read from those of the organisation', async () => {
    const steps = [{ dueOn: '2026-11-27', offsetDays: 1 }];
    const nodes = await planOf((tx) =>
      new ReminderLooksRepository().queue(tx, ORG, steps, { now: new Date(), limit: 500 }),
    );
    expect(wholeReads(nodes)).toEqual([]);
  });

  it.each(['id', 'name', '-created_at'])('of leads by %s is read from an index', async (sort) => {
    const nodes = await planOf((tx) => new LeadListRepository().list(tx, ORG, {}, { ...WINDOW, sort }));
    expect(wholeReads(nodes)).toEqual([]);
    expect(sortsOf(nodes, 'leads')).toBe(false);
  });

  it.each(['id', 'name', '-created_at'])('of customers by %s is read from an index', async (sort) => {
    const nodes = await planOf((tx) => new CustomersRepository().list(tx, ORG, {}, { ...WINDOW, sort }));
    expect(wholeReads(nodes)).toEqual([]);
    expect(sortsOf(nodes, 'customers')).toBe(false);
  });

  it('of what came in is read from where it begins, however many days are asked for', async () => {
    const days = { from: '2020-01-01', to: '2026-12-31' };
    const position = { day: '2026-01-01', key: '7' };
    for (const after of [null, position]) {
      const nodes = await planOf((tx) =>
        new ReceivedRepository(tx as unknown as DataSource).list(ORG, days, { limit: 50, after }),
      );
      expect(sortsOf(nodes, 'invoice_payments')).toBe(false);
      expect(JSON.stringify(nodes[0])).toContain('invoice_payments_received_idx');
    }
  });

  it.each(['-txn_on', 'txn_on'] as const)('of bills by %s is read from where it begins', async (sort) => {
    const heads = new BillHeadsRepository();
    const books = { orgId: ORG, realmId: 'R1', homeCurrency: 'USD', timeZone: 'UTC' };
    const after = { day: '2026-01-01', id: 'bill-7' };
    for (const window of [
      { sort, limit: 51 },
      { sort, limit: 51, after },
    ]) {
      const nodes = await planOf((tx) => heads.list(tx, books, {}, window));
      expect(wholeReads(nodes)).toEqual([]);
      expect(sortsOf(nodes, 'qbo_documents')).toBe(false);
    }
    const later = await planOf((tx) => heads.list(tx, books, {}, { sort, limit: 51, after }));
    expect(JSON.stringify(later)).toContain('ROW(txn_on');
  });

  it.each([null, 7])(
    'of margins, all or of one job (%s), reads what was earned alone',
    async (proposalId) => {
      const window = { from: null, to: null, timeZone: 'UTC', proposalId };
      const nodes = await planOf((tx) =>
        new MarginRepository(tx as unknown as DataSource).listRevenue(ORG, window),
      );
      expect(wholeReads(nodes)).toEqual([]);
      expect(JSON.stringify(nodes[0])).toContain('revenue_events_earned_idx');
      const earned = nodes.filter((node) => node['Relation Name'] === 'revenue_events');
      expect(earned.map((node) => node['Index Cond']?.includes('contract_id') ?? false)).toEqual([
        proposalId !== null,
      ]);
    },
  );

  it('by what has no index is sorted (so the facts above can fail)', async () => {
    const nodes = await planOf((tx) =>
      new ProposalListRepository().list(tx, ORG, {}, { ...WINDOW, sort: 'updated_at' }),
    );
    expect(sortsOf(nodes, 'leads')).toBe(true);
  });
});
