import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Stripe } from 'stripe';
import { DataSource } from 'typeorm';
import { AppModule } from '../../../src/app.module.js';
import { configureApp } from '../../../src/app.configure.js';
import { fastifyOptions } from '../../../src/app.factory.js';
import { PasswordsService } from '../../../src/auth/passwords/passwords.service.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { StripeClient } from '../../../src/payments/checkout/stripe.client.js';
import { readConfig } from '../../../src/platform/config/config.js';
import { CheapPasswordsService } from '../../support/cheap-passwords.js';
import type { Actor } from './actor.ts';
import { memoryOf } from './process-memory.ts';
import { SimulatedJobsService } from './simulated-jobs.service.ts';

/** As many as a process may open: all of them are open from the start, since to connect anew is no step. */
export const CONNECTIONS = 8;

/** The product in a process of its own, as far as memory goes: its services and its connections to PostgreSQL. */
export interface SimulatedProcess {
  readonly app: NestFastifyApplication;
  readonly jobs: SimulatedJobsService;
  readonly dataSource: DataSource;
  /** Has it remember nothing but what it knew right after its start. */
  readonly forget: () => void;
  /** Whose memory it is now; null while it is spare. */
  actor: Actor | null;
}

/** Starts the whole product, which listens nowhere. */
export async function startSimulatedProcess(
  databaseUrl: string,
  env: NodeJS.ProcessEnv,
): Promise<SimulatedProcess> {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', DB_POOL_MAX: `${CONNECTIONS}`, ...env });
  let dataSource: DataSource | undefined;
  const jobs = new SimulatedJobsService(config, databaseUrl, () => dataSource!);
  const builder = Test.createTestingModule({
    imports: [AppModule.register(config, databaseUrl, { cronJobs: false })],
  });
  builder.overrideProvider(PasswordsService).useClass(CheapPasswordsService);
  builder.overrideProvider(JobsService).useFactory({
    inject: [DataSource],
    factory: (source: DataSource) => {
      dataSource = source;
      return jobs;
    },
  });
  const module = await builder.compile();
  const app = module.createNestApplication<NestFastifyApplication>(
    new FastifyAdapter(fastifyOptions(config)),
  );
  await configureApp(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const { host, protocol, port } = new URL(config.stripe.apiBaseUrl!);
  Object.assign(app.get(StripeClient), {
    stripe: new Stripe(config.stripe.secretKey, {
      host: host.split(':')[0],
      port,
      protocol: protocol === 'http:' ? 'http' : 'https',
      timeout: 8_000,
      maxNetworkRetries: 1,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(),
    }),
  });
  return { app, jobs, dataSource: app.get(DataSource), forget: memoryOf(app), actor: null };
}
