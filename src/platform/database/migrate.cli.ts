import { readConfig } from '../config/config.js';
import { runTool } from '../cli.js';
import { migrate, revertMigration } from './migrate.js';
import { openDatabaseServer } from './server.js';

/** `npm run migrate` and `npm run migrate:revert`. */
await runTool(async ([command]) => {
  const server = await openDatabaseServer(readConfig(process.env));
  try {
    if (command === 'revert') {
      const name = await revertMigration(server.url);
      return name ? `Took back ${name}.` : 'There is no migration to take back.';
    }
    const names = await migrate(server.url);
    return names.length > 0 ? `Applied ${names.join(', ')}.` : 'The schema is up to date.';
  } finally {
    await server.stop();
  }
});
