import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A mirror of the documents of a company's books, by which reports are made: heads, lines, what settles what, and what
 * each changes of receivables and payables.
 */
export class DocumentMirror1788825600037 implements MigrationInterface {
  readonly name = 'DocumentMirror1788825600037';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_document_mirrors (
        org_id integer not null,
        realm_id text not null,
        filled_at timestamptz,
        changed_since timestamptz,
        looked_at timestamptz,
        progress jsonb not null default '{}',
        lease_token bigint not null default 0,
        lease_until timestamptz,
        constraint qbo_document_mirrors_pkey primary key (org_id, realm_id),
        constraint qbo_document_mirrors_org_fkey foreign key (org_id) references orgs (id)
      )`);
    await db.query(`
      create table qbo_accounts (
        org_id integer not null,
        realm_id text not null,
        qbo_id text not null,
        name text not null,
        type text not null,
        sub_type text,
        currency char(3),
        active boolean not null,
        constraint qbo_accounts_pkey primary key (org_id, realm_id, qbo_id),
        constraint qbo_accounts_mirror_fkey foreign key (org_id, realm_id)
          references qbo_document_mirrors (org_id, realm_id)
      )`);
    await db.query(`
      create table qbo_documents (
        org_id integer not null,
        realm_id text not null,
        type text not null,
        qbo_id text not null,
        sync_token bigint not null,
        txn_on date not null,
        due_on date,
        number text,
        party_kind text,
        party_id text,
        party_name text,
        currency char(3),
        exchange_rate numeric(18, 9),
        total_cents bigint not null,
        balance_cents bigint,
        memo text,
        refund boolean not null default false,
        state text not null,
        last_updated_at timestamptz,
        first_seen_at timestamptz not null,
        seen_at timestamptz not null,
        constraint qbo_documents_pkey primary key (org_id, realm_id, type, qbo_id),
        constraint qbo_documents_mirror_fkey foreign key (org_id, realm_id)
          references qbo_document_mirrors (org_id, realm_id),
        constraint qbo_documents_party_kind_known check (party_kind in ('customer', 'vendor', 'employee')),
        constraint qbo_documents_state_known check (state in ('live', 'void', 'deleted'))
      )`);
    await db.query(`create index qbo_documents_day_idx on qbo_documents (org_id, realm_id, type, txn_on)`);
    await db.query(
      `create index qbo_documents_party_idx on qbo_documents (org_id, realm_id, party_kind, party_id)`,
    );
    await db.query(`
      create table qbo_document_lines (
        org_id integer not null,
        realm_id text not null,
        type text not null,
        qbo_id text not null,
        line integer not null,
        account_id text,
        item_id text,
        party_kind text,
        party_id text,
        party_name text,
        description text,
        cents bigint not null,
        billable boolean not null,
        constraint qbo_document_lines_pkey primary key (org_id, realm_id, type, qbo_id, line),
        constraint qbo_document_lines_document_fkey foreign key (org_id, realm_id, type, qbo_id)
          references qbo_documents (org_id, realm_id, type, qbo_id) on delete cascade
      )`);
    await db.query(
      `create index qbo_document_lines_party_idx on qbo_document_lines (org_id, realm_id, party_id)`,
    );
    await db.query(`
      create table qbo_document_links (
        org_id integer not null,
        realm_id text not null,
        type text not null,
        qbo_id text not null,
        line integer not null,
        to_type text not null,
        to_id text not null,
        cents bigint not null,
        constraint qbo_document_links_pkey primary key (org_id, realm_id, type, qbo_id, line),
        constraint qbo_document_links_document_fkey foreign key (org_id, realm_id, type, qbo_id)
          references qbo_documents (org_id, realm_id, type, qbo_id) on delete cascade
      )`);
    await db.query(
      `create index qbo_document_links_to_idx on qbo_document_links (org_id, realm_id, to_type, to_id)`,
    );
    await db.query(`
      create table qbo_subledger_entries (
        org_id integer not null,
        realm_id text not null,
        type text not null,
        qbo_id text not null,
        line integer not null,
        ledger text not null,
        party_kind text not null,
        party_id text not null,
        party_name text,
        cents bigint not null,
        constraint qbo_subledger_entries_pkey primary key (org_id, realm_id, type, qbo_id, line),
        constraint qbo_subledger_entries_ledger_known check (ledger in ('ar', 'ap')),
        constraint qbo_subledger_entries_document_fkey foreign key (org_id, realm_id, type, qbo_id)
          references qbo_documents (org_id, realm_id, type, qbo_id) on delete cascade
      )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table qbo_subledger_entries');
    await db.query('drop table qbo_document_links');
    await db.query('drop table qbo_document_lines');
    await db.query('drop table qbo_documents');
    await db.query('drop table qbo_accounts');
    await db.query('drop table qbo_document_mirrors');
  }
}
