import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../app.module.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { readConfig } from '../../platform/config/config.js';
import { openDatabaseServer } from '../../platform/database/server.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';
import { runTool } from '../../platform/cli.js';
import { readOptions, UsageError } from '../../platform/command-line.js';
import { plainNumber } from '../../platform/text/plain-number.js';
import { StripeAccountsService } from './stripe-accounts.service.js';

const USAGE =
  'npm run org:stripe-account -- --org 2 --account acct_…, or --account none for the account of the installation';

/**
 * `npm run org:stripe-account -- --org 2 --account acct_1Nv0FGQ9RKHgCVdK`: has the customers of an organisation pay
 * into a Stripe account of its own, which is connected to that of STRIPE_SECRET_KEY.
 */
await runTool(USAGE, async (args) => {
  const { org, account } = readOptions(args, { org: { type: 'string' }, account: { type: 'string' } });
  const orgId = org === undefined ? null : plainNumber(org);
  if (orgId === null || !Number.isSafeInteger(orgId))
    throw new UsageError('--org is the id of an organisation.');
  if (account === undefined || (account !== 'none' && !/^acct_\w+$/.test(account)))
    throw new UsageError('--account is the id of a Stripe account, acct_…, or none.');
  const config = readConfig({ ...process.env, CRM_ROLE: 'api', CRM_ENABLE_SEED: 'false' });
  const server = await openDatabaseServer(config);
  try {
    const context = await NestFactory.createApplicationContext(
      AppModule.register(config, server.url, { cronJobs: false }),
      { logger: ['error'], abortOnError: false },
    );
    try {
      const orgs = context.get(OrgsService);
      const accounts = context.get(StripeAccountsService);
      return await inOrganisation(orgId, async () => {
        const { name } = await orgs.getNamed(orgId);
        const assigned = await accounts.assign(orgId, account === 'none' ? null : account);
        return JSON.stringify({
          org_id: orgId,
          org: name,
          stripe_account_id: assigned?.id ?? null,
          stripe_account: assigned?.name ?? null,
        });
      });
    } finally {
      await context.close();
    }
  } finally {
    await server.stop();
  }
});
