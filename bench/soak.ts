import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readCommand, readOptions, UsageError } from '../scripts/command.ts';
import { catchUp, createContractors } from './harness/contractors.ts';
import { placedOf, spread } from './harness/cores.ts';
import { readable } from './harness/figures.ts';
import { machineFacts } from './harness/machine.ts';
import { startPostgres } from './harness/postgres.ts';
import type { Program } from './harness/program.ts';
import { type Figure, isMet, sectionOf } from './harness/report.ts';
import { readReport, SOAK_TITLE, withPart, writeReport } from './harness/report-file.ts';
import { ROOT } from './harness/root.ts';
import { SoakLoad, type Rates } from './harness/soak-load.ts';
import { SoakLooks } from './harness/soak-looks.ts';
import { openStage, type Stage, VERIFIER_TOKEN } from './harness/stage.ts';
import { afterWarmUp, type Allowance, floors, trendOf } from './harness/trend.ts';
import { peakRssMb } from './harness/usage.ts';

const COMPANIES = 20;
const SOLD_SHARE = 0.1;
const LISTS_A_PAYMENT = 0.4;
const LOOK_EVERY_MS = 15_000;
/** The first half warms up: pools, caches, compiled code, and finished jobs, which are kept for ten minutes. */
const JUDGED_SHARE = 1 / 2;
/** What memory holds once garbage was collected is the lowest of a minute. */
const LOOKS_PER_FLOOR = 4;
const WEBHOOK_SECRET = 'whsec_of_the_soak';
const ENV = {
  QBO_INVOICE_POLL_INTERVAL_MIN: '0.5',
  QBO_RECORD_PAYMENTS: 'true',
  STRIPE_SECRET_KEY: 'sk_test_of_the_soak',
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
};

/** What is judged: what it is called in the report, its unit, and what it may add after the warm-up. */
const JUDGED: Record<string, { what: string; unit: string; allowance: Allowance; isMemory?: boolean }> = {
  API: { what: 'memory of the API', unit: 'MB', allowance: { share: 0.1, least: 10 }, isMemory: true },
  worker: { what: 'memory of the worker', unit: 'MB', allowance: { share: 0.1, least: 10 }, isMemory: true },
  connections: { what: 'connections', unit: '', allowance: { share: 0, least: 2 } },
  waiting: { what: 'jobs that wait', unit: '', allowance: { share: 0, least: 10 } },
  unfinished: { what: 'events and operations under way', unit: '', allowance: { share: 0, least: 10 } },
  jobs: { what: 'rows of the job table', unit: '', allowance: { share: 0.1, least: 500 } },
  dead: { what: 'dead tuples, all tables', unit: '', allowance: { share: 0.5, least: 10_000 } },
};

/**
 * `npm run soak -- --minutes 30 --per-second 5`: so many payments a second for so long. Exits 1 where something grows
 * or a request fails.
 */
async function main(minutes: number, rates: Rates): Promise<void> {
  if (!existsSync(join(ROOT, 'dist/src/main.js'))) throw new Error('There is no build to run: npm run build');
  const postgres = await startPostgres();
  try {
    const stage = await openStage(postgres, 'soak', { env: ENV });
    try {
      const { section, isFlat } = await soak(stage, minutes, rates);
      process.stdout.write(`${section}\n`);
      if (minutes >= 30) await writeReport(withPart(await readReport(), SOAK_TITLE, section));
      if (!isFlat) process.exitCode = 1;
    } finally {
      await stage.close();
    }
  } finally {
    await postgres.stop();
  }
}

async function soak(
  stage: Stage,
  minutes: number,
  rates: Rates,
): Promise<{ section: string; isFlat: boolean }> {
  const invoicesEach = Math.ceil((rates.received * minutes * 60) / COMPANIES) + 1;
  const contractors = await createContractors(stage, COMPANIES, invoicesEach);
  const worker = await stage.startWorker();
  await catchUp(stage);
  await listen(stage);
  const load = new SoakLoad(stage, contractors);
  const looks = new SoakLooks(stage, { API: stage.api, worker });
  const over = new AbortController();
  const looking = look(looks, over.signal);
  await load.run(rates, minutes * 60_000);
  over.abort();
  await looking;
  return sectionAbout(stage, { load, looks, worker, minutes, rates });
}

