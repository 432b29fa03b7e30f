import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { StripeClient } from '../../../payments/checkout/stripe.client.js';
import { customerNameSql } from '../../../customers/customer-name-sql.js';
import { Config } from '../../../platform/config/config.js';
import { PROPOSAL_FACTS } from './explain-proposal-sql.js';
import { type CustomerRow, customerRow, type ProposalRow, proposalRow, type Row } from './explain-row.js';
import {
  CONNECTION,
  isExcluded,
  newestOperation,
  openItems,
  operationColumns,
  unfinishedOperations,
} from './explain-sql.js';

/** Gathers what decides an answer, in one statement each. */
@Injectable()
export class ExplainRepository {
  constructor(
    private readonly config: Config,
    private readonly stripe: StripeClient,
  ) {}

  /** Null where the organisation has no such lead or proposal. Amounts are in the proposal's own currency. */
  async findProposal(tx: EntityManager, orgId: number, id: number, now: Date): Promise<ProposalRow | null> {
    const isLive = this.stripe.mode === 'live';
    const [row] = await tx.query<Row[]>(PROPOSAL_FACTS, [orgId, id, this.config.qbo.env, now, isLive]);
    return row ? proposalRow(row) : null;
  }

  /** Null where the organisation has no such customer. */
  async findCustomer(tx: EntityManager, orgId: number, id: number): Promise<CustomerRow | null> {
    const [row] = await tx.query<Row[]>(
      `select c.email, c.full_name, c.phone, c.qbo_customer_id, c.qbo_last_sync_at, c.qbo_profile, c.qbo_sent,
              coalesce(c.qbo_realm_id <> t.realm_id, false) as elsewhere,
              ${isExcluded('c.id')} as excluded,
              case when c.erased_at is not null then 'erased' when not c.is_active then 'inactive' end as resting,
              coalesce(not q.active, false) as inactive, ${operationColumns('creation')},
              items.open as inbox_items, unfinished.operations as unfinished, ${CONNECTION}
         from customers c
         left join qbo_tokens t on t.org_id = c.org_id
         ${newestOperation('creation', `o.kind = 'customer.create' and o.entity_id = $2`)}
         left join qbo_customers q
           on q.org_id = c.org_id and q.realm_id = c.qbo_realm_id and q.qbo_id = c.qbo_customer_id
         ${unfinishedOperations(`o.kind like 'customer.%' and o.entity_id = $2`)}
         ${openItems('i.customer_id = $2')}
        where c.org_id = $1 and c.id = $2`,
      [orgId, id, this.config.qbo.env],
    );
    return row ? customerRow(row) : null;
  }

  /** What people call a proposal and its customer, or a customer; empty where there is nothing to call them by. */
  async names(
    tx: EntityManager,
    orgId: number,
    what: 'proposal' | 'customer',
    id: number,
  ): Promise<readonly string[]> {
    const [row] = await tx.query<{ names: string[] }[]>(
      what === 'proposal'
        ? `select array_remove(array[l.name, ${customerNameSql('c')}], null) as names
             from leads l left join customers c on c.org_id = l.org_id and c.id = l.customer_id
            where l.org_id = $1 and l.id = $2`
        : `select array[${customerNameSql('c')}] as names from customers c where c.org_id = $1 and c.id = $2`,
      [orgId, id],
    );
    return row?.names ?? [];
  }
}
