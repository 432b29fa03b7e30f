import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';
import type { MoneyKind, ReadMoney, MoneyDocument } from './money-document.js';
import { standsWithSql } from '../stands-with-sql.js';
import { withParentsSql } from '../../../../../customers/customer-parents-sql.js';
import { customerNameSql } from '../../../../../customers/customer-name-sql.js';

/** One that a person was asked about, as it is with somebody else. */
export interface MovedDocument extends Pick<ReadMoney, 'id' | 'customerId'> {
  kind: MoneyKind;
}

/** What is known here of documents that were made from here, and what they were like when they were last read. */
@Injectable()
export class MoneyDocumentsRepository {
  /** Those of these documents that are of operations of ours of this kind. */
  async list(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    kind: MoneyKind,
    documents: readonly ReadMoney[],
  ): Promise<MoneyDocument[]> {
    if (documents.length === 0) return [];
    return tx.query(
      prepared(`select o.id as "operationId", o.entity_id as "entityId", o.qbo_id as "qboId",
              o.proposal_id as "proposalId", ${customerNameSql('c')} as customer,
              o.payload ->> 'docNumber' as number, o.payload #>> '{fact,currency}' as currency,
              coalesce(nullif(o.payload ->> 'amountCents', '0'), o.payload #>> '{draft,amountCents}',
                       o.payload #>> '{fact,amountCents}')::float8 as "sentCents",
              (o.payload ->> 'standsCents')::float8 as "standsCents",
              coalesce(o.payload #>> '{draft,customerId}', o.payload ->> 'customerId') as "sentTo",
              o.payload ->> 'standsWith' as "standsWith",
              exists (
                ${withParentsSql('one.customer')}
                select from up
                 where c.qbo_customer_id = up.id and coalesce(c.qbo_realm_id, $2) = $2
                    or up.id = coalesce(o.payload #>> '{draft,customerId}', o.payload ->> 'customerId')
                    or exists (
                         select from customer_currency_links k
                          where k.org_id = $1 and k.realm_id = $2 and k.customer_id = c.id
                            and k.qbo_customer_id = up.id)) as "isTheirs",
              exists (
                select from qbo_customer_mirrors m
                 where m.org_id = $1 and m.realm_id = $2 and m.filled_at is not null) and not exists (
                select from qbo_customers q
                 where q.org_id = $1 and q.realm_id = $2
                   and q.qbo_id = coalesce(o.payload #>> '{draft,customerId}', o.payload ->> 'customerId')
                   and (q.active or o.kind <> 'credit.create' and ${standsWithSql('l.customer_id', 'q.qbo_id')})
              ) as "isMerged",
              o.kind = 'payment.create' and exists (
                select from invoice_payments m
                 where m.org_id = $1 and m.realm_id = $2 and m.qbo_payment_id = o.qbo_id
                   and m.proposal_id = o.proposal_id and m.removed_at is null) as "isOnInvoice",
              o.kind = 'payment.create' and exists (
                select from inbox_items n
                 where n.org_id = $1 and n.subject = 'payment.unapplied:' || o.entity_id
                   and n.state = 'open') as "isAsked"
         from unnest($4::text[], $5::text[]) as one(id, customer)
         join sync_operations o on o.org_id = $1 and o.realm_id = $2 and o.kind = $3 and o.state = 'done'
                               and o.qbo_id = one.id
         left join leads l on l.org_id = o.org_id and l.id = o.proposal_id
         left join customers c on c.org_id = l.org_id and c.id = l.customer_id
        order by o.id`),
      [orgId, realmId, kind, documents.map(({ id }) => id), documents.map(({ customerId }) => customerId)],
    );
  }

  /** Those that a person is asked about now, as they are with somebody else, with whom they were last read to be. */
  async listMoved(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<MovedDocument[]> {
    return tx.query(
      prepared(`select o.kind, o.qbo_id as id, o.payload ->> 'standsWith' as "customerId"
         from inbox_items n
         join sync_operations o on o.org_id = n.org_id and o.id = split_part(n.subject, ':', 2)::bigint
        where n.org_id = $1 and n.state = 'open' and n.code = 'customer_differs' and o.realm_id = $2
          and o.state = 'done' and o.payload ? 'standsWith'
        order by o.id`),
      [orgId, realmId],
    );
  }

  /**
   * One that was found in QuickBooks, as after a restore, can be with another customer by then: that is how it is taken
   * over, and no question.
   */
  async keepFound(
    tx: EntityManager,
    { orgId, id: operationId }: { orgId: number; id: string },
    { sentTo, customerId }: { sentTo: string | undefined; customerId: string | null },
  ): Promise<void> {
    if (customerId === null || sentTo === undefined || sentTo === customerId) return;
    await this.keep(tx, { orgId, operationId }, 'standsWith', customerId);
  }

  /** Null where it is as it was sent. It is no news of the operation: what a person decided about that since holds. */
  async keep(
    tx: EntityManager,
    { orgId, operationId }: { orgId: number; operationId: string },
    field: 'standsCents' | 'standsWith',
    value: string | number | null,
  ): Promise<void> {
    await tx.query(
      `update sync_operations
          set payload = (payload - $3::text) ||
                        case when $4::jsonb is null then '{}' else jsonb_build_object($3::text, $4::jsonb) end
        where org_id = $1 and id = $2`,
      [orgId, operationId, field, value === null ? null : JSON.stringify(value)],
    );
  }
}
