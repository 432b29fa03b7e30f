import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The QuickBooks company of each organisation and the sealed tokens to speak to it. A row outlives a disconnect, so
 * that the company it was, and with it every link, is remembered. Two organisations never hold one company.
 */
export class QboTokens1759622400004 implements MigrationInterface {
  readonly name = 'QboTokens1759622400004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table qbo_tokens (
        org_id integer not null,
        realm_id text not null,
        env text not null,
        company_name text,
        state text not null,
        access_token_sealed text,
        refresh_token_sealed text,
        access_expires_at timestamptz,
        refresh_expires_at timestamptz,
        refresh_hard_expires_at timestamptz,
        token_version bigint not null default 1,
        refresh_lease text,
        refresh_lease_until timestamptz,
        connected_by integer,
        connected_at timestamptz not null,
        disconnected_at timestamptz,
        last_call_at timestamptz,
        last_error text,
        updated_at timestamptz not null default now(),
        constraint qbo_tokens_pkey primary key (org_id),
        constraint qbo_tokens_realm_key unique (env, realm_id),
        constraint qbo_tokens_org_fkey foreign key (org_id) references orgs (id),
        constraint qbo_tokens_connected_by_fkey foreign key (connected_by) references users (id),
        constraint qbo_tokens_env_known check (env in ('sandbox', 'production')),
        constraint qbo_tokens_state_known check (state in ('connected', 'needs_reauth', 'disconnected')),
        constraint qbo_tokens_connected_has_tokens check (
          state <> 'connected' or (access_token_sealed is not null and refresh_token_sealed is not null))
      )`);
    await db.query(`
      create table qbo_oauth_states (
        state_hash bytea not null,
        org_id integer not null,
        user_id integer not null,
        browser_hash bytea,
        replace_company boolean not null default false,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        used_at timestamptz,
        constraint qbo_oauth_states_pkey primary key (state_hash),
        constraint qbo_oauth_states_user_fkey foreign key (user_id) references users (id) on delete cascade,
        constraint qbo_oauth_states_org_fkey foreign key (org_id) references orgs (id)
      )`);
    await db.query(`create index qbo_oauth_states_expiry_idx on qbo_oauth_states (expires_at)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table qbo_oauth_states, qbo_tokens');
  }
}
