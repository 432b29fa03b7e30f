import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { type Config, readConfig } from '../platform/config/config.js';
import { migrate } from '../platform/database/schema/migrate.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { readPassword } from '../platform/password-input.js';
import { runTool } from '../platform/cli.js';
import { readOptions } from '../platform/command-line.js';
import { NEW_ORG_USAGE, readNewOrg } from './create-org.js';
import { OrgsService } from './orgs.service.js';

/** `npm run org:create -- --name "Acme Roofing" --email owner@acme.test`, with the password asked for. */
await runTool(NEW_ORG_USAGE, async (args) => {
  const given = readOptions(args, {
    name: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string' },
    'full-name': { type: 'string' },
  });
  const isWhole = given.name !== undefined && given.email !== undefined;
  const password = isWhole ? await readPassword(given.password) : given.password;
  const { name, ...admin } = readNewOrg({ ...given, password });
  const config = readConfig({ ...process.env, CRM_ROLE: 'api', CRM_ENABLE_SEED: 'false' });
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
    AppModule.register(config, databaseUrl, { cronJobs: false }),
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await work(context.get(OrgsService));
  } finally {
    await context.close();
  }
}
