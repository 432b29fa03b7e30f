import { eventually } from '../harness/clock.ts';
import { compareAll } from '../harness/compares.ts';
import { catchUp, type Contractor, dueNow, holdPolls, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { median, readable } from '../harness/figures.ts';
import { loadOf, loadText } from '../harness/load.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Program } from '../harness/program.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';

const COMPANIES = 160;
const INVOICES_EACH = 250;
const LATENCY_MS = 80;
const ROUNDS = 5;
const POLLED_WITHIN_MS = 120_000;

/** What so many workers did: the time of each round, the calls QuickBooks counted, by company, and what all cost. */
interface Shift {
  comparesMs: number[];
  compareCalls: Record<string, number>;
  compareCost: string;
  pollsMs: number[];
  pollCalls: Record<string, number>;
  pollCost: string;
}

/** Many companies, QuickBooks 80 ms away, first with one worker, then with a second beside it. */
export async function workers(postgres: Postgres): Promise<Findings> {
  // Looks for due companies every second, and none falls due by itself while all are polled.
  const stage = await openStage(postgres, 'workers', { env: { QBO_INVOICE_POLL_INTERVAL_MIN: '0.16' } });
  try {
    const contractors = await createContractors(stage, COMPANIES, INVOICES_EACH);
    return await measure(stage, contractors);
  } finally {
    await stage.close();
  }
}

async function measure(stage: Stage, contractors: readonly Contractor[]): Promise<Findings> {
  const first = await stage.startWorker();
  await catchUp(stage);
  await stage.setLatency(LATENCY_MS);
  const one = await shiftOf(stage, contractors, [first]);
  const second = await stage.startWorker();
  await holdPolls(stage); // a worker that starts brings polls forward that are put off for longer than its interval
  await compareAll(stage, contractors); // the code of the second is compiled and its pools are open
  const two = await shiftOf(stage, contractors, [first, second]);

  const gain = (what: string, alone: number[], together: number[]): Figure => ({
    what,
    value: median(alone) / median(together),
    unit: 'times',
    target: { atLeast: 1.9 },
    baseline: `one worker ${readable(median(alone))} ms, two ${readable(median(together))} ms`,
  });
  const twice = (what: string, alone: Record<string, number>, together: Record<string, number>): Figure => ({
    what,
    value: contractors.reduce((total, { realmId }) => total + excess(together[realmId], alone[realmId]), 0),
    unit: 'calls',
    target: { atMost: 0 },
    baseline: `one worker made ${readable(callsIn(alone))} calls, two ${readable(callsIn(together))}`,
  });
  return {
    title: `Two workers against ${COMPANIES} companies, QuickBooks ${LATENCY_MS} ms away`,
    story: [
      `${ROUNDS} times all ${COMPANIES} companies, ${INVOICES_EACH} linked invoices each, are compared ` +
        `in full, and ${ROUNDS} times polled; first by one worker, then by two, each at its defaults. ` +
        'Medians; from the start of the first to the end of the last, all asked before the first begins.',
      `A call made twice shows as a company that QuickBooks counted more calls for than with one worker.`,
    ],
    placed: placedOf(spread),
    figures: [
      gain('full comparisons: speed of two workers over one', one.comparesMs, two.comparesMs),
      twice('full comparisons: calls made twice', one.compareCalls, two.compareCalls),
      gain('polls: speed of two workers over one', one.pollsMs, two.pollsMs),
      twice('polls: calls made twice', one.pollCalls, two.pollCalls),
    ],
    remarks: [
      `One worker: comparisons ${one.compareCost}; polls ${one.pollCost}.`,
      `Two workers: comparisons ${two.compareCost}; polls ${two.pollCost}.`,
    ],
    bounds: [
      'Towards the end one worker has nothing left while the other finishes its last companies. Of forty companies ' +
        'that was enough for 1.86 times for comparisons and 1.84 for polls; of so many as here it is little, and ' +
        'what is left is the time in which both workers, PostgreSQL and the sandbox want the same two cores at once.',
    ],
  };
}

function excess(calls: number | undefined, due: number | undefined): number {
  return Math.max(0, (calls ?? 0) - (due ?? 0));
}

function callsIn(byCompany: Record<string, number>): number {
  return Object.values(byCompany).reduce((total, calls) => total + calls, 0);
}

async function shiftOf(
  stage: Stage,
  contractors: readonly Contractor[],
  on: readonly Program[],
): Promise<Shift> {
  const rounds = async (look: () => Promise<number>) => {
    await stage.control.resetCalls();
    const { result, ms, load } = await loadOf(stage, on, async () => {
      const taken: number[] = [];
      while (taken.length < ROUNDS) taken.push(await look());
      return taken;
    });
    return { taken: result, calls: await callsByCompany(stage), cost: loadText(ms, load) };
  };
  const compares = await rounds(async () => (await compareAll(stage, contractors, on)).runMs);
  const polls = await rounds(() => pollAll(stage));
  return {
    comparesMs: compares.taken,
    compareCalls: compares.calls,
    compareCost: compares.cost,
    pollsMs: polls.taken,
    pollCalls: polls.calls,
    pollCost: polls.cost,
  };
}

async function callsByCompany({ control }: Stage): Promise<Record<string, number>> {
  const counts = Object.entries(await control.allCalls());
  return Object.fromEntries(counts.map(([realmId, { total }]) => [realmId, total]));
}

/** Has every company polled once; from the start of the first to the end of the last, in milliseconds. */
async function pollAll(stage: Stage): Promise<number> {
  const [before] = await stage.database.query<{ at: Date }>('select clock_timestamp() as at');
  await dueNow(stage);
  return eventually(async () => {
    const [row] = await stage.database.query<{ open: number; ms: number }>(
      `select count(*) filter (where last_succeeded_at is null or last_succeeded_at < $1)::int as open,
              1000 * extract(epoch from max(last_succeeded_at) - min(last_started_at))::float8 as ms from qbo_sweeps`,
      [before!.at],
    );
    if (row!.open > 0) throw new Error(`${row!.open} companies were not polled`);
    await holdPolls(stage);
    return row!.ms;
  }, POLLED_WITHIN_MS);
}
