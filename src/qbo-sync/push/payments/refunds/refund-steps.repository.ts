import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/statements/prepared.js';
import {
  IS_PAYMENT_OUT,
  LEFT_OUT_CENTS,
  RECEIPT_RELEASED_CENTS,
  RECEIPT_TAX_CENTS,
  WAS_PAYMENT_RECORDED,
} from '../../../../contracts/settlement/refund-receipts-sql.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { BookedSums } from '../../../operations/operation-payloads.js';
import { REQUEST_AFTER_REFUSAL } from '../../../operations/rows/new-request-sql.js';
import { askedAboutSql, blockedSql, stoppedSql } from '../../../operations/operation-state.js';

/** Changes refund operations that are certainly not in the books, or of which a person says what became of them. */
@Injectable()
export class RefundStepsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Holds the steps of a payment until the transaction ends, so that none is prepared for sending meanwhile. */
  async lock(tx: EntityManager, orgId: number, paymentId: number): Promise<void> {
    await tx.query(
      prepared(`select from sync_operations
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 order by id for no key update`),
      [orgId, paymentId],
    );
  }

  /** Whether the steps of a payment come to more than went back of it, as a refund failed since. */
  async areTooMuch(orgId: number, paymentId: number): Promise<boolean> {
    const [row] = await this.dataSource.query<[{ areTooMuch: boolean }]>(
      prepared(`select coalesce(sum((payload ->> 'amountCents')::bigint), 0) > (
           select coalesce(sum(amount_cents), 0) from refunds
            where org_id = $1 and payment_id = $2 and state = 'succeeded') as "areTooMuch"
         from sync_operations where org_id = $1 and kind = 'refund.create' and entity_id = $2`),
      [orgId, paymentId],
    );
    return row.areTooMuch;
  }

  /** Sets the amount of a step that is not in the books; at 0 it is cancelled: nothing is sent for it any more. */
  async shrink(tx: EntityManager, orgId: number, id: string, toCents: number): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = jsonb_set(payload, '{amountCents}', to_jsonb($3::bigint)), updated_at = $4,
              state = case when $3::bigint = 0 then 'refused' else state end,
              error_kind = case when $3::bigint = 0 then 'validation' else error_kind end,
              error_detail = case when $3::bigint = 0 then 'The refund failed at Stripe before it was in the books.'
                                  else error_detail end
        where org_id = $1 and id = $2
          and (${blockedSql()} and first_sent_at is null or state = 'refused')`,
      [orgId, id, toCents, this.clock.now()],
    );
  }

  /**
   * Leaves what of a payment's refunds is not in the books to a person: nothing is sent for it any more. Where its
   * payment is not there it stays out of them too, unless the person says that it was entered by hand: of a payment
   * that was removed there, that is said by naming the receipt. A step that came after the open question was last put
   * goes on: nobody was asked about it.
   */
  async leave(
    tx: EntityManager,
    orgId: number,
    paymentId: number,
    state: 'resolved' | 'dismissed',
  ): Promise<void> {
    await tx.query(
      `update sync_operations o
          set payload = payload || '{"byPerson": true}' || case
                when error_kind = 'payment_missing' or ${IS_PAYMENT_OUT}
                  then jsonb_build_object('leftOut', $4 = 'dismissed' or ${WAS_PAYMENT_RECORDED})
                else '{}' end,
              updated_at = $3,
              state = case when state = 'waiting' then 'refused' else state end,
              error_kind = coalesce(error_kind, 'validation'),
              error_detail = coalesce(error_detail, 'A person decided about it.')
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 and ${askedAboutSql('o')}
          and (state = 'waiting' or ${stoppedSql()}) and payload -> 'byPerson' is null`,
      [orgId, paymentId, this.clock.now(), state],
    );
  }

  /**
   * Has every step of a payment's refunds that was refused, and about which no person decided, refused for this. None
   * of them is in the books: one that is taken up later is sent from the beginning, in whichever company is connected.
   */
  async leaveRefused(
    tx: EntityManager,
    orgId: number,
    paymentId: number,
    failure: { kind: 'payment_missing'; message: string },
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set error_kind = $3, error_code = null, error_detail = $4, intuit_tid = null, first_sent_at = null,
              realm_id = null, request_id = ${REQUEST_AFTER_REFUSAL}, updated_at = $5
        where org_id = $1 and kind = 'refund.create' and entity_id = $2 and state = 'refused'
          and payload -> 'byPerson' is null and payload ->> 'amountCents' <> '0'`,
      [orgId, paymentId, failure.kind, failure.message, this.clock.now()],
    );
  }

  /** Keeps what of a step that is not sent gives back money that is on account in QuickBooks. */
  async keepOnAccount(
    tx: EntityManager,
    { orgId, id }: { orgId: number; id: string },
    cents: number,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = jsonb_set(payload, '{onAccountCents}', to_jsonb($3::bigint)), updated_at = $4
        where org_id = $1 and id = $2 and ${blockedSql()}`,
      [orgId, id, cents, this.clock.now()],
    );
  }

  /** What of a proposal's deposits other steps than this one gave back while it was held, before tax. */
  async heldCents(orgId: number, proposalId: number, id: string): Promise<number> {
    const [row] = await this.dataSource.query<{ cents: number }[]>(
      `select coalesce(sum(greatest(0, (o.payload ->> 'amountCents')::bigint - ${LEFT_OUT_CENTS}
                - ${RECEIPT_RELEASED_CENTS}
                - case when o.state = 'done' then coalesce(${RECEIPT_TAX_CENTS}, 0) else 0 end)), 0)::float8 as cents
         from sync_operations o join payments p on p.org_id = o.org_id and p.id = o.entity_id
        where o.org_id = $1 and o.proposal_id = $2 and o.kind = 'refund.create' and p.invoice_kind = 'deposit'
          and (o.id < $3 or o.id > $3 and o.state = 'done') and o.payload ->> 'ofReleased' is distinct from 'true'`,
      [orgId, proposalId, id],
    );
    return row!.cents;
  }

  /** What of each receipt of a payment's refunds comes off income, beside what of it comes off what is owed. */
  async releasedCents(tx: EntityManager, orgId: number, paymentId: number): Promise<Map<string, number>> {
    const rows = await tx.query<{ id: string; cents: number }[]>(
      `select o.id, ${RECEIPT_RELEASED_CENTS}::float8 as cents from sync_operations o
        where o.org_id = $1 and o.kind = 'refund.create' and o.entity_id = $2 and o.state = 'done'`,
      [orgId, paymentId],
    );
    return new Map(rows.map(({ id, cents }) => [id, cents]));
  }

  /** Takes off what a person took out of the books again: the step comes to so much from then on. */
  async takeOut(tx: EntityManager, orgId: number, id: string, toCents: number): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = jsonb_set(payload, '{amountCents}', to_jsonb($3::bigint)), updated_at = $4
        where org_id = $1 and id = $2 and state = 'done'`,
      [orgId, id, toCents, this.clock.now()],
    );
  }

  /**
   * Ties steps to the one receipt that a person entered for them, or in place of theirs: the first is over all of it,
   * the others are not.
   */
  async adopt(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    { ids: [first, ...others], receiptId, booked }: AdoptedReceipt,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set state = 'done', realm_id = $3, qbo_id = $4, error_kind = null, error_code = null, error_detail = null,
              payload = (payload - '{removed,deleted,heardOf,overCents}'::text[])
                        || jsonb_build_object('amountCents', $5::bigint, 'booked', $7::jsonb),
              updated_at = $6
        where org_id = $1 and id = $2`,
      [orgId, first, realmId, receiptId, booked.cents, this.clock.now(), JSON.stringify(booked)],
    );
    for (const id of others) {
      await tx.query(
        `update sync_operations
            set state = 'refused',
                payload = jsonb_set(payload - '{removed,deleted,heardOf}'::text[], '{amountCents}', '0'),
                updated_at = $3
          where org_id = $1 and id = $2`,
        [orgId, id, this.clock.now()],
      );
    }
  }
}

/** What a person entered for steps that are not in the books, or are not any more. */
interface AdoptedReceipt {
  ids: readonly [string, ...string[]];
  receiptId: string;
  booked: BookedSums;
}
