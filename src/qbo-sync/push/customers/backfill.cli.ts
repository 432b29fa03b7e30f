import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../../app.module.js';
import { type Config, readConfig } from '../../../platform/config/config.js';
import { migrate } from '../../../platform/database/schema/migrate.js';
import { openDatabaseServer } from '../../../platform/database/server.js';
import { runTool } from '../../../platform/cli.js';
import { readOptions } from '../../../platform/command-line.js';
import { progressBar, summaryText } from './backfill/backfill-summary.js';
import {
  type BackfillEnd,
  type BackfillPlan,
  CustomerBackfillService,
} from './backfill/customer-backfill.service.js';
import { BACKFILL_USAGE, type BackfillArguments, readBackfill } from './backfill/backfill-arguments.js';
import { inOrganisation } from '../../../platform/database/scope/scope.js';

const FAILURES_SHOWN = 20;
const INTERRUPTED = 130;

/** `npm run backfill -- --org 1 [--batch-size 30] [--dry-run]` */
await runTool(BACKFILL_USAGE, async (args) => {
  const request = readBackfill(
    readOptions(args, {
      org: { type: 'string' },
      'batch-size': { type: 'string' },
      'dry-run': { type: 'boolean' },
    }),
  );
  const config = readConfig({ ...process.env, CRM_ROLE: 'api', CRM_ENABLE_SEED: 'false' });
  const server = await openDatabaseServer(config);
  try {
    if (config.database.migrate) await migrate(server.ownerUrl, server.url);
    return await withBackfill(config, server.url, (backfill) =>
      inOrganisation(request.orgId, () => runBackfill(backfill, request)),
    );
  } finally {
    await server.stop();
  }
});

async function withBackfill(
  config: Config,
  databaseUrl: string,
  work: (backfill: CustomerBackfillService) => Promise<string>,
): Promise<string> {
  const context = await NestFactory.createApplicationContext(
    AppModule.register(config, databaseUrl, { cronJobs: false }),
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await work(context.get(CustomerBackfillService));
  } finally {
    await context.close();
  }
}

async function runBackfill(
  backfill: CustomerBackfillService,
  { orgId, perCall, dryRun }: BackfillArguments,
): Promise<string> {
  if (dryRun) {
    const count = await backfill.count(orgId);
    const calls = Math.ceil(count / perCall);
    return `${count} customers would be brought into QuickBooks, in ${calls} calls. Nothing was sent.`;
  }
  const interrupt = interruption();
  const end = await backfill.run({ orgId, perCall, signal: interrupt.signal, onProgress: progressWriter() });
  if (process.stdout.isTTY) process.stdout.write('\n');
  if (interrupt.signal.aborted) process.exitCode = INTERRUPTED;
  else if (end.stats.failed > 0 || end.left > 0) process.exitCode = 1;
  return [...failuresOf(end), summaryText(end.stats, end.left)].join('\n');
}

/** The first Ctrl-C lets the call under way end, the second ends at once: what was sent is found again either way. */
function interruption(): AbortController {
  const interrupt = new AbortController();
  const stop = (): void => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nStopping after the call under way; once more stops at once.\n');
    interrupt.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return interrupt;
}

/** A bar that is drawn over itself on a terminal, a line for each step elsewhere. */
function progressWriter(): BackfillPlan['onProgress'] {
  const { stdout } = process;
  let shown = '';
  return (stats, waitingUntil) => {
    const wait = waitingUntil ? ` waiting until ${waitingUntil.toISOString()}` : '';
    const line = `${progressBar(stats)}${wait}`;
    if (line === shown) return;
    shown = line;
    stdout.write(stdout.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  };
}

function failuresOf({ failures }: BackfillEnd): string[] {
  const lines = failures
    .slice(0, FAILURES_SHOWN)
    .map(({ customerId, error }) => `Customer ${customerId}: ${error}`);
  const more = failures.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more.`] : lines;
}
