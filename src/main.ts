import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, readConfig } from './platform/config/config.js';
import { createApp } from './app.factory.js';
import { migrate } from './platform/database/migrate.js';
import { openDatabaseServer } from './platform/database/server.js';

const SHUTDOWN_LIMIT_MS = 14_000;

/** Starts the process the environment describes, and stops it cleanly on SIGTERM or Ctrl-C. */
async function start(): Promise<void> {
  const config = readConfig(process.env);
  const server = await openDatabaseServer(config);
  let app: NestFastifyApplication | undefined;
  try {
    if (config.database.migrate) await migrate(server.url);
    app = await createApp(config, server.url);
    await app.listen(config.port, '0.0.0.0');
  } catch (error) {
    await app?.close().catch(() => {});
    await server.stop();
    throw error;
  }
  new Logger('Start').log(`PeakPro CRM (${config.role}) listens on port ${config.port}`);
  stopOnSignal(app, () => server.stop());
}

function stopOnSignal(app: NestFastifyApplication, stopDatabase: () => Promise<void>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    await app.close();
    await stopDatabase();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

/** A mistake that an operator can mend is a sentence; anything else that stops the start is shown whole. */
function failStart(error: unknown): void {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exit(1);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is in use. Stop what uses it, or set PORT.`;
  }
  return error.stack ?? error.message;
}

await start().catch(failStart);
