import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, readConfig } from '../platform/config/config.js';
import { ConfigModule } from '../platform/config/config.module.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { migrate } from '../platform/database/migrate.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { MetricsModule } from '../platform/metrics/metrics.module.js';
import { readPassword } from '../platform/password-input.js';
import { TimeModule } from '../platform/time/time.module.js';
import { runTool } from '../platform/cli.js';
import { OrgsModule } from './orgs.module.js';
import { readNewOrg } from './create-org.js';
import { OrgsService } from './orgs.service.js';

/** Nothing but what an organisation is made with; the decorator is only there for Nest. */
@Module({})
class CreateOrgTool {}

/** `npm run org:create -- --name "Acme Roofing" --email owner@acme.test`, with the password asked for. */
await runTool(async (args) => {
  const given = parseArgs({
    args,
    options: {
      name: { type: 'string' },
      email: { type: 'string' },
      password: { type: 'string' },
      'full-name': { type: 'string' },
    },
  }).values;
  const isWhole = given.name !== undefined && given.email !== undefined;
  const password = isWhole ? await readPassword(given.password) : given.password;
  const { name, ...admin } = readNewOrg({ ...given, password });
  const config = readConfig(process.env);
  const server = await openDatabaseServer(config);
  try {
    if (config.database.migrate) await migrate(server.ownerUrl, server.url);
    return await withOrgs(config, server.url, async (orgs) => {
      const founded = await orgs.found({ name }, admin);
      return JSON.stringify({ org_id: founded.org.id, user_id: founded.admin.id });
    });
  } finally {
    await server.stop();
  }
});

async function withOrgs(
  config: Config,
  databaseUrl: string,
  work: (orgs: OrgsService) => Promise<string>,
): Promise<string> {
  const context = await NestFactory.createApplicationContext(
    {
      module: CreateOrgTool,
      imports: [
        ConfigModule.register(config),
        TimeModule,
        DatabaseModule.register(databaseUrl),
        MetricsModule,
        OrgsModule,
      ],
    },
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await work(context.get(OrgsService));
  } finally {
    await context.close();
  }
}
