import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config, readConfig } from '../platform/config/config.js';
import { migrate } from '../platform/database/schema/migrate.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { runTool } from '../platform/cli.js';
import { readOptions } from '../platform/command-line.js';
import { DEMO_ADMIN, DEMO_ORG } from './demo-data.js';
import { SeedService } from './seed.service.js';

/** `npm run seed` */
await runTool('npm run seed, which takes no option', async (args) => {
  readOptions(args, {});
  // The tool itself writes: nothing is seeded by its start, and no job runs.
  const config = readConfig({ ...process.env, CRM_ROLE: 'api', CRM_ENABLE_SEED: 'false' });
  const server = await openDatabaseServer(config);
  try {
    if (config.database.migrate) await migrate(server.ownerUrl, server.url);
    return (await seed(config, server.url))
      ? `Wrote the demo data of ${DEMO_ORG.name}. Sign in as ${DEMO_ADMIN.email}.`
      : 'An organisation exists already; nothing was written.';
  } finally {
    await server.stop();
  }
});

async function seed(config: Config, databaseUrl: string): Promise<boolean> {
  const context = await NestFactory.createApplicationContext(
    AppModule.register(config, databaseUrl, { cronJobs: false }),
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await context.get(SeedService).seed();
  } finally {
    await context.close();
  }
}
