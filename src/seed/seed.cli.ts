import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, readConfig } from '../platform/config/config.js';
import { ConfigModule } from '../platform/config/config.module.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { migrate } from '../platform/database/migrate.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { MetricsModule } from '../platform/metrics/metrics.module.js';
import { TimeModule } from '../platform/time/time.module.js';
import { runTool } from '../platform/cli.js';
import { DEMO_ADMIN, DEMO_ORG } from './demo-data.js';
import { SeedModule } from './seed.module.js';
import { SeedService } from './seed.service.js';

/** What the demo data are written with; the decorator is only there for Nest. */
@Module({})
class SeedTool {}

/** `npm run seed` */
await runTool(async () => {
  const config = readConfig({ ...process.env, CRM_ENABLE_SEED: 'false' }); // the tool itself writes, not its start
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
    {
      module: SeedTool,
      imports: [
        ConfigModule.register(config),
        TimeModule,
        DatabaseModule.register(databaseUrl),
        MetricsModule,
        SeedModule,
      ],
    },
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await context.get(SeedService).seed();
  } finally {
    await context.close();
  }
}
