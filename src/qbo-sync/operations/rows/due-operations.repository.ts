import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { EARLY_MS } from '../../../jobs/backoff.js';
import { isFree } from '../../../jobs/leases/lease.js';
import { notBeforeStartSql } from '../../../orgs/settings/invoices-start.js';
import { Clock } from '../../../platform/time/clock.js';
import type { OutboundOperation } from './operation.entity.js';
import { OPERATION_LEASE } from './operation-lease.js';
import { inHandSql, maybeDoneSql, neverSentSql, openOperationSql, pendingSql } from '../operation-state.js';
import { supersededSql } from './superseded-sql.js';
import { throughDoor } from '../../../platform/database/scope/scope.js';
import { after } from '../../../platform/time/after.js';

/** What an operation is for: a customer, an invoice of a proposal, or a payment. */
export type OperationSubject = Pick<OutboundOperation, 'orgId' | 'kind' | 'entityId' | 'proposalId'>;

/** What a job is about: everything of a kind that is for one entity, or for one proposal. */
export type JobSubject = Pick<OutboundOperation, 'orgId' | 'kind'> &
  ({ entityId: number; proposalId?: undefined } | { proposalId: number; entityId?: undefined });

/** How many operations of a subject there are: pending, due now, on hold, and such as another stands in place of. */
interface Due {
  pending: number;
  due: number;
  held: number;
  superseded: number;
}

const SUBJECT = 'org_id as "orgId", kind, entity_id as "entityId", proposal_id as "proposalId"';

/**
 * A try `o` that nobody holds, of a kind of which the newest try alone is gone on with, where it is not the newest: in
 * another company, or for another invoice, the same was begun anew.
 */
const IS_SUPERSEDED = `(
  o.kind in ('customer.create', 'customer.update', 'invoice.create', 'payment.create', 'payment.apply')
  and ${isFree(OPERATION_LEASE)} and ${supersededSql('o')})`;

/** On hold, and of a proposal that the organisation's start date lets through by now. */
const RELEASED = `(o.state = 'held_back' and ${notBeforeStartSql('l', 's')})`;
const PROPOSAL_AND_SETTINGS = `
  left join leads l on l.org_id = o.org_id and l.id = o.proposal_id
  left join org_settings s on s.org_id = o.org_id`;

