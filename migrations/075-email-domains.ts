import { domainToUnicode } from 'node:url';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The key of a table that holds addresses, and what else of a row makes an address be there once. */
const TABLES = [
  { table: 'users', key: ['id'], within: [] as string[] },
  { table: 'customers', key: ['org_id', 'id'], within: ['org_id'] },
  { table: 'leads', key: ['org_id', 'id'], within: null },
  { table: 'invitations', key: ['org_id', 'id'], within: null },
];

/**
 * Addresses with an international domain are kept in the letters that people read; what came in Punycode is rewritten.
 * Where both spellings are there, they stay two.
 */
export class EmailDomains1792108800075 implements MigrationInterface {
  readonly name = 'EmailDomains1792108800075';

  async up(db: QueryRunner): Promise<void> {
    for (const { table, key, within } of TABLES) {
      const rows = (await db.query(
        `select ${key.join(', ')}, email from ${table} where email ~* '@(.*[.])?xn--' order by ${key.join(', ')}`,
      )) as Record<string, string | number>[];
      for (const row of rows) await rewrite(db, { table, key, within }, row);
    }
  }

  async down(): Promise<void> {
    // Either spelling is the same address to every mail server.
  }
}

async function rewrite(
  db: QueryRunner,
  { table, key, within }: (typeof TABLES)[number],
  row: Record<string, string | number>,
): Promise<void> {
  const email = String(row.email);
  const at = email.lastIndexOf('@') + 1;
  const domain = domainToUnicode(email.slice(at));
  if (domain === '') return;
  const own = key.map((column, index) => `t.${column} = $${index + 2}`).join(' and ');
  const other = (within ?? []).map((column) => ` and o.${column} = t.${column}`).join('');
  const isFree = within
    ? ` and not exists (select from ${table} o where lower(o.email) = lower($1)${other})`
    : '';
  await db.query(`update ${table} t set email = $1 where ${own}${isFree}`, [
    `${email.slice(0, at)}${domain}`,
    ...key.map((column) => row[column]),
  ]);
}
