import { setTimeout as pause } from 'node:timers/promises';
import { inLanes, timed } from '../harness/clock.ts';
import { type Contractor, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { readable } from '../harness/figures.ts';
import { ask } from '../harness/http.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';

const PROPOSALS = 1_000_000;
const CUSTOMERS = 100_000;
/** One proposal in so many has an invoice. */
const INVOICED_EACH = 10;
const TIMES = 5;
const SECOND_PAGE_AT_MOST_MS = 100;
const CONNECTIONS = 2;
/** A backend reports what it read at the end of a statement, at most once in a second. */
const REPORTED_AFTER_MS = 1_100;

/** Tables of fewer rows are read whole because that is quicker. */
const LARGE_FROM = 10_000;

const LISTS = [
  'proposals?limit=100',
  'proposals?limit=100&sort=-created_at',
  'proposals?limit=100&sort=name',
  'proposals?limit=100&sort=-amount_cents',
  'proposals?limit=100&status=approved',
  'proposals?limit=100&status=cancelled',
  'proposals?limit=100&customer_id=CUSTOMER',
  'proposals?limit=100&currency=EUR',
  'proposals?limit=100&qbo_state=paid',
  'leads?limit=100&sort=-created_at',
  'customers?limit=100&sort=name',
  'invoices?limit=100',
  'invoices?limit=100&customer_id=CUSTOMER',
];

interface Measured {
  path: string;
  /** The fastest of the first page, and of the page after it. */
  ms: number;
  nextMs: number;
  /** Read by going through a large table from its beginning to its end. */
  scannedRows: number;
}

/** A page of each list of a very large contractor, and what PostgreSQL went through whole for it. */
export async function plans(postgres: Postgres): Promise<Findings> {
  // As few connections as can be: each has to be used again before it reports what it read.
  const env = { API_REQUESTS_PER_MINUTE: '10000000', LOG_LEVEL: 'warn', DB_POOL_MAX: String(CONNECTIONS) };
  const stage = await openStage(postgres, 'plans', { env });
  try {
    const [contractor] = await createContractors(stage, 1, 1);
    const customerId = await writeProposals(stage, contractor!);
    const measured: Measured[] = [];
    for (const path of LISTS) {
      measured.push(await measure(stage, contractor!, path.replace('CUSTOMER', String(customerId))));
    }
    return {
      title: `Lists of ${readable(PROPOSALS)} proposals`,
      story: [
        `One organisation of ${readable(PROPOSALS)} proposals, ${readable(CUSTOMERS)} customers and ` +
          `${readable(PROPOSALS / INVOICED_EACH)} invoices. A page of 100 and the page after it are asked for over ` +
          `HTTP, ${TIMES} times each; the fastest counts. Rows gone through whole are PostgreSQL's own count, of ` +
          `tables of ${readable(LARGE_FROM)} rows or more.`,
      ],
      placed: placedOf(spread),
      figures: measured.flatMap(figuresOf),
      remarks: [],
      bounds: [
        'The state of an invoice is in no index, for that would make each look at an invoice dearer: the invoices of ' +
          'a state are looked for among all of the organisation.',
      ],
    };
  } finally {
    await stage.close();
  }
}

function figuresOf({ path, ms, nextMs, scannedRows }: Measured): Figure[] {
  const shown = `\`${path.replace(/customer_id=\d+/, 'customer_id=…')}\``;
  return [
    { what: `${shown}: rows gone through whole`, value: scannedRows, unit: 'rows', target: { atMost: 0 } },
    {
      what: `${shown}: the page after the first`,
      value: nextMs,
      unit: 'ms',
      target: { atMost: SECOND_PAGE_AT_MOST_MS },
      baseline: `the first page ${readable(ms)} ms`,
    },
  ];
}

async function measure(stage: Stage, contractor: Contractor, path: string): Promise<Measured> {
  const { next_cursor: cursor } = await page(stage, contractor, path);
  const nextPath = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
  const before = await readScannedRows(stage, contractor);
  const ms = await fastest(() => page(stage, contractor, path));
  const nextMs = await fastest(() => page(stage, contractor, nextPath));
  const after = await readScannedRows(stage, contractor);
  return { path, ms, nextMs, scannedRows: (after - before) / (2 * TIMES) };
}

async function fastest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) times.push((await timed(work)).ms);
  return Math.min(...times);
}

function page(
  { api }: Stage,
  { token }: Contractor,
  path: string,
): Promise<{ next_cursor: string | null; items: object[] }> {
  return ask('GET', `${api.url}/${path}`, { token });
}

async function readScannedRows({ api, database }: Stage, { token }: Contractor): Promise<number> {
  await pause(REPORTED_AFTER_MS);
  await inLanes(2 * CONNECTIONS, Array.from({ length: 4 * CONNECTIONS }), () =>
    ask('GET', `${api.url}/auth/me`, { token }),
  );
  const [row] = await database.query<{ rows: string }>(
    `select coalesce(sum(s.seq_tup_read), 0) as rows
       from pg_stat_user_tables s join pg_class c on c.oid = s.relid where c.reltuples >= $1`,
    [LARGE_FROM],
  );
  return Number(row!.rows);
}

/** Ten years of a very large contractor, written in SQL. Answers a customer of some proposals. */
async function writeProposals({ database }: Stage, { orgId, realmId }: Contractor): Promise<number> {
  const [first] = await database.query<{ id: number }>(
    `insert into customers (org_id, email, full_name)
     select $1, 'c' || n || '@example.com', 'Customer ' || md5(n::text) from generate_series(1, $2::int) n
     returning id`,
    [orgId, CUSTOMERS],
  );
  await database.query('analyze');
  await database.query(
    `insert into leads (org_id, customer_id, name, status, amount_cents, currency, created_at, approved_at)
     select $1, $2::int + n % $3::int, 'Roof ' || md5(n::text),
            case when n % 100 = 0 then 'cancelled' when n % 3 = 0 then 'approved' else 'draft' end,
            100 * (n % 50000 + 1), case when n % 1000 = 0 then 'EUR' else 'USD' end,
            now() - make_interval(secs => 300 * n), case when n % 3 = 0 then now() end
       from generate_series(1, $4::int) n`,
    [orgId, first!.id, CUSTOMERS, PROPOSALS],
  );
  await database.query('analyze');
  await database.query(
    `insert into invoices (org_id, proposal_id, kind, sequence, generation, currency, amount_cents, total_cents,
                           balance_cents, paid_cents, txn_date, due_on, state, status, qbo_realm_id, qbo_invoice_id)
     select l.org_id, l.id, 'deposit', 1, 1, l.currency, l.amount_cents, l.amount_cents,
            case when l.id % 20 = 0 then l.amount_cents else 0 end,
            case when l.id % 20 = 0 then 0 else l.amount_cents end,
            current_date - (l.id % 3000)::int, current_date - (l.id % 3000)::int + 30,
            case when l.id % 20 = 0 then 'open' else 'paid' end, case when l.id % 20 = 0 then 'Open' else 'Paid' end,
            $2, (9000000 + l.id)::text
       from leads l where l.org_id = $1 and l.id % $3::int = 0 and l.qbo_invoice_id is null`,
    [orgId, realmId, INVOICED_EACH],
  );
  await database.query('analyze');
  await database.query(
    `update leads l set qbo_invoice_id = i.qbo_invoice_id
       from invoices i where i.org_id = l.org_id and i.proposal_id = l.id and l.org_id = $1
        and l.qbo_invoice_id is null and i.qbo_invoice_id is not null`,
    [orgId],
  );
  await database.query('vacuum analyze');
  return first!.id;
}
