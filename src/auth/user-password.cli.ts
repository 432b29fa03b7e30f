import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module.js';
import { type Config, readConfig } from '../platform/config/config.js';
import { ConfigModule } from '../platform/config/config.module.js';
import { DatabaseModule } from '../platform/database/database.module.js';
import { openDatabaseServer } from '../platform/database/server.js';
import { MetricsModule } from '../platform/metrics/metrics.module.js';
import { normalizedEmail } from '../platform/text/email-address.js';
import { readPassword } from '../platform/password-input.js';
import { TimeModule } from '../platform/time/time.module.js';
import { runTool } from '../platform/cli.js';
import { readOptions, UsageError } from '../platform/command-line.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { SecondFactorRemovalService } from './second-factor/second-factor-removal.service.js';
import { UsersService } from './people/users.service.js';

const USAGE =
  'npm run user:password -- --email owner@acme.test, which asks for the password; with --reset-second-factor it ' +
  'turns the second factor off instead';

/** Nothing but what a password is set with; the decorator is only there for Nest. */
@Module({})
class UserPasswordTool {}

/**
 * `npm run user:password -- --email owner@acme.test`, for an admin who is locked out: sets the password, or turns the
 * second factor off with `--reset-second-factor`. Ends every session.
 */
await runTool(USAGE, async (args) => {
  const given = readOptions(args, {
    email: { type: 'string' },
    password: { type: 'string' },
    'reset-second-factor': { type: 'boolean', default: false },
  });
  if (given.email === undefined) throw new UsageError('--email is missing.');
  const email = normalizedEmail(given.email);
  const resetsFactor = given['reset-second-factor'];
  if (resetsFactor && given.password !== undefined) {
    throw new UsageError('--reset-second-factor leaves the password as it is; leave --password out.');
  }
  const password = resetsFactor ? null : await readPassword(given.password);
  const config = readConfig(process.env);
  const server = await openDatabaseServer(config);
  try {
    const user = await withAccounts(config, server.url, ({ users, factors }) =>
      password === null ? factors.resetOf(email) : users.setPasswordOf(email, password),
    );
    return JSON.stringify({ user_id: user.id, org_id: user.orgId, is_active: user.isActive });
  } finally {
    await server.stop();
  }
});

async function withAccounts<T>(
  config: Config,
  databaseUrl: string,
  work: (services: { users: UsersService; factors: SecondFactorRemovalService }) => Promise<T>,
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
        SignInModule,
      ],
    },
    { logger: ['error'], abortOnError: false },
  );
  try {
    const [users, factors] = [context.get(UsersService), context.get(SecondFactorRemovalService)];
    return await work({ users, factors });
  } finally {
    await context.close();
  }
}
