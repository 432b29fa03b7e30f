import { deepStrictEqual } from 'node:assert';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContractors, type Contractor } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { median, readable } from '../harness/figures.ts';
import { ask } from '../harness/http.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Program } from '../harness/program.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { loadWith, type RequestLoad } from '../harness/request-load.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { cpuSeconds, familyCpuSeconds } from '../harness/usage.ts';

const PROPOSALS = 1_000;
const LINES_EACH = 3;
const CONNECTIONS = 32;
const MANY_CONNECTIONS = 500;
const ROUNDS = 5;
const ROUND_MS = 1_200;
const WARM_UP_MS = 2_500;
const P99_AT_MOST = 2;
const GAP_AT_MOST_MS = 1_000;

const ROUTES = [
  { path: '/health/live', atLeast: 0.7, isOpen: true },
  { path: '/auth/me', atLeast: 0.6, isOpen: false },
  { path: '/proposals?limit=100', atLeast: 0.7, isOpen: false },
] as const;
type Route = (typeof ROUTES)[number];

/** The product as it is, without its request log, without row-level security; and the program it is compared with. */
type Kind = 'product' | 'unlogged' | 'unwalled' | 'raw';

interface Side {
  readonly kind: Kind;
  readonly program: Program;
  readonly token: string;
  readonly rounds: Map<Route, Round[]>;
}

interface Round extends RequestLoad {
  /** Microseconds a request, of the program and of PostgreSQL. */
  readonly cpuUs: number;
}

const LOG = join(tmpdir(), `crm-bench-api-${process.pid}.log`);

/** One API process against a plain program of Fastify and the driver alone that does the same work. */
export async function api(postgres: Postgres): Promise<Findings> {
  const walled = await openApiStage(postgres, true);
  try {
    const bare = await openApiStage(postgres, false);
    try {
      return await measure(postgres, await sidesOf(walled, bare));
    } finally {
      await bare.stage.close();
    }
  } finally {
    await walled.stage.close();
    await rm(LOG, { force: true });
  }
}

interface ApiStage {
  readonly stage: Stage;
  readonly contractor: Contractor;
}

async function openApiStage(postgres: Postgres, isWalled: boolean): Promise<ApiStage> {
  const stage = await openStage(postgres, isWalled ? 'api' : 'api_unwalled', {
    policies: isWalled,
    env: { API_REQUESTS_PER_MINUTE: '10000000' },
    logFile: LOG,
  });
  const [contractor] = await createContractors(stage, 1, PROPOSALS);
  await stage.database.query(
    `insert into proposal_lines (org_id, proposal_id, position, description, quantity, unit_price_cents, amount_cents)
     select org_id, id, n, 'Tear off and replace shingles, per square', 24.5, 45000, 1102500
       from leads, generate_series(1, $1) n`,
    [LINES_EACH],
  );
  await stage.database.query(
    `update leads set qbo_status = 'Open', qbo_invoice_number = qbo_invoice_id, qbo_last_sync_at = now(),
       qbo_balance_cents = amount_cents, qbo_paid_cents = 0`,
  );
  await stage.database.query('vacuum analyze');
  return { stage, contractor: contractor! };
}

async function sidesOf(walled: ApiStage, bare: ApiStage): Promise<Side[]> {
  const side = (kind: Kind, program: Program, { contractor }: ApiStage): Side => ({
    kind,
    program,
    token: contractor.token,
    rounds: new Map(ROUTES.map((route) => [route, []])),
  });
  return [
    side('product', walled.stage.api, walled),
    side('raw', await bare.stage.startOther('bench/raw/server.ts', {}, '/health/live'), bare),
    side('unlogged', await walled.stage.startApi({ LOG_LEVEL: 'warn' }), walled),
    side('unwalled', bare.stage.api, bare),
  ];
}

