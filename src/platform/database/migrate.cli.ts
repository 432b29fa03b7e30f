import { readConfig } from '../config/config.js';
import { runTool } from '../cli.js';
import { UsageError } from '../command-line.js';
import { migrate, revertMigration } from './schema/migrate.js';
import { openDatabaseServer } from './server.js';

const USAGE =
  'npm run migrate, or npm run migrate:revert, which takes the last one back; neither takes an option';

/** `npm run migrate` and `npm run migrate:revert`. */
await runTool(USAGE, async ([command, ...others]) => {
  const unknown = command === 'revert' ? others[0] : command;
  if (unknown !== undefined) throw new UsageError(`There is no ${unknown}: nothing was changed.`);
  // As the owner, whatever DB_MIGRATE says of starts: the product's role may not be there before its first migration.
  const config = readConfig({ ...process.env, DB_MIGRATE: 'true' });
  const server = await openDatabaseServer(config);
  try {
    if (command === 'revert') {
      const name = await revertMigration(server.ownerUrl);
      return name ? `Took back ${name}.` : 'There is no migration to take back.';
    }
    const names = await migrate(server.ownerUrl, server.url);
    return names.length > 0 ? `Applied ${names.join(', ')}.` : 'The schema is up to date.';
  } finally {
    await server.stop();
  }
});
