import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../../../platform/database/statements/prepared.js';
import { Clock } from '../../../../platform/time/clock.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { maybeDoneSql } from '../../../operations/operation-state.js';

/** What a person decided last about a customer and the connected company. */
export type MatchDecision =
  | { decision: 'create' | 'exclude'; qboCustomerId: null }
  | { decision: 'link' | 'unlink'; qboCustomerId: string };

/** What people decided about matches, and what of ours is in the way of one. */
@Injectable()
export class CustomerMatchesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** By customer; those without a decision are missing. */
  async listDecisions(
    { orgId, realmId }: QboCompany,
    customerIds: readonly number[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Map<number, MatchDecision>> {
    const rows = await tx.query<(MatchDecision & { customerId: number })[]>(
      prepared(`select customer_id as "customerId", decision, qbo_customer_id as "qboCustomerId"
         from customer_match_decisions where org_id = $1 and realm_id = $2 and customer_id = any($3)`),
      [orgId, realmId, customerIds],
    );
    return new Map(rows.map(({ customerId, ...decision }) => [customerId, decision]));
  }

  async saveDecision(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    customerId: number,
    { decision, qboCustomerId }: MatchDecision,
    userId: number,
  ): Promise<void> {
    await tx.query(
      `insert into customer_match_decisions (org_id, customer_id, realm_id, decision, qbo_customer_id, decided_by,
                                             decided_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict on constraint customer_match_decisions_pkey do update
          set decision = excluded.decision, qbo_customer_id = excluded.qbo_customer_id,
              decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      [orgId, customerId, realmId, decision, qboCustomerId, userId, this.clock.now()],
    );
  }

  /** Nothing is decided any more. */
  async deleteDecision(tx: EntityManager, { orgId, realmId }: QboCompany, customerId: number): Promise<void> {
    await tx.query(
      'delete from customer_match_decisions where org_id = $1 and realm_id = $2 and customer_id = $3',
      [orgId, realmId, customerId],
    );
  }

  /** Lower-case names of customers that operations of ours are making at this moment, with whose they are. */
  async listBeingMade({ orgId, realmId }: QboCompany): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ name: string; customerId: number }[]>(
      `select lower(payload ->> 'displayName') as name, entity_id as "customerId" from sync_operations
        where org_id = $1 and realm_id = $2 and kind = 'customer.create' and ${maybeDoneSql()}`,
      [orgId, realmId],
    );
    return new Map(rows.map(({ name, customerId }) => [name, customerId]));
  }

  /** Active customers of ours without a link into this company that have one of these e-mail keys. */
  async listUnlinkedByEmail(
    { orgId, realmId }: QboCompany,
    emails: readonly string[],
  ): Promise<{ id: number; email: string; fullName: string | null; phone: string | null }[]> {
    return this.dataSource.query(
      `select id, email, full_name as "fullName", phone from customers
        where org_id = $1 and is_active and lower(email) = any($3)
          and (qbo_customer_id is null or coalesce(qbo_realm_id, $2) <> $2)`,
      [orgId, realmId, emails],
    );
  }

  /** The proposals of a customer whose invoice waits to be made. */
  async listWaitingProposals(tx: EntityManager, orgId: number, customerId: number): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select o.proposal_id as id from sync_operations o
         join leads l on l.org_id = o.org_id and l.id = o.proposal_id
        where o.org_id = $1 and o.kind = 'invoice.create' and o.state = 'waiting' and l.customer_id = $2`,
      [orgId, customerId],
    );
    return rows.map(({ id }) => id);
  }
}