async function measure(postgres: Postgres, sides: readonly Side[]): Promise<Findings> {
  await assertSameAnswers(sides);
  for (const route of ROUTES) for (const side of sides) await load(side, route, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const route of ROUTES) {
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        side.rounds.get(route)!.push(await roundOf(postgres, side, route));
      }
    }
  }
  const [product] = sides;
  const crowds: RequestLoad[] = [];
  for (const route of ROUTES) crowds.push(await load(product!, route, ROUND_MS, MANY_CONNECTIONS));
  return {
    title: 'The API against Fastify and the driver alone',
    story: [
      `One process of each, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${readable(ROUND_MS)} ms by turns, ` +
        'medians. The plain program (`bench/raw/server.ts`) checks the token, looks the caller up, runs the same ' +
        'statements, unprepared, and gives the same answers, which is checked first; it has no log, metrics, ' +
        `security headers, limits or policies. An organisation of ${readable(PROPOSALS)} proposals with ` +
        `${LINES_EACH} lines and an invoice each.`,
      'Processor time is that of the program and of PostgreSQL; it counts where other work shares the machine.',
    ],
    placed: placedOf(spread),
    figures: [
      ...ROUTES.flatMap((route) => figuresOf(route, sides)),
      {
        what: `${MANY_CONNECTIONS} connections on each route: failed requests`,
        value: crowds.reduce((total, { failed }) => total + failed, 0),
        unit: 'requests',
        target: { atMost: 0 },
        baseline: `of ${readable(crowds.reduce((total, { requests }) => total + requests, 0))}`,
      },
      {
        what: `${MANY_CONNECTIONS} connections: the longest time without any answer`,
        value: Math.max(...crowds.map(({ longestGapMs }) => longestGapMs)),
        unit: 'ms',
        target: { atMost: GAP_AT_MOST_MS },
        baseline: `p99 ${crowds.map(({ p99Ms }) => `${readable(p99Ms)} ms`).join(', ')}`,
      },
    ],
    remarks: [
      'Tried and kept, in processor time: statements prepared on each connection, the one that sets the scope too; ' +
        'lists by SQL instead of entities; the key of tokens and the security headers made once; no interceptor; ' +
        'requests counted by a number; garbage collected early in workers alone.',
      'The plain program leaves its statements unprepared, as the driver does by itself.',
    ],
    bounds: [
      'What is left above the plain program is what it does not do: guards and router of Nest, the line of the log, ' +
        'metrics, fourteen headers, passport, the settings of the scope with each statement.',
    ],
  };
}

/** Of each path, but for what differs between two organisations. */
async function assertSameAnswers(sides: readonly Side[]): Promise<void> {
  for (const { path } of ROUTES) {
    const answers: unknown[] = [];
    for (const { program, token } of sides) {
      const answer = JSON.stringify(await ask<object>('GET', program.url + path, { token }));
      answers.push(JSON.parse(answer.replaceAll(/"(\w+_at)":"[^"]*"/g, '"$1":"then"')));
    }
    for (const other of answers.slice(1))
      deepStrictEqual(other, answers[0], `${path} is answered differently`);
  }
}

async function load(side: Side, route: Route, ms: number, connections = CONNECTIONS): Promise<RequestLoad> {
  const token = route.isOpen ? undefined : side.token;
  return loadWith(side.program.url + route.path, { token, connections, ms });
}

async function roundOf({ pid }: Postgres, side: Side, route: Route): Promise<Round> {
  const used = (): number => (cpuSeconds(side.program.pid) ?? 0) + (familyCpuSeconds(pid) ?? 0);
  const before = used();
  const seen = await load(side, route, ROUND_MS);
  if (seen.failed > 0) throw new Error(`${side.kind} failed ${seen.failed} requests for ${route.path}`);
  return { ...seen, cpuUs: (1e6 * (used() - before)) / seen.requests };
}

function figuresOf(route: Route, sides: readonly Side[]): Figure[] {
  const of = (kind: Kind, pick: (round: Round) => number): number =>
    median(
      sides
        .find((side) => side.kind === kind)!
        .rounds.get(route)!
        .map(pick),
    );
  const speed = ({ requests, seconds }: Round): number => requests / seconds;
  const compared = (
    what: string,
    unit: string,
    pick: (round: Round) => number,
    kind: Kind = 'product',
  ): Omit<Figure, 'target'> => ({
    what: `\`${route.path}\`: ${what}`,
    value: of(kind, pick) / of('raw', pick),
    unit: 'times',
    baseline: `${readable(of(kind, pick))} ${unit}, plain ${readable(of('raw', pick))} ${unit}`,
  });
  return [
    { ...compared('requests a second', 'requests/s', speed), target: { atLeast: route.atLeast } },
    { ...compared('p99', 'ms', ({ p99Ms }) => p99Ms), target: { atMost: P99_AT_MOST } },
    compared('p50', 'ms', ({ p50Ms }) => p50Ms),
    compared('processor time of a request', 'µs', ({ cpuUs }) => cpuUs),
    compared('processor time without the request log', 'µs', ({ cpuUs }) => cpuUs, 'unlogged'),
    compared('processor time without policies', 'µs', ({ cpuUs }) => cpuUs, 'unwalled'),
    compared('requests a second without policies', 'requests/s', speed, 'unwalled'),
  ];
}
