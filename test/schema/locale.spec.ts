import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withDatabase } from '../support/cluster.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/deployment.md'), 'utf8');
const STATEMENTS = [...PAGE.matchAll(/^CREATE DATABASE crm OWNER crm (.+);$/gm)].map(
  ([, options]) => options!,
);

describe('A database that is made by the words of the page', () => {
  const name = `crm_${randomBytes(6).toString('hex')}`;
  let admin: Client;
  let version: number;

  beforeAll(async () => {
    admin = new Client({ connectionString: inject('clusterUrl') });
    await admin.connect();
    const { rows } = await admin.query<{ version: number }>(
      `select current_setting('server_version_num')::int / 10000 as version`,
    );
    version = rows[0]!.version;
  });

  afterAll(() => admin.end());

  it('is made in two ways, of which one needs no locale of the system', () => {
    expect(STATEMENTS.map((options) => options.includes('builtin'))).toEqual([false, true]);
  });

  it.each(STATEMENTS)('knows the capital letters of every script: %s', async (options) => {
    if (options.includes('builtin') && version < 17) return; // which the page says
    await admin.query(`create database ${name} ${options}`);
    const client = new Client({ connectionString: withDatabase(inject('clusterUrl'), name) });
    await client.connect();
    try {
      const { rows } = await client.query<{ found: boolean; lower: string; sorted: string }>(
        `select 'JOSÉ' ilike 'josé' as found, lower('ŁÓDŹ ΑΘΗΝΑ МОСКВА') as lower,
                (select string_agg(name, ' ' order by lower(name))
                   from unnest(array['Zoe', 'anna', 'Élise', 'Bob']) as name) as sorted`,
      );
      expect(rows).toEqual([{ found: true, lower: 'łódź αθηνα москва', sorted: 'anna Bob Zoe Élise' }]);
    } finally {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
    }
  });
});
