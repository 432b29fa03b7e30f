import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataSource } from '../../src/platform/database/data-source.ts';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts';
import { describeSchema } from './describe-schema.ts';

/**
 * `npm run schema:dump`: writes what the migrations make of an empty database to schema.sql, to be reviewed and
 * committed.
 */
const folder = await mkdtemp(join(tmpdir(), 'crm-schema-'));
const server = await startEmbeddedPostgres(folder, { fast: true });
try {
  const dataSource = await openDataSource(server.url('postgres'));
  await dataSource.runMigrations({ transaction: 'each' });
  await writeFile(
    join(import.meta.dirname, 'schema.sql'),
    await describeSchema((sql) => dataSource.query(sql)),
  );
  await dataSource.destroy();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
