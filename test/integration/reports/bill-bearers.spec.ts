import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BillBearersRepository } from '../../../src/bills/allocation/bill-bearers.repository.js';
import { BillHeadsRepository } from '../../../src/bills/bill-heads.repository.js';
import { BillLinesRepository } from '../../../src/bills/bill-lines.repository.js';
import type { Bill, BillBooks, BillHead } from '../../../src/bills/bill.js';
import { BillsRepository } from '../../../src/bills/bills.repository.js';
import { JOB_EVIDENCE } from '../../../src/bills/bill.js';
import { CostJobs } from '../../../src/bills/allocation/job-candidates.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { createOrg } from '../../support/people.js';
import { rowsReadWhile } from '../../support/statements.js';
import { SeededRandom } from '../../simulation/seeded-random.js';

const REALM = '9341';
const [CUSTOMERS, JOBS, PARTIES, BILLS] = [25, 160, 60, 240];
/** As people write a house and its street, and as nobody should. */
const SITES = [
  (house: number) => `${house} Elm Street`,
  (house: number) => `${house} n. elm street`,
  (house: number) => `No.${house}b  Birch Ave`,
  (house: number) =>
    `at ${String(house).replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))} Elm`,
  (house: number) => `Straße ${house}\u00A0Élan`,
  (house: number) => `1${house} Elm`,
  (house: number) => `${house}\u2028Birch`,
  (house: number) => `${house}-Elm`,
];

