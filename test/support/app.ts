import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { readConfig } from '../../src/platform/config/config.js';
import { configureApp } from '../../src/app.configure.js';
import { fastifyOptions } from '../../src/app.factory.js';
import { PasswordsService } from '../../src/auth/passwords/passwords.service.js';
import { Clock } from '../../src/platform/time/clock.js';
import { CheapPasswordsService } from './cheap-passwords.js';
import { inNamedOrganisation } from './organisation.js';

export interface TestApp extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  /** Where it listens, without a trailing slash. */
  readonly url: string;
}

/**
 * The real application over real HTTP on a free port, with the environment of a test.
 * Cron does not run by itself; call the service it would call. Time is real unless a clock is given.
 */
export async function startApp(options: {
  databaseUrl: string;
  env?: NodeJS.ProcessEnv;
  clock?: Clock;
  /** 0, or left out, takes a free port. */
  port?: number;
  /** Hashes passwords as in production, at a hundred times the cost: for tests that are about passwords. */
  realPasswords?: boolean;
}): Promise<TestApp> {
  const config = readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', ...options.env });
  const builder = Test.createTestingModule({
    imports: [AppModule.register(config, options.databaseUrl, { cronJobs: false })],
  });
  if (!options.realPasswords) builder.overrideProvider(PasswordsService).useClass(CheapPasswordsService);
  if (options.clock) builder.overrideProvider(Clock).useValue(options.clock);
  const module = await builder.compile();
  const app = module.createNestApplication<NestFastifyApplication>(
    new FastifyAdapter(fastifyOptions(config)),
  );
  await configureApp(app);
  await app.listen(options.port ?? 0, '127.0.0.1');
  return {
    app: inNamedOrganisation(app),
    url: (await app.getUrl()).replace(/\/$/, ''),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
