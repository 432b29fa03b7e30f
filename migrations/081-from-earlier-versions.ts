import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An item about a customer's record in a foreign currency, and the write that it is about. */
const OF_ONE = `o.org_id = i.org_id and o.id = i.operation_id and o.kind = 'customer.currency'
         and i.subject = 'customer.currency:' || o.entity_id and o.payload ->> 'currency' is not null`;

/** What the first versions heard of refunds and disputes, and did not read yet. */
const READ_SINCE = `
  'refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated',
  'charge.dispute.updated', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated'`;

/**
 * What earlier versions left, and what came later passes by: questions about customers' records in foreign currencies,
 * and events of Stripe.
 */
export class FromEarlierVersions1792627200081 implements MigrationInterface {
  readonly name = 'FromEarlierVersions1792627200081';

  async up(db: QueryRunner): Promise<void> {
    await nameCurrencies(db);
    await readEventsAnew(db);
  }

  /**
   * A question about a customer's records names the customer alone again; of several open ones the newest stays. Events
   * that were read have had their effect.
   */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      update inbox_items i
         set state = 'dismissed', closed_at = now(), updated_at = now(), retry_queued_at = null, retry_queued_by = null
       where i.state = 'open' and i.subject like 'customer.currency:%:%' and exists (
         select from inbox_items n
          where n.org_id = i.org_id and n.id > i.id and n.state = 'open' and n.subject like 'customer.currency:%:%'
            and split_part(n.subject, ':', 2) = split_part(i.subject, ':', 2))`);
    await db.query(`
      update inbox_items set subject = 'customer.currency:' || split_part(subject, ':', 2)
       where subject like 'customer.currency:%:%'`);
  }
}

/**
 * A customer has a record for each currency, and a question for each. One from before that named the customer alone: no
 * success closed it, and a failure asked once more beside it. What came right or was asked anew since is closed.
 */
async function nameCurrencies(db: QueryRunner): Promise<void> {
  await db.query(`
    with closed as (
      update inbox_items i
         set state = 'resolved', closed_at = now(), updated_at = now(), retry_queued_at = null, retry_queued_by = null
        from sync_operations o
       where ${OF_ONE} and i.state = 'open'
         and (exists (select from inbox_items n
                       where n.org_id = i.org_id and n.state = 'open'
                         and n.subject = i.subject || ':' || (o.payload ->> 'currency'))
              or 'done' = (select x.state from sync_operations x
                            where x.org_id = o.org_id and x.kind = o.kind and x.entity_id = o.entity_id
                              and x.payload ->> 'currency' = o.payload ->> 'currency'
                            order by x.generation desc limit 1))
      returning i.org_id, i.id)
    insert into inbox_events (org_id, item_id, event, at) select org_id, id, 'resolved', now() from closed`);
  await db.query(`
    update inbox_items i set subject = i.subject || ':' || (o.payload ->> 'currency')
      from sync_operations o where ${OF_ONE}`);
}

/**
 * Stripe tells of each event once. What became of a refund or a dispute was heard and left out: a refund that failed
 * counted as given back, and a dispute that was won after all as lost. What is erased by now cannot be read.
 * A dispute stood since its event was read here; it stands since Stripe made that, so that later ones are later.
 */
async function readEventsAnew(db: QueryRunner): Promise<void> {
  await db.query(`
    with anew as (
      update stripe_events
         set state = 'pending', error = null, payment_intent_id = null, processed_at = null, wake_at = now(),
             attempts = 0
       where state = 'ignored' and type in (${READ_SINCE})
         and error = 'Events of type ' || type || ' have no effect here.' and body -> 'created' is not null
      returning body #>> '{data,object,id}' as id)
    update disputes d set status_at = told.at
      from (select e.body #>> '{data,object,id}' as id, max(to_timestamp((e.body ->> 'created')::float8)) as at
              from stripe_events e
             where e.state = 'processed' and e.type like 'charge.dispute.%' and e.body -> 'created' is not null
               and e.body #>> '{data,object,id}' in (select id from anew)
             group by 1) told
     where d.stripe_dispute_id = told.id and d.status_at > told.at`);
}
