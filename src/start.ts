import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.factory.js';
import { ReadinessService } from './health/readiness.service.js';
import { openOperationsPort } from './platform/http/operations-door.js';
import { type Config, readConfig } from './platform/config/config.js';
import { migrate } from './platform/database/schema/migrate.js';
import { policyProblem } from './platform/database/scope/app-role.js';
import { assertUsable, DatabaseServerError, openDatabaseServer } from './platform/database/server.js';
import { limitsProblem } from './platform/database/session-limits.js';
import { collectEarly, collectNow } from './platform/process/heap.js';
import { traceWith } from './platform/tracing/tracing.js';
import type { Lifetime } from './platform/process/lifetime.js';

/** From the signal until HTTP server, jobs and pool must be closed; the rest is for the embedded PostgreSQL. */
const CLOSE_WITHIN_MS = 14_000;

/** Starts the process that the environment describes. Each thing it acquires is released at the end of its lifetime. */
export async function start(variables: NodeJS.ProcessEnv, lifetime: Lifetime): Promise<void> {
  const config = readConfig(variables);
  if (config.role === 'worker') collectEarly();
  const server = await openDatabaseServer(config, lifetime.signal);
  lifetime.acquired(() => server.stop());
  if (config.database.migrate) await migrate(server.ownerUrl, server.url);
  await assertUsable(server, config, lifetime.signal);
  const ignored = await policyProblem(server.url);
  if (ignored && config.production) throw new DatabaseServerError(ignored);
  const unlimited = await limitsProblem(server.url);
  for (const problem of [ignored, unlimited]) if (problem) new Logger('Start').warn(problem);
  await startTracing(config, lifetime);
  lifetime.checkpoint();
  const app = await createApp(config, server.url);
  if (config.role === 'worker') collectNow();
  const logger = new Logger('Start');
  lifetime.reportBy((err) => logger.fatal({ err }, 'Nothing caught this error: the process ends'));
  lifetime.acquired(() => stopServing(app, config, lifetime.signal));
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.log(`PeakPro CRM (${config.role}) listens on port ${port} of ${config.host}`);
  for (const warning of config.warnings) logger.warn(warning);
  if (config.operationsPort === undefined) return;
  const { host } = config;
  const operations = await openOperationsPort(app.getHttpAdapter().getInstance(), {
    port: config.operationsPort,
    host,
  });
  lifetime.acquired(() => operations.close());
  logger.log(`Metrics and health also answer on port ${operations.port} of ${host}`);
}

/** The SDK is loaded only where traces go somewhere. */
async function startTracing({ tracing, role }: Config, lifetime: Lifetime): Promise<void> {
  if (!tracing) return;
  const { openOtlpTracer } = await import('./platform/tracing/otlp.tracer.js');
  const tracer = openOtlpTracer({ ...tracing, role });
  traceWith(tracer);
  lifetime.acquired(() => tracer.close());
}

/**
 * Stops without a failed request: `/health/ready` turns 503 at once, and for `SHUTDOWN_DELAY_SECONDS` the listener goes
 * on to serve, so that balancers have time to look; each answer closes its connection. Then what is under way ends.
 * What has not ended after 14 s is left to whoever runs next. Ctrl-C does not wait for balancers.
 */
async function stopServing(
  app: NestFastifyApplication,
  config: Config,
  { aborted, reason }: AbortSignal,
): Promise<void> {
  const delayMs = reason === 'SIGTERM' ? config.shutdownDelaySeconds * 1000 : 0;
  const logger = new Logger('Stop');
  if (aborted)
    logger.log(`PeakPro CRM (${config.role}) ends (${reason}): what is under way is finished first`);
  app.get(ReadinessService).drain();
  await pause(delayMs);
  const late = Symbol('late');
  const closed = await Promise.race([app.close(), pause(CLOSE_WITHIN_MS - delayMs, late, { ref: false })]);
  if (closed === late) {
    logger.warn('Something under way has not ended in time; it is taken up by whoever runs next');
  } else logger.log('Nothing is under way any more: the process ends');
}
