import { openDataSource } from '../../src/platform/database/data-source.js';
import { applyRowSecurity, removePolicies } from '../../src/platform/database/scope/apply-row-security.js';
import type { TestDatabase } from './database.js';

/**
 * Takes migrations back, the newest first, until this one is taken back too: the schema as it was before it. What
 * `npm run migrate:revert` does as often, but over one connection and with the policies put back once, at the end.
 * Throws where there is no such migration.
 */
export async function revertToBefore({ ownerUrl }: TestDatabase, migration: string | RegExp): Promise<void> {
  const dataSource = await openDataSource(ownerUrl);
  const isWanted = (name: string) =>
    typeof migration === 'string' ? name === migration : migration.test(name);
  try {
    await removePolicies(dataSource);
    for (let found = false; !found;) {
      const rows = await dataSource.query<{ name: string }[]>(
        'select name from migrations order by id desc limit 1',
      );
      const [newest] = rows;
      if (!newest) throw new Error(`There is no migration ${migration}.`);
      await dataSource.undoLastMigration({ transaction: 'each' });
      found = isWanted(newest.name);
    }
    await applyRowSecurity(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
