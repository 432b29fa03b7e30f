import { readConfig } from '../config/config.js';
import { runTool } from '../cli.js';
import { migrate, revertMigration } from './schema/migrate.js';
import { openDatabaseServer } from './server.js';

/** `npm run migrate` and `npm run migrate:revert`. */
await runTool(async ([command]) => {
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
