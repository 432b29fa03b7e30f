import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is asked every few seconds, or about one proposal, is found by an index, however much was ever written: the
 * operations that are not done among all that are, the entries of schedules that nothing bills among all whose day ever
 * came, the bodies of Stripe's events that are not emptied yet, and what of these and of the inbox is a proposal's.
 */
export class GrownInstallations1793577600092 implements MigrationInterface {
  readonly name = 'GrownInstallations1793577600092';

  async up(db: QueryRunner): Promise<void> {
    // One index in place of two: a statement about both of what they had could go by neither.
    await db.query(`
      create index sync_operations_open_idx on sync_operations (next_attempt_at)
        where state in ('waiting', 'held_back', 'ready', 'sent', 'uncertain')`);
    await db.query(`
      create index sync_operations_stopped_idx on sync_operations (org_id, id)
        where state in ('refused', 'needs_person')`);
    await db.query('drop index sync_operations_unfinished_idx, sync_operations_waiting_idx');
    // What was emptied before counts as not emptied: the next purge goes through it once more, in its small steps.
    await db.query('alter table stripe_events add column is_emptied boolean not null default false');
    await db.query(
      'create index stripe_events_whole_idx on stripe_events (received_at) where not is_emptied',
    );
    await db.query('create index stripe_events_received_idx on stripe_events (received_at) where is_emptied');
    await db.query(`
      create index stripe_events_proposal_idx on stripe_events ((body #>> '{data,object,metadata,proposal_id}'))
        where body #>> '{data,object,metadata,proposal_id}' is not null`);
    await db.query(`
      create index inbox_items_proposal_idx on inbox_items (org_id, proposal_id) where proposal_id is not null`);
    await db.query(`
      create index inbox_items_customer_idx on inbox_items (org_id, customer_id)
        where proposal_id is null and customer_id is not null`);
    await db.query('create index contracts_customer_idx on contracts (org_id, customer_id)');
    await db.query('alter table contract_entries add column is_over boolean not null default false');
    await db.query(`
      create index contract_entries_due_idx on contract_entries (trigger_on)
        where trigger_on is not null and not is_over`);
    await db.query('drop index contract_entries_trigger_idx');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      create index contract_entries_trigger_idx on contract_entries (trigger_on) where trigger_on is not null`);
    await db.query('alter table contract_entries drop column is_over');
    await db.query('drop index contracts_customer_idx');
    await db.query(
      'drop index inbox_items_customer_idx, inbox_items_proposal_idx, stripe_events_proposal_idx',
    );
    await db.query('alter table stripe_events drop column is_emptied');
    await db.query(`
      create index sync_operations_unfinished_idx on sync_operations (next_attempt_at)
        where state in ('ready', 'sent', 'uncertain')`);
    await db.query(`
      create index sync_operations_waiting_idx on sync_operations (next_attempt_at) where state = 'waiting'`);
    await db.query('drop index sync_operations_stopped_idx, sync_operations_open_idx');
  }
}
