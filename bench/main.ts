import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCommand, UsageError } from '../scripts/command.ts';
import { timed } from './harness/clock.ts';
import { readable } from './harness/figures.ts';
import { machineFacts } from './harness/machine.ts';
import { type Postgres, startPostgres } from './harness/postgres.ts';
import { type Findings, sectionOf } from './harness/report.ts';
import { partOf, readReport, REPORT, SOAK_TITLE, writeReport } from './harness/report-file.ts';
import { ROOT } from './harness/root.ts';
import { api } from './scenarios/api.ts';
import { compare } from './scenarios/compare.ts';
import { payments } from './scenarios/payments.ts';
import { plans } from './scenarios/plans.ts';
import { policies } from './scenarios/policies.ts';
import { poll } from './scenarios/poll.ts';
import { reports } from './scenarios/reports.ts';
import { workers } from './scenarios/workers.ts';

/**
 * `npm run bench` measures everything and writes `bench/results.md`; `npm run bench -- poll` measures one and only
 * prints it.
 */
const scenarios: Record<string, (postgres: Postgres) => Promise<Findings>> = {
  poll,
  compare,
  payments,
  workers,
  plans,
  policies,
  api,
  reports,
};

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function reportOf(postgres: Postgres, sections: readonly string[]): Promise<string> {
  const soak = partOf(await readReport(), SOAK_TITLE);
  return [
    '# Measured',
    'Written by `npm run bench`, which starts everything it measures: PostgreSQL, the QuickBooks ' +
      'sandbox, the built product as API and worker, each a process of its own. Calls are those the ' +
      'sandbox counted, times are those of the rows in the database. Numbers are of this machine on this ' +
      'day.',
    machineFacts(postgres.version)
      .map((fact) => `- ${fact}`)
      .join('\n'),
    ...sections,
    ...(soak === null ? [] : [soak]),
  ].join('\n\n');
}

const USAGE = `npm run bench, which measures all, or with some of: ${Object.keys(scenarios).join(', ')}`;

/** Which of the scenarios are asked for. Throws a `UsageError` that names those there are not. */
function readAsked(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !Object.hasOwn(scenarios, name));
  if (unknown.length > 0) throw new UsageError(`There is no ${unknown.join(', ')}.`);
  return names;
}

async function main(asked: readonly string[]): Promise<void> {
  if (!existsSync(join(ROOT, 'dist/src/main.js'))) throw new Error('There is no build to run: npm run build');
  const postgres = await startPostgres();
  try {
    const sections: string[] = [];
    for (const name of asked.length > 0 ? asked : Object.keys(scenarios)) {
      const { result, ms } = await timed(() => scenarios[name]!(postgres));
      sections.push(sectionOf(result));
      say(`${sections.at(-1)}\n\n(${name}: ${readable(ms / 1000)} s)\n`);
    }
    if (asked.length > 0) return;
    await writeReport(await reportOf(postgres, sections));
    say(`Written to ${REPORT}`);
  } finally {
    await postgres.stop();
  }
}

await main(readCommand(USAGE, readAsked));
