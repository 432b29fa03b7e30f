import type { MigrationInterface, QueryRunner } from 'typeorm';

const ABOUT_NOBODY = 'About the record in QuickBooks of the customer, who was erased.';

/**
 * Customers who were erased before no link was made of them any more: what a link brought back of them later goes, and
 * what is still asked about their record in QuickBooks closes, and is emptied. And payments that are not on their invoice
 * yet, or were refused there and may be tried again, know their company: in another one their ids are a stranger's.
 */
export class TracesOfTheErased1793923200096 implements MigrationInterface {
  readonly name = 'TracesOfTheErased1793923200096';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      update customers set qbo_profile = null, qbo_sent = null
       where erased_at is not null and (qbo_profile is not null or qbo_sent is not null)`);
    await db.query(
      `with asked as materialized (
         select i.org_id, i.id, i.state = 'open' as is_open
           from customers c
           join inbox_items i on i.org_id = c.org_id and i.customer_id = c.id and i.proposal_id is null
          where c.erased_at is not null and i.subject like 'customer.%' and i.reason <> $1),
       emptied as (
         update inbox_items i
            set reason = $1, state = case when asked.is_open then 'resolved' else i.state end,
                closed_at = coalesce(i.closed_at, now()), updated_at = now(), retry_queued_at = null,
                retry_queued_by = null
           from asked where i.org_id = asked.org_id and i.id = asked.id),
       history as (
         update inbox_events e
            set reason = case when e.reason is not null then $1 end, error = case when e.error is not null then $1 end
           from asked where e.org_id = asked.org_id and e.item_id = asked.id)
       insert into inbox_events (org_id, item_id, event, at)
       select org_id, id, 'resolved', now() from asked where is_open`,
      [ABOUT_NOBODY],
    );
    await db.query(`
      update sync_operations a set realm_id = p.realm_id
        from sync_operations p
       where a.kind = 'payment.apply' and a.state <> 'done' and a.realm_id is null
         and p.org_id = a.org_id and p.kind = 'payment.create' and p.entity_id = a.entity_id and p.state = 'done'
         and p.qbo_id = a.payload ->> 'paymentId'`);
  }

  async down(): Promise<void> {
    // What was emptied is gone for good, and what waits may name its company.
  }
}
