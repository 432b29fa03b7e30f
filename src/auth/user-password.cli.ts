import { parseArgs } from 'node:util';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { type Config, readConfig } from '../platform/config/config.js';
import { ConfigModule } from '../platform/config/config.module.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { MetricsModule } from '../platform/metrics/metrics.module.js';
import { readPassword } from '../platform/password-input.js';
import { TimeModule } from '../platform/time/time.module.js';
import { runTool } from '../platform/cli.js';
import { AuthModule } from './auth.module.js';
import { UsersService } from './users.service.js';

const USAGE = 'npm run user:password -- --email owner@acme.test, which asks for the password';

/** Nothing but what a password is set with; the decorator is only there for Nest. */
@Module({})
class UserPasswordTool {}

/** `npm run user:password -- --email owner@acme.test`, for an admin who is locked out. Ends every session. */
await runTool(async (args) => {
  const given = parseArgs({
    args,
    options: { email: { type: 'string' }, password: { type: 'string' } },
  }).values;
  if (given.email === undefined) throw new Error(`--email is missing\nUsage: ${USAGE}`);
  const email = given.email.trim();
  const password = await readPassword(given.password);
  const config = readConfig(process.env);
  const server = await openDatabaseServer(config);
  try {
    const user = await withUsers(config, server.url, (users) => users.setPasswordOf(email, password));
    return JSON.stringify({ user_id: user.id, org_id: user.orgId, is_active: user.isActive });
  } finally {
    await server.stop();
  }
});

async function withUsers<T>(
  config: Config,
  databaseUrl: string,
  work: (users: UsersService) => Promise<T>,
): Promise<T> {
  const context = await NestFactory.createApplicationContext(
    {
      module: UserPasswordTool,
      imports: [
        ConfigModule.register(config),
        TimeModule,
        DatabaseModule.register(databaseUrl),
        MetricsModule,
        AuditModule,
        AuthModule,
      ],
    },
    { logger: ['error'], abortOnError: false },
  );
  try {
    return await work(context.get(UsersService));
  } finally {
    await context.close();
  }
}
