import { timed } from '../harness/clock.ts';
import { type Contractor, createContractors } from '../harness/contractors.ts';
import { placedOf, spread } from '../harness/cores.ts';
import { readable } from '../harness/figures.ts';
import type { Postgres } from '../harness/postgres.ts';
import type { Figure, Findings } from '../harness/report.ts';
import { openStage, type Stage } from '../harness/stage.ts';
import { cpuSeconds, familyCpuSeconds, peakRssMb } from '../harness/usage.ts';
import { writeBusiness } from './reports-business.ts';

/** Each size is an installation of its own. */
const SIZES = [
  { invoices: 1_000, atMostMs: 300 },
  { invoices: 100_000, atMostMs: 2_000 },
] as const;
const TIMES = 5;
const TWO_YEARS_MS = 2 * 366 * 86_400_000;

const since = new Date(Date.now() - TWO_YEARS_MS).toISOString().slice(0, 10);
const lastYear = new Date(Date.now() - TWO_YEARS_MS / 2).toISOString();

/** What an accountant asks for over all of the business. */
const REPORTS = [
  `reports/revenue?from=${since}&by=month`,
  `reports/revenue?from=${since}&by=customer&basis=cash`,
  `reports/revenue?from=${since}&by=item&format=csv`,
  `reports/deferred-revenue?month=${lastYear.slice(0, 7)}`,
  'reports/aging',
  `reports/aging?as_of=${lastYear.slice(0, 10)}`,
  `reports/aging?as_of=${lastYear.slice(0, 10)}&scope=company`,
  'reports/dso',
  'reports/cash-forecast',
  `reports/margin?from=${since}`,
  'invoices?overdue=true&sort=due_on&limit=200',
  'bills?limit=50',
];

interface Measured {
  path: string;
  ms: number;
  /** Of the API and PostgreSQL together, in milliseconds; null where it cannot be known. */
  cpuMs: number | null;
}

/** The reports of a small and a large contractor, each asked for over HTTP. */
export async function reports(postgres: Postgres): Promise<Findings> {
  const figures: Figure[] = [];
  const remarks: string[] = [];
  for (const { invoices, atMostMs } of SIZES) {
    const stage = await openStage(postgres, `reports_${invoices}`, {
      env: { API_REQUESTS_PER_MINUTE: '10000000', LOG_LEVEL: 'warn' },
    });
    try {
      const [contractor] = await createContractors(stage, 1, 1);
      await writeBusiness(stage, contractor!, invoices);
      const first = await timed(() => fetchReport(stage, contractor!, REPORTS[0]!));
      remarks.push(
        `${readable(invoices)} invoices: deriving the events of every contract, once, took ` +
          `${readable(first.ms / 1000)} s.`,
      );
      const measured: Measured[] = [];
      for (const path of REPORTS) {
        const one = await fastest(stage, contractor!, path).catch((error: unknown) => {
          remarks.push(`${readable(invoices)} invoices: ${String(error)}`);
          return null;
        });
        if (one) measured.push(one);
      }
      figures.push(...measured.map(({ path, ms, cpuMs }) => figureOf(invoices, path, ms, cpuMs, atMostMs)));
      const peakMb = peakRssMb(stage.api.pid);
      if (peakMb !== null) {
        figures.push({
          what: `${readable(invoices)} invoices: peak memory of the API`,
          value: peakMb,
          unit: 'MB',
        });
      }
    } finally {
      await stage.close();
    }
  }
  return {
    title: 'Reports of 1,000 and of 100,000 invoices over 24 months',
    story: [
      'Half as many contracts as invoices, four policies, both modes of deposits, two payments on each invoice, a ' +
        'bill with two lines for each contract.',
      `Each report is asked for ${TIMES} times over HTTP; the fastest counts, and beside it stands the least ` +
        'processor time of API and PostgreSQL together.',
    ],
    placed: placedOf(spread),
    figures,
    remarks,
    bounds: [
      'Every report of revenue looks first whether a fact of any contract changed: a sum of hashes over all ' +
        'invoices, payments and credits. That, and not the sums over the journal, is most of its time.',
    ],
  };
}

function figureOf(
  invoices: number,
  path: string,
  ms: number,
  cpuMs: number | null,
  atMostMs: number,
): Figure {
  return {
    what: `${readable(invoices)} invoices: \`${path.replaceAll(/\d{4}-\d{2}(-\d{2})?/g, '…')}\``,
    value: ms,
    unit: 'ms',
    target: { atMost: atMostMs },
    ...(cpuMs === null ? {} : { baseline: `${readable(cpuMs)} ms of processor time` }),
  };
}

async function fastest(stage: Stage, contractor: Contractor, path: string): Promise<Measured> {
  const times: number[] = [];
  const cpus: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    // The mirror is as fresh as a report wants it, so that nothing is read from QuickBooks meanwhile.
    await stage.database.query('update qbo_document_mirrors set looked_at = now()');
    const before = usedBy(stage);
    times.push((await timed(() => fetchReport(stage, contractor, path))).ms);
    const after = usedBy(stage);
    if (before !== null && after !== null) cpus.push((after - before) * 1000);
  }
  return { path, ms: Math.min(...times), cpuMs: cpus.length === 0 ? null : Math.min(...cpus) };
}

function usedBy({ api, postgres }: Stage): number | null {
  const [product, database] = [cpuSeconds(api.pid), familyCpuSeconds(postgres.pid)];
  return product === null || database === null ? null : product + database;
}

async function fetchReport({ api }: Stage, { token }: Contractor, path: string): Promise<void> {
  const answer = await fetch(`${api.url}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
}