/** When operations are due: the next attempt of each, by the application's clock. */
@Injectable()
export class DueOperationsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Pending operations of connected companies, in the environment that is spoken to, that are due and held by nobody,
   * also such as were never sent to another company and are prepared for this one: the oldest of each organisation,
   * then the second of each, so that the hundreds of one do not go before the one of another.
   */
  async list(tx: EntityManager, limit: number): Promise<OperationSubject[]> {
    return throughDoor('scheduler', () =>
      tx.query(
        `select "orgId", kind, "entityId", "proposalId" from (
       select o.id, o.org_id as "orgId", o.kind, o.entity_id as "entityId", o.proposal_id as "proposalId",
              row_number() over (partition by o.org_id order by o.id) as turn
         from sync_operations o
         join qbo_tokens t on t.org_id = o.org_id and t.state = 'connected' and t.env = $3
          and (t.realm_id = coalesce(o.realm_id, t.realm_id)
            or o.kind in ('payment.create', 'refund.create', 'credit.create') and ${neverSentSql('o')})
         ${PROPOSAL_AND_SETTINGS}
        where o.next_attempt_at <= $1 and ${isFree(OPERATION_LEASE)} and ${openOperationSql('o')}
          and (o.state <> 'held_back' or ${RELEASED})
       ) as due
        order by turn, id
        limit $2`,
        [this.clock.now(), limit, this.config.qbo.env],
      ),
    );
  }

  /** True where there is an operation to go on with now: one that is due, or one on hold. */
  async hasDue(subject: JobSubject): Promise<boolean> {
    const { due, held } = await this.read(subject);
    return due > 0 || held > 0;
  }

  /** True where one is due, or none is pending. */
  async isDue(subject: JobSubject): Promise<boolean> {
    const { due, pending } = await this.read(subject);
    return due > 0 || pending === 0;
  }

  /** What is left to do, once tries in whose place another was made are ended. */
  private async read(subject: JobSubject): Promise<Due> {
    const counted = await this.count(subject);
    if (counted.superseded === 0) return counted;
    await this.closeSuperseded(subject);
    return this.count(subject);
  }

  /**
   * Waits for whoever makes a row due at this moment: its job may have been dropped in favour of the one that asks
   * here, which was still queued then.
   */
  private async count({ orgId, kind, entityId, proposalId }: JobSubject): Promise<Due> {
    const [row] = await this.dataSource.query<[Due]>(
      `select (count(*) filter (where ${pendingSql()}))::int as pending,
              (count(*) filter (where ${pendingSql()} and next_attempt_at <= $5))::int as due,
              (count(*) filter (where state = 'held_back'))::int as held,
              (count(*) filter (where superseded))::int as superseded
         from (select state, next_attempt_at, ${IS_SUPERSEDED} as superseded from sync_operations o
                where org_id = $1 and kind = $2 and ${openOperationSql()}
                  and ($3::int is null or entity_id = $3) and ($4::int is null or proposal_id = $4)
                  for share) as rows`,
      [orgId, kind, entityId, proposalId, after(this.clock.now(), EARLY_MS)],
    );
    return row;
  }

  /**
   * Nobody goes on with them: they would be due for ever. Of what was sent without an answer it stays unknown whether
   * it was made, which its kind of error says to whoever tells people of it.
   */
  private async closeSuperseded({ orgId, kind, entityId, proposalId }: JobSubject): Promise<void> {
    await this.dataSource.query(
      `update sync_operations o
          set state = 'refused', error_code = null, updated_at = $5,
              error_kind = case when ${maybeDoneSql()} then 'uncertain' else 'validation' end,
              error_detail = 'Another try was made in its place.' ||
                case when ${maybeDoneSql()} then ' It is not known whether this one was made.' else '' end
        where org_id = $1 and kind = $2 and ${openOperationSql()} and ${IS_SUPERSEDED}
          and ($3::int is null or entity_id = $3) and ($4::int is null or proposal_id = $4)`,
      [orgId, kind, entityId, proposalId, this.clock.now()],
    );
  }

  /** Makes blocked operations due now: of the whole organisation, or of one proposal. Answers which. */
  async makeBlockedDue(tx: EntityManager, orgId: number, proposalId?: number): Promise<OperationSubject[]> {
    const [rows] = await tx.query<[OperationSubject[], number]>(
      `update sync_operations set next_attempt_at = $3
        where org_id = $1 and state = 'waiting' and ($2::int is null or proposal_id = $2)
        returning ${SUBJECT}`,
      [orgId, proposalId, this.clock.now()],
    );
    return rows;
  }

  /** Operations that hold their request and are not closed, with the time of the next attempt. */
  async listPrepared(
    tx: EntityManager,
    orgId: number,
  ): Promise<(OperationSubject & Pick<OutboundOperation, 'nextAttemptAt'>)[]> {
    return tx.query(
      `select ${SUBJECT}, next_attempt_at as "nextAttemptAt" from sync_operations
        where org_id = $1 and ${inHandSql()} order by id`,
      [orgId],
    );
  }

  async listReleased(tx: EntityManager, orgId: number): Promise<OperationSubject[]> {
    return tx.query(
      `select o.org_id as "orgId", o.kind, o.entity_id as "entityId", o.proposal_id as "proposalId"
         from sync_operations o ${PROPOSAL_AND_SETTINGS}
        where o.org_id = $1 and ${RELEASED} order by o.id`,
      [orgId],
    );
  }

  /**
   * Makes those due now that wait for a person's word about a customer, where nobody is asked any more. An invoice has
   * its customer made: one that is made beside it would be in its way.
   */
  async makeUndecidedDue(tx: EntityManager, orgId: number): Promise<OperationSubject[]> {
    const [rows] = await tx.query<[OperationSubject[], number]>(
      `update sync_operations o set next_attempt_at = $2
        where o.org_id = $1 and o.state = 'waiting' and o.error_kind = 'customer_match'
          and exists (select from org_settings s where s.org_id = $1 and s.customer_match = 'create')
          and not (o.kind like 'customer.%' and exists (
            select from sync_operations i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
             where i.org_id = $1 and i.kind = 'invoice.create' and i.state = 'waiting'
               and i.error_kind = 'customer_match' and l.customer_id = o.entity_id))
        returning ${SUBJECT}`,
      [orgId, this.clock.now()],
    );
    return rows;
  }

  /** Locks a blocked operation until the transaction ends. Answers false where it is not blocked any more. */
  async lockBlocked(tx: EntityManager, { orgId, id }: OutboundOperation): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from sync_operations where org_id = $1 and id = $2 and state = 'waiting' for no key update`,
      [orgId, id],
    );
    return rows.length === 1;
  }

  /** Sets the next attempt of a blocked operation. */
  async postpone(tx: EntityManager, { orgId, id }: OutboundOperation, until: Date): Promise<void> {
    await tx.query(
      `update sync_operations set next_attempt_at = $3, updated_at = $4
        where org_id = $1 and id = $2 and state = 'waiting'`,
      [orgId, id, until, this.clock.now()],
    );
  }
}
