import { type Compares, compareAll } from '../harness/compares.ts';
import { type Contractor, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { timed } from '../harness/clock.ts';
import { readable } from '../harness/figures.ts';
import { ask } from '../harness/http.ts';
import type { Postgres } from '../harness/postgres.ts';
import { type Load, loadOf, loadText } from '../harness/load.ts';
import type { Program } from '../harness/program.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { peakRssMb } from '../harness/usage.ts';

/** `BENCH_COMPANIES=1000` measures a million invoices; the sandbox then needs some gigabytes. */
const COMPANIES = Number(process.env.BENCH_COMPANIES ?? 100);
const FEW = 10;
const INVOICES_EACH = 1000;
const PAID_EACH = 10;
const GETS = 1000;

/** One comparison of many companies, and what it cost each process. */
interface Run extends Compares {
  perSecond: number;
  load: Load | null;
}

/** A hundred companies with 1,000 linked invoices each, and a QuickBooks that answers at once. */
export async function compare(postgres: Postgres): Promise<Findings> {
  const stage = await openStage(postgres, 'compare', { placement: spread });
  try {
    const contractors = await createContractors(stage, COMPANIES, INVOICES_EACH);
    await stage.control.patchSwitches({ limits: false });
    await showAll(stage, contractors);
    return await measure(stage, contractors, await stage.startWorker());
  } finally {
    await stage.close();
  }
}

async function measure(stage: Stage, contractors: readonly Contractor[], worker: Program): Promise<Findings> {
  const run = (some: readonly Contractor[]): Promise<Run> => runOf(stage, some, worker);
  const few = contractors.slice(0, FEW);
  await run(few); // the code is compiled and the pools are open
  await forget(stage, few);
  const firstOfFew = await run(few);
  await forget(stage, few);
  const first = await run(contractors);
  const fewAgain = await run(few);
  const again = middle([await run(contractors), await run(contractors), await run(contractors)]);
  await payOnEach(stage, contractors);
  const paid = await run(contractors);
  if (paid.changed < COMPANIES * PAID_EACH) throw new Error(`${paid.changed} changes were found`);
  const gets = await oneByOne(stage, contractors[0]!);
  const peakMb = peakRssMb(worker.pid);

  const plain = `${readable(1000 / gets)} invoices/s: one GET for each, one after the other, nothing applied`;
  const speed = (what: string, { perSecond }: Run, atLeast: number): Figure => ({
    what,
    value: perSecond,
    unit: 'invoices/s',
    target: { atLeast },
    baseline: plain,
  });
  const growth = (what: string, many: Run, some: Run): Figure => ({
    what,
    value: some.perSecond / many.perSecond,
    unit: 'times',
    target: { atMost: 1.3 },
    baseline: `${costText(some)}; ${costText(many)}`,
  });
  return {
    title: `${COMPANIES} companies with ${readable(INVOICES_EACH)} linked invoices each, QuickBooks answers at once`,
    story: [
      `A full comparison is asked for each company over HTTP, all at once; one worker at its defaults.`,
      '"First" is the first time an invoice is seen: each row is written. "In step" finds all as it was: the ' +
        `median of three. Then ${PAID_EACH} invoices of each company were paid. Time is from the start of the first ` +
        'comparison to the end of the last.',
      `The code was warm: ${FEW} companies were compared before. ${GETS} invoices were read one by one for comparison.`,
      'The sandbox stands in for QuickBooks, which has cores of its own: each page was asked for once before, so ' +
        'that it has the text of each record ready.',
    ],
    placed: placedOf(spread),
    figures: [
      speed(`first: ${readable(first.invoices)} invoices`, first, 20_000),
      speed(`in step: ${readable(again.invoices)} invoices`, again, 40_000),
      speed(`${readable(paid.changed)} of ${readable(paid.invoices)} paid`, paid, 20_000),
      growth(`first: cost of an invoice, all against ${FEW} companies`, first, firstOfFew),
      growth(`in step: cost of an invoice, all against ${FEW} companies`, again, fewAgain),
      ...(peakMb === null
        ? []
        : [{ what: 'peak memory of the worker', value: peakMb, unit: 'MB', target: { atMost: 200 } }]),
    ],
    remarks: [
      `First: ${loadText(first.runMs, first.load)}.`,
      `In step: ${loadText(again.runMs, again.load)}.`,
      `With payments: ${loadText(paid.runMs, paid.load)}.`,
    ],
    bounds: [
      'Processor time bounds it: worker, PostgreSQL, sandbox and API together want what two cores give. In step ' +
        'QuickBooks is asked for the compared fields alone, of which the worker scans the bytes; PostgreSQL reads ' +
        'what is stored once for a company (4 µs an invoice) and writes `leads.qbo_last_sync_at` of each (8 µs), ' +
        'which others read over SQL. QuickBooks itself lets 8 calls a second through to a company, which is 8,000 ' +
        'invoices a second of it.',
      'The first time every invoice is stepped over, parsed and read (10 µs), locked, written with its tax and ' +
        'home value in one statement and copied to its proposal. A link made by hand has its company from the ' +
        'beginning, and the pages of a table have room for what rows become (a row of an invoice doubles once it ' +
        'is read): so all of the invoices, and 99 in 100 of the proposals, are written without an entry in any ' +
        'index. Where pages were filled to the half, 41 in 100 and 16 in 100 had one in each of five and of ' +
        'eight; before that, each invoice.',
      'Tried and kept, in processor time for 100,000 invoices, in order: parsing each answer once and reading ' +
        'pages instead of asking by id (worker 9.7 to 3.0 s in step); marking in one statement (PostgreSQL 4.5 to ' +
        '2.5 s); scanning instead of parsing, and facts read once instead of sent with every page; `json` instead ' +
        'of `jsonb` for the rows of an update (45 to 38 µs a row); no index on the state of an invoice (24 to 16 ' +
        'µs); the compared fields alone instead of whole invoices (all processes together 70 to 54 µs an invoice ' +
        'in step); a join instead of `= any` over two lists (14 to 7 µs of PostgreSQL); four comparisons at once ' +
        'instead of two, which was of no use before (28,000 to 33,000 a second, alone); the sandbox looks up the ' +
        'fields of a question once, not for each row (13 to 5 µs of the sandbox, which shares the cores). Of a ' +
        'first look, by the least of several rounds beside other work: a list of each field through `unnest`, ' +
        'each written as one text, instead of JSON (PostgreSQL 48 to 39 µs); a link by hand of the company that ' +
        'is connected, at once (67 to 39 where each row has room in its page); amounts and days without big ' +
        'integers and dates, and no glance at the facts where all is news (a page 14.8 to 9.8 µs an invoice); the ' +
        'sandbox keeps the text of a record (37 to 6 µs).',
      'Tried and left: arrays through `unnest` as the driver writes them (5 µs less of PostgreSQL a row, 3 µs ' +
        'more of the worker); a mark per company instead of one per proposal (the column is read by others); ' +
        'facts asked for page by page (4.4 µs against 1.7); larger shared buffers; fewer columns returned by the ' +
        'update (within what is measured); a young generation of 3 MB (267 instead of 297 MB, for a tenth more ' +
        'processor time); one arena of malloc; six and eight comparisons at once (slower than four).',
      'Of the memory of the worker 57 MB are the program of Node, 55 MB its libraries, buffers and threads, and ' +
        '65 MB what the 4,100 modules leave in its heap once they are loaded: 172 MB before the first page. Pages ' +
        'and what is collected late are the rest. Fixed thresholds of malloc (287 MB) and a young generation of 4 ' +
        'MB (294 MB) change little. Collecting once what loading leaves took the peak from 297 to 272, and 286. ' +
        'Collecting alone does not bring it to 200: with everything collected every three seconds the peak was ' +
        '253 MB, of which 60 are the program of Node, 92 what is alive in the heap while it works (74 before: ' +
        'about 30 of our own modules, 11 of NestJS, 6 of TypeORM, 4 each of pg-boss, Swagger and class-validator, ' +
        '3 each of Stripe and node-quickbooks), 42 what libraries allocate, and 5 to 14 pages on their way. A ' +
        'young generation of 4 MB beside that takes 16 MB more off, for a tenth more processor time.',
    ],
  };
}

/** The run of median speed, of an odd number of them. Pure. */
function middle(runs: readonly Run[]): Run {
  return runs.toSorted((one, other) => one.perSecond - other.perSecond)[(runs.length - 1) / 2]!;
}

function costText({ invoices, perSecond, load }: Run): string {
  const busy = load
    ? `, ${readable((1e6 * (load.workers + load.PostgreSQL)) / invoices)} µs of processor time`
    : '';
  return `at ${readable(invoices)} ${readable(1e6 / perSecond)} µs each${busy}`;
}

async function runOf(stage: Stage, contractors: readonly Contractor[], worker: Program): Promise<Run> {
  const { result: done, load } = await loadOf(stage, [worker], () => compareAll(stage, contractors));
  const expected = contractors.length * INVOICES_EACH;
  if (done.invoices !== expected) throw new Error(`${done.invoices} of ${expected} invoices were compared`);
  return { ...done, perSecond: (1000 * done.invoices) / done.runMs, load };
}

/** The rows as they were before any of these invoices had been seen. */
async function forget({ database }: Stage, contractors: readonly Contractor[]): Promise<void> {
  await database.query(
    `update invoices set status = null, state = null, sync_token = null, balance_cents = null, paid_cents = null,
            total_cents = null, number = null, due_on = null, last_sync_at = null, transition_count = 0,
            qbo_customer_ref = null, txn_date = null, original_cents = null, original_customer_ref = null,
            original_txn_date = null
      where org_id = any($1)`,
    [contractors.map(({ orgId }) => orgId)],
  );
  await database.query('vacuum analyze leads, invoices');
}

async function payOnEach({ control }: Stage, contractors: readonly Contractor[]): Promise<void> {
  for (const { realmId, invoiceIds } of contractors)
    for (const id of invoiceIds.slice(0, PAID_EACH)) await control.receivePayment(realmId, id);
}

/** Has the sandbox make up the text of every invoice, which it keeps. */
async function showAll({ sandbox }: Stage, contractors: readonly Contractor[]): Promise<void> {
  const statement = `select * from Invoice orderby Id maxresults ${INVOICES_EACH}`;
  for (const { realmId } of contractors) {
    const token = await grant(sandbox, realmId);
    const path = `query?query=${encodeURIComponent(statement)}&minorversion=75`;
    await ask('GET', `${sandbox.url}/v3/company/${realmId}/${path}`, { token });
  }
}

async function grant(sandbox: Program, realmId: string): Promise<string> {
  const body = { realm_id: realmId };
  const answer = await ask<{ access_token: string }>('POST', `${sandbox.url}/sandbox/oauth/grant`, { body });
  return answer.access_token;
}

/** What one invoice takes when each is asked for by itself, in milliseconds. */
async function oneByOne({ sandbox }: Stage, { realmId, invoiceIds }: Contractor): Promise<number> {
  const token = await grant(sandbox, realmId);
  const { ms } = await timed(async () => {
    for (const id of invoiceIds.slice(0, GETS))
      await ask('GET', `${sandbox.url}/v3/company/${realmId}/invoice/${id}?minorversion=75`, { token });
  });
  return ms / GETS;
}
