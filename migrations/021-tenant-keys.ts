import type { MigrationInterface, QueryRunner } from 'typeorm';

/** References to `(org_id, id)` of a table. They stay as they are, but rest on keys that are replaced. */
const REFERENCES: readonly [table: string, name: string, column: string, to: string, rule?: string][] = [
  ['checkout_sessions', 'customer_fkey', 'customer_id', 'customers'],
  ['checkout_sessions', 'proposal_fkey', 'proposal_id', 'leads'],
  ['customer_batch_items', 'batch_fkey', 'batch_id', 'customer_batches', 'on delete cascade'],
  ['inbox_events', 'item_fkey', 'item_id', 'inbox_items'],
  ['inbox_items', 'customer_fkey', 'customer_id', 'customers'],
  ['inbox_items', 'operation_fkey', 'operation_id', 'sync_operations'],
  ['inbox_items', 'proposal_fkey', 'proposal_id', 'leads'],
  ['invoice_payments', 'proposal_fkey', 'proposal_id', 'leads'],
  ['leads', 'customer_fkey', 'customer_id', 'customers'],
  ['payments', 'customer_fkey', 'customer_id', 'customers'],
  ['payments', 'proposal_fkey', 'proposal_id', 'leads'],
  ['payments', 'session_fkey', 'checkout_session_id', 'checkout_sessions'],
  ['portal_activity', 'customer_fkey', 'customer_id', 'customers'],
  ['portal_activity', 'proposal_fkey', 'proposal_id', 'leads'],
  ['portal_links', 'proposal_fkey', 'proposal_id', 'leads'],
  ['proposal_approvals', 'link_fkey', 'link_id', 'portal_links'],
  ['proposal_approvals', 'proposal_fkey', 'proposal_id', 'leads'],
  ['proposal_lines', 'proposal_fkey', 'proposal_id', 'leads', 'on delete cascade'],
  ['sync_operations', 'proposal_fkey', 'proposal_id', 'leads'],
];

/** Tables that were keyed by `id` alone. */
const KEYED_BY_ID = [
  'inbox_events',
  'invoice_compares',
  'invoice_payments',
  'portal_activity',
  'proposal_lines',
];

/** Those of them that had `(org_id, id)` unique beside it, for others to refer to. */
const REFERRED_TO = [
  'checkout_sessions',
  'customer_batches',
  'customers',
  'inbox_items',
  'leads',
  'payments',
  'portal_links',
  'sync_operations',
];

/** Primary keys, by their columns. */
const PRIMARY_KEYS: readonly [table: string, before: string, after: string][] = [
  ...[...KEYED_BY_ID, ...REFERRED_TO].map((table): [string, string, string] => [table, 'id', 'org_id, id']),
  ['customer_batch_calls', 'realm_id, request_id', 'org_id, realm_id, request_id'],
  ['customer_batch_items', 'batch_id, customer_id', 'org_id, batch_id, customer_id'],
  ['proposal_approvals', 'proposal_id', 'org_id, proposal_id'],
  ['qbo_items', 'realm_id, name', 'org_id, realm_id, name'],
  ['qbo_usage', 'month, org_id, operation', 'org_id, month, operation'],
  ['sync_attempts', 'operation_id, attempt', 'org_id, operation_id, attempt'],
];

/** Unique keys that get the organisation: at the end where rows are looked for by a key that comes without one. */
const UNIQUE_KEYS: readonly [table: string, name: string, columns: string, org: 'first' | 'last'][] = [
  ['checkout_sessions', 'idempotency_key', 'idempotency_key', 'first'],
  ['checkout_sessions', 'stripe_session_key', 'stripe_session_id', 'last'],
  ['invoice_payments', 'qbo_key', 'realm_id, qbo_payment_id, qbo_invoice_id, kind', 'first'],
  ['payments', 'checkout_session_key', 'checkout_session_id', 'first'],
  ['payments', 'stripe_charge_key', 'stripe_charge_id', 'last'],
  ['payments', 'stripe_payment_intent_key', 'stripe_payment_intent_id', 'last'],
  ['payments', 'stripe_session_key', 'stripe_session_id', 'last'],
  ['portal_activity', 'occurrence_key', 'proposal_id, event, occurrence', 'first'],
  ['portal_links', 'token_key', 'token_hash', 'last'],
  ['proposal_lines', 'position_key', 'proposal_id, position', 'first'],
  ['sync_operations', 'request_key', 'realm_id, request_id', 'first'],
];

/** Unique indexes on links into QuickBooks: at most one row of ours for each customer and invoice there. */
const LINKS = [
  ['customers', 'qbo_customer_id'],
  ['leads', 'qbo_invoice_id'],
] as const;

/**
 * Every key of a tenant's table contains the organisation, so that the tables can be spread over several servers by it.
 * The limits of 15 seconds that other statements have do not hold here: an index over millions of rows takes longer.
 */
