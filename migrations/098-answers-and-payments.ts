import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The day until which a bank takes an answer, as an event of Stripe `e` says it; zero where it takes none. */
const DUE_BY = `e.body #> '{data,object,evidence_details,due_by}'`;
/** When it happened by Stripe, else when it came. */
const HAPPENED = `case when jsonb_typeof(e.body -> 'created') = 'number' then (e.body ->> 'created')::numeric
                       else extract(epoch from e.received_at) end`;

const STRIPE_IDS = {
  payments_intent_idx: 'stripe_payment_intent_id',
  payments_session_idx: 'stripe_session_id',
  payments_charge_idx: 'stripe_charge_id',
};
const ERASED = (column: string): string => `case when ${column} is not null then 'Erased' end`;

/**
 * Disputes know until when the bank takes an answer, those that are open by the newest event about them. Why something
 * was refunded may name a customer: of those who were erased before, it goes. Payments are found by their customer, their
 * amount and Stripe's ids, and what came in by its day, however many there are. Disputes are locked last: processes of
 * the version before write them while the indexes are built.
 */
export class AnswersAndPayments1794096000098 implements MigrationInterface {
  readonly name = 'AnswersAndPayments1794096000098';

  async up(db: QueryRunner): Promise<void> {
    await db.query('create index payments_customer_idx on payments (org_id, customer_id)');
    await db.query('create index payments_amount_idx on payments (org_id, amount_cents, id)');
    for (const [name, column] of Object.entries(STRIPE_IDS))
      await db.query(`create index ${name} on payments (org_id, ${column} text_pattern_ops)`);
    await db.query(`
      create index invoice_payments_received_idx on invoice_payments (org_id, paid_on, id)
        where removed_at is null and kind <> 'credit'`);
    await db.query(`
      create index invoices_unread_idx on invoices (org_id, id)
        where state is null and qbo_invoice_id is not null`);
    await db.query(`
      update refunds r
         set reason = case when r.requested_by is null then r.reason else ${ERASED('r.reason')} end,
             error = ${ERASED('r.error')}
        from leads l
        join customers c on c.org_id = l.org_id and c.id = l.customer_id
       where c.erased_at is not null and r.org_id = l.org_id and r.proposal_id = l.id
         and (r.error is not null or (r.requested_by is not null and r.reason is not null))`);
    await db.query(`
      alter table disputes add column respond_by timestamptz,
                           add column takes_answer boolean not null default true`);
    await db.query(`
      update disputes d
         set respond_by = case when said.due_by > 0 and said.due_by < 253402300800 then to_timestamp(said.due_by::float8) end,
             takes_answer = said.due_by <> 0
        from disputes o
        join lateral (
          select (${DUE_BY})::text::numeric as due_by
            from stripe_events e
           where e.body #>> '{data,object,id}' = o.stripe_dispute_id and e.type like 'charge.dispute.%'
             and jsonb_typeof(${DUE_BY}) = 'number'
           order by ${HAPPENED} desc, e.received_at desc limit 1) said on true
       where o.state = 'open' and d.org_id = o.org_id and d.id = o.id`);
    await db.query(`create index disputes_open_idx on disputes (org_id, id) where state = 'open'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `drop index disputes_open_idx, invoices_unread_idx, invoice_payments_received_idx, ${Object.keys(STRIPE_IDS).join(', ')},
         payments_amount_idx, payments_customer_idx`,
    );
    await db.query('alter table disputes drop column takes_answer, drop column respond_by');
  }
}
