import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a customer of QuickBooks is found by, as rows. The lists of keys had indexes that row-level security keeps the
 * planner from: it looks nothing up by an operator that is not leakproof, and `&&` of arrays is none. A trigger keeps
 * the rows, so that a replica of the version before keeps them too.
 */
export class QboCustomerKeys1790640000058 implements MigrationInterface {
  readonly name = 'QboCustomerKeys1790640000058';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_customer_keys (
        org_id integer not null,
        realm_id text not null,
        kind text not null,
        key text not null,
        qbo_id text not null,
        constraint qbo_customer_keys_pkey primary key (org_id, realm_id, kind, key, qbo_id),
        constraint qbo_customer_keys_customer_fkey foreign key (org_id, realm_id, qbo_id)
          references qbo_customers (org_id, realm_id, qbo_id) on delete cascade,
        constraint qbo_customer_keys_kind_known check (kind in ('name', 'email', 'phone'))
      )`);
    await db.query(
      'create index qbo_customer_keys_customer_idx on qbo_customer_keys (org_id, realm_id, qbo_id)',
    );
    await db.query(`
      create function keep_qbo_customer_keys() returns trigger language plpgsql as $$
      begin
        delete from qbo_customer_keys k
         where k.org_id = new.org_id and k.realm_id = new.realm_id and k.qbo_id = new.qbo_id;
        insert into qbo_customer_keys (org_id, realm_id, kind, key, qbo_id)
        select distinct new.org_id, new.realm_id, found.kind, left(found.key, 300), new.qbo_id
          from (select 'name' as kind, unnest(new.name_keys || new.company_key) as key
                union all select 'email', unnest(new.email_keys)
                union all select 'phone', unnest(new.phone_keys)) as found
         where found.key is not null;
        return null;
      end $$`);
    await db.query(`
      create trigger qbo_customers_made after insert on qbo_customers
        for each row execute function keep_qbo_customer_keys()`);
    await db.query(`
      create trigger qbo_customers_keys_changed
        after update of name_keys, company_key, email_keys, phone_keys on qbo_customers
        for each row when (
          (old.name_keys, old.company_key, old.email_keys, old.phone_keys)
          is distinct from (new.name_keys, new.company_key, new.email_keys, new.phone_keys))
        execute function keep_qbo_customer_keys()`);
    await db.query(`
      insert into qbo_customer_keys (org_id, realm_id, kind, key, qbo_id)
      select distinct c.org_id, c.realm_id, found.kind, left(found.key, 300), c.qbo_id
        from qbo_customers c
       cross join lateral (
          select 'name' as kind, unnest(c.name_keys || c.company_key) as key
          union all select 'email', unnest(c.email_keys)
          union all select 'phone', unnest(c.phone_keys)) as found
       where found.key is not null`);
    for (const index of ['names', 'emails', 'phones', 'company']) {
      await db.query(`drop index qbo_customers_${index}_idx`);
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop trigger qbo_customers_keys_changed on qbo_customers');
    await db.query('drop trigger qbo_customers_made on qbo_customers');
    await db.query('drop function keep_qbo_customer_keys()');
    await db.query('drop table qbo_customer_keys');
    await db.query('create index qbo_customers_names_idx on qbo_customers using gin (name_keys)');
    await db.query('create index qbo_customers_emails_idx on qbo_customers using gin (email_keys)');
    await db.query('create index qbo_customers_phones_idx on qbo_customers using gin (phone_keys)');
    await db.query('create index qbo_customers_company_idx on qbo_customers (org_id, realm_id, company_key)');
  }
}