export class TenantKeys1779148800021 implements MigrationInterface {
  readonly name = 'TenantKeys1779148800021';

  async up(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    await db.query('alter table sync_attempts add column org_id integer');
    await db.query(`
      update sync_attempts a set org_id = o.org_id from sync_operations o where o.id = a.operation_id`);
    await db.query('alter table sync_attempts alter column org_id set not null');
    await dropReferences(db);
    for (const table of REFERRED_TO)
      await db.query(`alter table ${table} drop constraint ${table}_org_id_key`);
    for (const [table, , after] of PRIMARY_KEYS)
      await replaceKey(db, table, 'pkey', `primary key (${after})`);
    for (const [table, name, columns, org] of UNIQUE_KEYS) {
      await replaceKey(
        db,
        table,
        name,
        `unique (${org === 'first' ? `org_id, ${columns}` : `${columns}, org_id`})`,
      );
    }
    await addReferences(db);
    await db.query(`
      alter table sync_attempts add constraint sync_attempts_operation_fkey
        foreign key (org_id, operation_id) references sync_operations (org_id, id) on delete cascade`);
    for (const [table, id] of LINKS) await indexLinks(db, table, `org_id, qbo_realm_id, ${id}`, id);
    await db.query('drop index qbo_usage_org_idx');
    await db.query('create index qbo_usage_month_idx on qbo_usage (month)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('set local statement_timeout = 0');
    await leaveOneOfEach(db);
    await db.query('drop index qbo_usage_month_idx');
    await db.query('create index qbo_usage_org_idx on qbo_usage (org_id, month)');
    for (const [table, id] of LINKS) await indexLinks(db, table, `qbo_realm_id, ${id}`, id);
    await dropReferences(db);
    for (const [table, name, columns] of UNIQUE_KEYS)
      await replaceKey(db, table, name, `unique (${columns})`);
    for (const [table, before] of PRIMARY_KEYS)
      await replaceKey(db, table, 'pkey', `primary key (${before})`);
    for (const table of REFERRED_TO) {
      await db.query(`alter table ${table} add constraint ${table}_org_id_key unique (org_id, id)`);
    }
    await addReferences(db);
    await db.query(`
      alter table sync_attempts
        drop column org_id,
        add constraint sync_attempts_operation_fkey
          foreign key (operation_id) references sync_operations (id) on delete cascade`);
  }
}

async function dropReferences(db: QueryRunner): Promise<void> {
  await db.query('alter table sync_attempts drop constraint sync_attempts_operation_fkey');
  for (const [table, name] of REFERENCES)
    await db.query(`alter table ${table} drop constraint ${table}_${name}`);
}

async function addReferences(db: QueryRunner): Promise<void> {
  for (const [table, name, column, to, rule = ''] of REFERENCES) {
    await db.query(`
      alter table ${table} add constraint ${table}_${name}
        foreign key (org_id, ${column}) references ${to} (org_id, id) ${rule}`);
  }
}

async function replaceKey(db: QueryRunner, table: string, name: string, definition: string): Promise<void> {
  await db.query(`
    alter table ${table} drop constraint ${table}_${name}, add constraint ${table}_${name} ${definition}`);
}

async function indexLinks(db: QueryRunner, table: string, columns: string, id: string): Promise<void> {
  await db.query(`drop index ${table}_qbo_link_key`);
  await db.query(
    `create unique index ${table}_qbo_link_key on ${table} (${columns}) where ${id} is not null`,
  );
}

/**
 * A QuickBooks company that passed from one organisation to another may have rows of both. The keys from before allow
 * those of one: they stay with the organisation whose company it is now, else with the newer row.
 */
async function leaveOneOfEach(db: QueryRunner): Promise<void> {
  await db.query(`delete from qbo_items where ${isSurplus('qbo_items', 'realm_id', 'name', 'org_id')}`);
  await db.query(`
    delete from invoice_payments
     where ${isSurplus('invoice_payments', 'realm_id', 'qbo_payment_id, qbo_invoice_id, kind', 'id')}`);
  await db.query(`
    update customers set qbo_customer_id = null, qbo_realm_id = null, qbo_sync_token = null, qbo_profile = null
     where qbo_customer_id is not null and ${isSurplus('customers', 'qbo_realm_id', 'qbo_customer_id', 'id')}`);
  await db.query(`
    update leads set qbo_invoice_id = null, qbo_realm_id = null
     where qbo_invoice_id is not null and ${isSurplus('leads', 'qbo_realm_id', 'qbo_invoice_id', 'id')}`);
}

function isSurplus(table: string, realm: string, columns: string, newest: string): string {
  return `ctid in (
    select row from (
      select r.ctid as row, row_number() over (partition by ${realm}, ${columns} order by
               exists (select from qbo_tokens t where t.org_id = r.org_id and t.realm_id = r.${realm}) desc,
               ${newest} desc) as rank
        from ${table} r where r.${realm} is not null) as ranked
    where rank > 1)`;
}
