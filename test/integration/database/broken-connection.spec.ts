import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { startDatabaseProxy } from '../../support/database-proxy.js';

/** Said by a connection that is just being opened, and by one at work. */
const MOMENTS = [
  ['while it is opened', 'pg_backend_pid'],
  ['while a statement runs', 'generate_series'],
] as const;

describe('A server that is killed', () => {
  let database: TestDatabase;
  const ended = vi.fn<(error: Error) => void>();

  beforeAll(async () => {
    database = await cloneDatabase();
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  beforeEach(() => {
    ended.mockClear();
    process.on('uncaughtExceptionMonitor', ended);
  });

  afterEach(() => {
    process.off('uncaughtExceptionMonitor', ended);
  });

  it.each(MOMENTS)('fails what is asked on a connection %s, and the process goes on', async (_, cutAt) => {
    await using proxy = await startDatabaseProxy(database.url, { cutAt });
    const options = dataSourceOptions(proxy.url, 2, { prepares: true });
    const asked = new DataSource(options)
      .initialize()
      .then((source) => source.query('select count(*) from generate_series(1, 10)'));
    await expect(asked).rejects.toThrow('Connection terminated unexpectedly');
    expect(ended).not.toHaveBeenCalled();
  });
});
