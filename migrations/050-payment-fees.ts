import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What Stripe kept of a payment, null until it is known, and when Stripe is asked for it. The fees of payments that are
 * there already are read one after the other; nobody asks for those of dev mode.
 */
export class PaymentFees1789948800050 implements MigrationInterface {
  readonly name = 'PaymentFees1789948800050';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table payments
        add column fee_cents bigint,
        add column fee_currency character(3),
        add column fee_attempts integer not null default 0,
        add column fee_next_attempt_at timestamptz,
        add constraint payments_fee_has_currency check ((fee_cents is null) = (fee_currency is null)),
        add constraint payments_fee_currency_upper check (fee_currency::text = upper(fee_currency::text)),
        add constraint payments_fee_read_once check (fee_cents is null or fee_next_attempt_at is null)`);
    await db.query(`
      update payments set fee_next_attempt_at = now()
       where stripe_payment_intent_id is not null and stripe_session_id not like 'dev\\_%'`);
    await db.query(`
      create index payments_fee_due_idx on payments (fee_next_attempt_at) where fee_next_attempt_at is not null`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop index payments_fee_due_idx');
    await db.query(`
      alter table payments
        drop column fee_cents,
        drop column fee_currency,
        drop column fee_attempts,
        drop column fee_next_attempt_at`);
  }
}
