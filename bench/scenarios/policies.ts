import { Agent, request } from 'node:http';
import { inLanes, timed } from '../harness/clock.ts';
import { compareAll } from '../harness/compares.ts';
import { catchUp, type Contractor, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { median, readable } from '../harness/figures.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Program } from '../harness/program.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { cpuSeconds, familyCpuSeconds } from '../harness/usage.ts';

const INVOICES = 10_000;
const CONNECTIONS = 32;
const REQUESTS = 320;
const WARM_UP = 320;
const ROUNDS = 9;
const COMPARES = 5;
const COSTS_AT_MOST = 1.1;

/** One installation, and the processor time, in milliseconds, that each round of the same work took it. */
interface Side {
  readonly stage: Stage;
  readonly contractor: Contractor;
  readonly worker: Program;
  readonly list: Round[];
  readonly compare: Round[];
}

interface Round {
  readonly ms: number;
  /** Of the product and of PostgreSQL. */
  readonly cpuMs: number;
  readonly databaseMs: number;
}

/** The same work with and without row-level security, by turns, so that what else the machine does meets both alike. */
export async function policies(postgres: Postgres): Promise<Findings> {
  const guarded = await openSide(postgres, true);
  try {
    const bare = await openSide(postgres, false);
    try {
      return await measure(guarded, bare);
    } finally {
      await bare.stage.close();
    }
  } finally {
    await guarded.stage.close();
  }
}

async function openSide(postgres: Postgres, isGuarded: boolean): Promise<Side> {
  const stage = await openStage(postgres, isGuarded ? 'policies' : 'bare', {
    policies: isGuarded,
    env: { API_REQUESTS_PER_MINUTE: '10000000', LOG_LEVEL: 'warn' },
  });
  const [contractor] = await createContractors(stage, 1, INVOICES);
  const worker = await stage.startWorker();
  await catchUp(stage);
  await stage.control.patchSwitches({ limits: false });
  await stage.database.query('vacuum analyze');
  return { stage, contractor: contractor!, worker, list: [], compare: [] };
}

async function measure(guarded: Side, bare: Side): Promise<Findings> {
  const sides = [guarded, bare];
  for (const side of sides) await listOften(side, WARM_UP);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of byTurns(sides, round)) {
      const done = await costOf(side, side.stage.api, () => listOften(side, REQUESTS));
      side.list.push(done);
    }
  }
  for (const side of sides) await compareAll(side.stage, [side.contractor]);
  for (let round = 0; round < COMPARES; round += 1) {
    for (const side of byTurns(sides, round)) {
      const done = await costOf(side, side.worker, () => compareAll(side.stage, [side.contractor]));
      side.compare.push(done);
    }
  }
  const list = [guarded, bare].map((side) => side.list);
  const compare = [guarded, bare].map((side) => side.compare);
  return {
    title: 'What row-level security costs',
    story: [
      `Two installations, each with a company of ${readable(INVOICES)} linked invoices; in the second the tables ` +
        'have no policies and statements no settings. Each does the same work in turn, and medians are compared: ' +
        `${ROUNDS} times ${REQUESTS} requests for \`GET /proposals?limit=100\` over ${CONNECTIONS} connections, then ` +
        `${COMPARES} times a poll cycle that looks at all ${readable(INVOICES)} invoices and finds them in step.`,
      'Processor time is that of the product and of PostgreSQL; it counts where other work shares the machine.',
    ],
    placed: placedOf(spread),
    figures: [
      ...figuresOf('list of 100', list, (ms) => `${readable(ms / REQUESTS)} ms a request`),
      ...figuresOf(`poll cycle of ${readable(INVOICES)}`, compare, (ms) => `${readable(ms)} ms a cycle`),
    ],
    remarks: [
      'Tried and kept: the settings are read in a subselect of the policy, once for a statement. Read for each ' +
        'row, as before, the poll cycle took 1.15 times the processor time and the list 1.05 times.',
    ],
    bounds: [
      'Where the machine is busy the times swing by more than what is looked for; processor time does less.',
    ],
  };
}

function figuresOf(what: string, rounds: Round[][], text: (ms: number) => string): Figure[] {
  const ratioOf = (pick: (round: Round) => number): { value: number; unit: string; baseline: string } => {
    const [withThem, without] = rounds.map((some) => median(some.map(pick)));
    return {
      value: withThem! / without!,
      unit: 'times',
      baseline: `${text(withThem!)} with, ${text(without!)} without`,
    };
  };
  return [
    { what: `${what}: processor time`, target: { atMost: COSTS_AT_MOST }, ...ratioOf(({ cpuMs }) => cpuMs) },
    { what: `${what}: of it PostgreSQL's`, ...ratioOf(({ databaseMs }) => databaseMs) },
    { what: `${what}: time`, ...ratioOf(({ ms }) => ms) },
  ];
}

/** Who begins changes with each round. */
function byTurns(sides: readonly Side[], round: number): readonly Side[] {
  return round % 2 === 0 ? sides : sides.toReversed();
}

async function costOf({ stage }: Side, program: Program, work: () => Promise<unknown>): Promise<Round> {
  const used = () => ({
    own: cpuSeconds(program.pid) ?? 0,
    database: familyCpuSeconds(stage.postgres.pid) ?? 0,
  });
  const before = used();
  const { ms } = await timed(work);
  const after = used();
  const databaseMs = 1000 * (after.database - before.database);
  return { ms, databaseMs, cpuMs: 1000 * (after.own - before.own) + databaseMs };
}

/** Over connections of its own: the server ends those that were idle meanwhile. */
async function listOften({ stage, contractor }: Side, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const url = `${stage.api.url}/proposals?limit=100`;
  await inLanes(CONNECTIONS, Array.from({ length: count }), () => get(url, contractor.token, agent));
  agent.destroy();
}

async function get(url: string, token: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url}: ${response.statusCode}`));
      });
    })
      .once('error', reject)
      .end();
  });
}
