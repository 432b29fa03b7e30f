import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { throughDoor } from '../../../platform/database/scope/scope.js';
import { insertRow } from '../../../platform/database/statements/written-rows.js';
import { Clock } from '../../../platform/time/clock.js';
import { Dispute } from './dispute.entity.js';
import type { DisputeStatus } from './dispute-state.js';
import type { Payment } from '../payment.entity.js';

export type NewDispute = Pick<
  Dispute,
  'stripeDisputeId' | 'amountCents' | 'currency' | 'reason' | 'respondBy' | 'takesAnswer'
> &
  DisputeStatus;

/** One that a bank is yet to decide, by its row, else by what Stripe said of it. */
export interface OpenDispute {
  orgId: number;
  id: number;
  stripeStatus: string;
  respondBy: Date | null;
  takesAnswer: boolean;
  /** The row has neither day nor that there is none: a process of an earlier version wrote it. */
  isSaidSince: boolean;
  /** What its open item says is to be done; null where none is open. */
  nextStep: string | null;
  timeZone: string;
}

const YEAR_9999 = Date.UTC(9999, 11, 31) / 1000;
const DUE_BY = `e.body #> '{data,object,evidence_details,due_by}'`;
/** Until when the bank of dispute `d` takes an answer, by the newest event that says so; zero where it takes none. */
const SAID = `
  select (${DUE_BY})::text::numeric as due_by
    from stripe_events e
   where e.body #>> '{data,object,id}' = d.stripe_dispute_id and e.type like 'charge.dispute.%'
     and jsonb_typeof(${DUE_BY}) = 'number'
   order by case when jsonb_typeof(e.body -> 'created') = 'number' then (e.body ->> 'created')::numeric
                 else extract(epoch from e.received_at) end desc, e.received_at desc
   limit 1`;

/**
 * The disputes table. Whoever changes a row holds the lock of its proposal, or that of the row where what Stripe said
 * before is filled in.
 */
@Injectable()
export class DisputesRepository {
  constructor(private readonly clock: Clock) {}

  /** True where a bank is yet to decide about a payment of the proposal. */
  async hasOpen(tx: EntityManager, orgId: number, proposalId: number): Promise<boolean> {
    const [row] = await tx.query<{ isOpen: boolean }[]>(
      `select exists (
         select from payments p join disputes d on d.org_id = p.org_id and d.payment_id = p.id
          where p.org_id = $1 and p.proposal_id = $2 and d.state = 'open') as "isOpen"`,
      [orgId, proposalId],
    );
    return row!.isOpen;
  }

  /** Of whatever organisation: those that a bank is yet to decide, with what their items say. */
  async listOpen(tx: EntityManager): Promise<OpenDispute[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select d.org_id as "orgId", d.id::float8 as id, d.stripe_status as "stripeStatus",
                coalesce(d.respond_by, case when said.due_by > 0 and said.due_by < ${YEAR_9999}
                                            then to_timestamp(said.due_by::float8) end) as "respondBy",
                d.takes_answer and coalesce(said.due_by <> 0, true) as "takesAnswer",
                coalesce(said.due_by >= 0 and said.due_by < ${YEAR_9999}, false) as "isSaidSince",
                i.next_step as "nextStep",
                coalesce(s.time_zone, 'UTC') as "timeZone"
           from disputes d
           left join inbox_items i
             on i.org_id = d.org_id and i.subject = 'dispute:' || d.id and i.state = 'open'
           left join org_settings s on s.org_id = d.org_id
           left join lateral (${SAID}) said on d.respond_by is null and d.takes_answer
          where d.state = 'open' order by d.org_id, d.id`,
      ),
    );
  }

  /** One that is open still, locked until the transaction ends. */
  async lockOpen(tx: EntityManager, orgId: number, id: number): Promise<Dispute | null> {
    return tx.findOne(Dispute, {
      where: { orgId, id, state: 'open' },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Oldest first. */
  async listOfPayments(tx: EntityManager, orgId: number, paymentIds: readonly number[]): Promise<Dispute[]> {
    return tx.find(Dispute, { where: { orgId, paymentId: In(paymentIds) }, order: { id: 'ASC' } });
  }

  async insert(tx: EntityManager, payment: Payment, dispute: NewDispute): Promise<Dispute> {
    const { orgId, proposalId, id: paymentId } = payment;
    const at = this.clock.now();
    return insertRow(tx, Dispute, {
      ...dispute,
      orgId,
      proposalId,
      paymentId,
      createdAt: at,
      updatedAt: at,
    });
  }

  async update(tx: EntityManager, { orgId, id }: Dispute, facts: Partial<NewDispute>): Promise<void> {
    await tx.update(Dispute, { orgId, id }, { ...facts, updatedAt: this.clock.now() });
  }
}