/** Both vendors tell of what happens, and polls come at their interval. */
async function listen({ api, control, database, sandbox }: Stage): Promise<void> {
  await control.stripe.configure({
    webhook_url: `${api.url}/payments/webhook`,
    webhook_secret: WEBHOOK_SECRET,
  });
  await fetch(`${sandbox.url}/sandbox/webhooks`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${api.url}/qbo/webhooks`, verifier_token: VERIFIER_TOKEN }),
  });
  await database.query(`update qbo_sweeps set next_sweep_at = now() + random() * interval '30 seconds'`);
}

async function look(looks: SoakLooks, signal: AbortSignal): Promise<void> {
  for (let count = 0; !signal.aborted; count += 1) {
    await looks.look();
    if (count % LOOKS_PER_FLOOR === 0) process.stdout.write(`${looks.latest()}\n`);
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

interface Run {
  load: SoakLoad;
  looks: SoakLooks;
  worker: Program;
  minutes: number;
  rates: Rates;
}

async function sectionAbout(
  { api }: Stage,
  { load, looks, worker, minutes, rates }: Run,
): Promise<{ section: string; isFlat: boolean }> {
  const figures = [...Object.keys(JUDGED).map((name) => growthOf(name, looks)), ...failuresOf(load)];
  const tables = await looks.tables();
  const database = looks.of('databaseMb');
  const grown = database.at(-1)!.value - database[0]!.value;
  const paid = load.done.received + load.done.sold;
  const peaks = { API: api.pid, worker: worker.pid };
  const section = sectionOf({
    title: `${SOAK_TITLE} of moderate load`,
    story: [
      `\`npm run soak -- --minutes ${minutes} --per-second ${readable(rates.received + rates.sold)}\`: ` +
        `${readable(rates.received)} payments a second entered in QuickBooks and ${readable(rates.sold)} sales a ` +
        `second paid by card, over ${COMPANIES} companies, both vendors' webhooks, a poll of each company every ` +
        `30 s, ${readable(rates.listed)} lists a second. One API process, one worker.`,
      `Looked at every ${LOOK_EVERY_MS / 1000} s. What is judged is what the trend (the median slope) adds after ` +
        'the first half; memory is the lowest of each minute, what is left after garbage was collected.',
    ],
    placed: placedOf(spread),
    figures,
    remarks: [
      `${machineFacts('')[0]!}. Other work shared the machine: load at the end ${readable(loadavg()[0]!)}. ` +
        `Date: ${new Date().toISOString().slice(0, 10)}.`,
      `Done: ${readable(load.done.received)} payments entered, ${readable(load.done.sold)} sales, ` +
        `${readable(load.done.listed)} lists.`,
      `Peak memory: ${Object.entries(peaks)
        .map(([name, pid]) => `${name} ${readable(peakRssMb(pid) ?? 0)} MB`)
        .join(', ')}.`,
      `The database grew by ${readable(grown)} MB, ${readable((grown * 1e6) / Math.max(1, paid) / 1000)} kB a ` +
        `payment, by what is kept for ever. Largest tables: ${tables
          .map(
            ({ name, mb, rows, dead }) => `${name} ${readable(mb)} MB, ${readable(rows)} rows, ${dead} dead`,
          )
          .join('; ')}.`,
    ],
    bounds: [
      'Where jobs wait and events are under way more and more, the machine has less processor time left than the ' +
        'rate takes (`--per-second` lowers it); rows of the job table follow what waits.',
      ...load.failures.slice(0, 5),
    ],
  });
  return { section, isFlat: figures.every((figure) => isMet(figure) !== false) };
}

function growthOf(name: string, looks: SoakLooks): Figure {
  const { what, unit, allowance, isMemory } = JUDGED[name]!;
  const warm = afterWarmUp(looks.of(name), JUDGED_SHARE);
  const { usual, growth, allowed } = trendOf(isMemory ? floors(warm, LOOKS_PER_FLOOR) : warm, allowance);
  return {
    what: `${what}: added by the trend`,
    value: growth,
    unit,
    target: { atMost: allowed },
    baseline: `usually ${readable(usual)} ${unit}`.trimEnd(),
  };
}

function failuresOf({ failures }: SoakLoad): Figure[] {
  return [{ what: 'requests that failed', value: failures.length, unit: '', target: { atMost: 0 } }];
}

/** How long, and at what rates. Throws a `UsageError` that says which number is none. */
function readSoak(args: string[]): { minutes: number; rates: Rates } {
  const values = readOptions(args, {
    minutes: { type: 'string', default: '30' },
    'per-second': { type: 'string', default: '5' },
  });
  const minutes = Number(values.minutes);
  const perSecond = Number(values['per-second']);
  if (!(perSecond > 0))
    throw new UsageError(`--per-second takes a number above 0, not ${values['per-second']}.`);
  if (!(minutes >= 2)) throw new UsageError(`--minutes takes a number of at least 2, not ${values.minutes}.`);
  const rates = {
    received: perSecond * (1 - SOLD_SHARE),
    sold: perSecond * SOLD_SHARE,
    listed: perSecond * LISTS_A_PAYMENT,
  };
  return { minutes, rates };
}

const { minutes, rates } = readCommand('npm run soak -- [--minutes 30] [--per-second 5]', readSoak);
await main(minutes, rates);