describe('Who may bear the bills of a page', () => {
  let database: TestDatabase;
  let app: TestApp;
  let books: BillBooks;
  let heads: BillHead[];
  /** As they are where every job, customer and project is at hand. */
  let known: Bill[];

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url });
    const { orgId } = await createOrg(app);
    books = { orgId, realmId: REALM, homeCurrency: 'USD', timeZone: 'America/Denver' };
    await aBusiness(orgId, new SeededRandom(17));
    heads = await app.app.get(BillHeadsRepository).list(tx(), books, {});
    const all = await app.app.get(BillBearersRepository).all(tx(), books);
    known = await app.app.get(BillLinesRepository).attach(tx(), books, heads, all);
  });

  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  const tx = () => app.app.get(DataSource).manager;
  const attach = (some: readonly BillHead[]) => app.app.get(BillLinesRepository).attach(tx(), books, some);

  const insert = (table: string, rows: readonly object[]): Promise<object[]> => {
    const columns = Object.keys(rows[0]!).join(', ');
    return database.query(
      `insert into ${table} (${columns})
       select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  };

  const connectedTo = async (org_id: number, realm_id: string): Promise<void> => {
    const company = { org_id, env: 'sandbox', realm_id };
    await insert('qbo_companies', [company]);
    const at = '2026-03-01T00:00:00Z';
    const version = { token_version: 1, refresh_lease_token: 0 };
    await insert('qbo_tokens', [
      { ...company, ...version, state: 'needs_reauth', connected_at: at, updated_at: at },
    ]);
  };

  /** Customers, their jobs and what hangs below them in QuickBooks, and bills that name these in every way. */
  async function aBusiness(orgId: number, random: SeededRandom): Promise<void> {
    const one = <T>(list: readonly T[]): T => list[random.between(0, list.length - 1)]!;
    const maybe = <T>(percent: number, value: T): T | null => (random.next() * 100 < percent ? value : null);
    const site = (): string => one(SITES)(random.between(11, 30));
    const times = <T>(count: number, make: (n: number) => T): T[] =>
      Array.from({ length: count }, (_, n) => make(n + 1));
    const at = '2026-03-01T00:00:00Z';
    const org_id = orgId;
    await insert(
      'customers',
      times(CUSTOMERS, (id) => ({
        org_id,
        id,
        email: `c${id}@example.com`,
        full_name: `Customer ${id}`,
        reminders: true,
        qbo_customer_id: maybe(70, `p${id}`),
        qbo_realm_id: one([REALM, REALM, null, 'another']),
        created_at: at,
        updated_at: at,
      })),
    );
    await insert(
      'customer_currency_links',
      times(5, (n) => ({
        org_id,
        customer_id: n,
        realm_id: REALM,
        currency: 'EUR',
        qbo_customer_id: `p${n + 40}`,
        qbo_sync_token: '0',
        sent: {},
        said: {},
        created_at: at,
        updated_at: at,
      })),
    );
    await insert(
      'qbo_customers',
      times(PARTIES, (n) => ({
        org_id,
        realm_id: REALM,
        qbo_id: `p${n}`,
        sync_token: 0,
        display_name: `Party ${n}`,
        active: true,
        parent_id: maybe(75, `p${random.between(1, PARTIES)}`),
        seen_at: at,
        name_keys: [],
        email_keys: [],
        phone_keys: [],
      })),
    );
    const jobs = times(JOBS, (id) => ({
      id,
      customer_id: id % 7 === 0 ? null : id < CUSTOMERS ? id : random.between(1, 8),
      name: one([`Roof of ${site()}`, 'Garage', `Attic ${id}`, site(), 'Gutters']),
      day: `2026-0${random.between(1, 8)}-15`,
    }));
    await insert(
      'leads',
      jobs.map(({ id, customer_id, name }) => ({
        org_id,
        id,
        name,
        customer_id: customer_id ?? 1,
        currency: 'USD',
        amount_cents: 100_000,
        status: id % 9 === 0 ? 'cancelled' : 'approved',
        approved_at: at,
        created_at: at,
        updated_at: at,
        site_address: maybe(40, { line1: site(), city: 'Denver' }),
        deposit_paid_cents: 0,
      })),
    );
    await insert(
      'contracts',
      jobs.map(({ id, customer_id, day }) => ({
        org_id,
        id,
        proposal_id: id,
        customer_id,
        currency: 'USD',
        value_cents: 100_000,
        version: 1,
        deposit_mode: 'income',
        deposit_percent: 30,
        deposit_cents: 30_000,
        terms_days: 14,
        retainage_percent: 0,
        tax_mode: 'none',
        tax_percent: 0,
        revenue_policy: 'invoice',
        approved_at: `${day}T03:00:00Z`,
        completed_on: maybe(50, day),
        created_at: at,
        updated_at: at,
      })),
    );
    await insert('qbo_document_mirrors', [{ org_id, realm_id: REALM }]);
    await connectedTo(orgId, REALM);
    const projects = times(PARTIES, (n) => n).filter((n) => n % 6 === 0);
    await insert(
      'cost_projects',
      projects.map((n) => ({
        org_id,
        realm_id: REALM,
        qbo_customer_id: `p${n}`,
        proposal_id: random.between(1, JOBS),
        decided_at: at,
      })),
    );
    const bills = times(BILLS, (n) => ({
      org_id,
      realm_id: REALM,
      type: one(['Bill', 'VendorCredit', 'Purchase']),
      qbo_id: String(n),
      sync_token: 0,
      txn_on: `2026-0${random.between(1, 9)}-10`,
      number: maybe(20, `crm-${one(jobs).id}`),
      party_kind: 'vendor',
      party_id: maybe(80, `v${random.between(1, 30)}`),
      party_name: 'Norton',
      currency: 'USD',
      total_cents: 9_000,
      memo: maybe(15, `for ${site()}`),
      refund: false,
      state: 'live',
      first_seen_at: at,
      seen_at: at,
    }));
    await insert('qbo_documents', bills);
    const lines = bills.flatMap(({ type, qbo_id }) =>
      times(random.between(1, 4), (line) => ({
        org_id,
        realm_id: REALM,
        type,
        qbo_id,
        line,
        cents: 3_000,
        billable: false,
        party_kind: 'customer',
        party_id: maybe(50, `p${random.between(1, PARTIES + 5)}`),
        party_name: one(['Ann:Garage', 'Gutters', 'Ann Ruiz', null, `Attic ${one(jobs).id}`]),
        description: one([
          'Shingles',
          site(),
          `CRM-${one(jobs).id}-P1`,
          `see CRM ${one(jobs).id}, ${site()}`,
          null,
        ]),
      })),
    );
    await insert('qbo_document_lines', lines);
    await insert(
      'cost_allocations',
      lines
        .filter((_, n) => n % 4 === 0)
        .map(({ type, qbo_id, line }, n) => ({
          org_id,
          id: n + 1,
          realm_id: REALM,
          type,
          qbo_id,
          line,
          proposal_id: one(jobs).id,
          cents: one([3_000, 1_000]),
          state: one(['accepted', 'accepted', 'rejected']),
          decided_at: at,
        })),
    );
  }

  it('is the same as where all jobs are at hand, bill by bill', async () => {
    const lines = known.flatMap((bill) => bill.lines);
    const kinds = lines.flatMap(({ candidates }) =>
      candidates.flatMap((one) => one.evidence.map((e) => e.kind)),
    );
    expect(new Set(kinds)).toEqual(new Set(JOB_EVIDENCE));
    const bases = lines.flatMap(({ allocations }) => allocations.map(({ basis }) => basis));
    expect(new Set(bases)).toEqual(new Set(['customer_ref', 'project', 'suggested', 'manual']));
    for (const [n, head] of heads.slice(0, 60).entries()) expect(await attach([head])).toEqual([known[n]]);
  });

  it.each([2, 7, 50, BILLS])('is the same for %i bills at a time', async (size) => {
    for (let start = 0; start < heads.length; start += size) {
      expect(await attach(heads.slice(start, start + size))).toEqual(known.slice(start, start + size));
    }
  });

  it('finds the bills of a proposal, and those that no job bears a part of, as a look at all does', async () => {
    const bills = app.app.get(BillsRepository);
    const order = { sort: '-txn_on', limit: BILLS, after: undefined } as const;
    const ids = (some: readonly Bill[]) => some.map(({ type, qboId }) => `${type} ${qboId}`);
    let found = 0;
    for (let proposalId = 1; proposalId <= JOBS; proposalId += 3) {
      const its = known.filter(({ lines }) =>
        lines.some(({ allocations }) =>
          allocations.some((one) => one.proposalId === proposalId && one.state !== 'rejected'),
        ),
      );
      expect(ids(await bills.page(books, { proposalId }, order))).toEqual(ids(its));
      found += its.length;
    }
    expect(found).toBeGreaterThan(BILLS / 8);
    const proposed = known.filter(({ lines }) =>
      lines.some(({ allocations }) => allocations.some(({ state }) => state === 'proposed')),
    );
    const page = await bills.page(books, { allocation: 'proposed' }, { ...order, limit: 10 });
    expect(ids(page)).toEqual(ids(proposed.slice(0, 11)));
  });

  it('is worked out of those alone that are shown, however many are looked at for them', async () => {
    const looksAt = vi.spyOn(CostJobs.prototype, 'candidates');
    try {
      const page = { sort: '-txn_on', limit: 2 } as const;
      const shown = await app.app.get(BillsRepository).page(books, { allocation: 'missing' }, page);
      const lines = shown.flatMap((bill) => bill.lines);
      expect(lines.length).toBeLessThan(known.flatMap((bill) => bill.lines).length / 2);
      expect(looksAt.mock.calls.length).toBeLessThanOrEqual(lines.length);
    } finally {
      looksAt.mockRestore();
    }
  });

  it('is read without the jobs that its lines do not name', async () => {
    await database.query(
      `insert into leads (org_id, id, name, customer_id, currency, status, amount_cents, approved_at)
       select $1, n, 'Deck ' || n, 1, 'USD', 'approved', 1, now() from generate_series(1001, 4000) n`,
      [books.orgId],
    );
    await database.query(
      `insert into contracts (org_id, id, proposal_id, currency, value_cents, deposit_percent, deposit_cents,
                              terms_days, approved_at)
       select org_id, id, id, 'USD', 1, 30, 0, 14, approved_at from leads where org_id = $1 and id > 1000`,
      [books.orgId],
    );
    const [head] = heads;
    expect(await rowsReadWhile(books.orgId, () => attach([head!]))).toBeLessThan(200);
    expect(await attach(heads.slice(0, 5))).toEqual(known.slice(0, 5));
  });

  it('are customers of the company that they were linked, made or billed in, also where that came back', async () => {
    const { orgId: org_id } = await createOrg(app, 'Of two companies');
    const [first, second] = ['A', 'B'] as const;
    await connectedTo(org_id, first);
    const [march, april, may] = ['2026-03-01', '2026-04-01', '2026-05-01'] as const;
    const dated = { created_at: march, updated_at: march };
    const [ann, bea, cleo, dora, eva] = [9001, 9002, 9003, 9004, 9005] as const;
    const aCustomer = (id: number, qbo_realm_id: string | null, qbo_customer_id: string) => {
      const link = { qbo_realm_id, qbo_customer_id };
      return { org_id, id, email: `c${id}@example.com`, reminders: true, ...link, ...dated };
    };
    await insert('customers', [
      aCustomer(ann, null, '58'), // names no company: the one that is connected
      aCustomer(bea, second, '71'),
      aCustomer(cleo, first, '60'),
      aCustomer(dora, second, '72'),
      aCustomer(eva, second, '73'),
    ]);
    const proposal = { org_id, name: 'Roof', currency: 'USD', status: 'draft', amount_cents: 1, ...dated };
    await insert(
      'leads',
      [bea, dora, eva].map((id) => ({ ...proposal, id, customer_id: id, deposit_paid_cents: 0 })),
    );
    const done = (realm_id: string, kind: string, customer: number, qbo_id: string, at: string) => {
      const proposal_id = kind === 'invoice.create' ? customer : null;
      const sent = { attempts: 1, lease_token: 0, first_sent_at: at, next_attempt_at: at, state: 'done' };
      const payload = { customerId: qbo_id };
      return { org_id, realm_id, kind, entity_id: customer, proposal_id, qbo_id, payload, ...sent, ...dated };
    };
    const operations = [
      done(second, 'customer.create', cleo, '58', march),
      done(first, 'customer.create', bea, '59', march),
      done(first, 'invoice.create', dora, '88', march), // a match that was corrected
      done(first, 'invoice.create', eva, '60', march), // linked to another customer
      done(first, 'invoice.create', bea, '95', march),
      done(first, 'invoice.create', eva, '95', may), // nobody knows whose it is
      done(first, 'invoice.create', eva, '96', may),
    ];
    await insert(
      'sync_operations',
      operations.map((one, n) => ({ ...one, id: 9001 + n, generation: n + 1, request_id: `r${n}` })),
    );
    const [person] = await database.query<{ id: number }>('select id from users where org_id = $1', [org_id]);
    const decision = { decision: 'link', qbo_customer_id: '90', decided_by: person!.id, decided_at: april };
    await insert('customer_match_decisions', [{ org_id, customer_id: dora, realm_id: first, ...decision }]);
    const mirrored = {
      org_id,
      realm_id: second,
      qbo_id: '58',
      sync_token: 0,
      display_name: 'Cleo',
      active: true,
    };
    const keys = { name_keys: [], email_keys: [], phone_keys: [] };
    await insert('qbo_customers', [{ ...mirrored, ...keys, seen_at: march }]);

    const asked = ['58', '59', '60', '71', '72', '73', '88', '90', '95', '96'];
    const whose = async (realmId: string) => {
      const company = { ...books, orgId: org_id, realmId };
      const { parties } = await app.app.get(BillBearersRepository).parties(tx(), company, asked);
      return Object.fromEntries([...parties.values()].map(({ qboId, customerId }) => [qboId, customerId]));
    };
    expect({ first: await whose(first), second: await whose(second) }).toEqual({
      first: { 58: ann, 59: bea, 60: cleo, 90: dora, 96: eva },
      second: { 58: cleo, 71: bea, 72: dora, 73: eva },
    });
  });
});
