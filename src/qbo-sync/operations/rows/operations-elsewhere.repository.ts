import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import { isFree } from '../../../jobs/leases/lease.js';
import type { NamedInvoice } from '../../../messages/next-steps.js';
import { prepared } from '../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { elsewhereSubjectSql } from '../elsewhere-subject.js';
import { type OperationKey, OutboundOperation } from './operation.entity.js';
import { OPERATION_LEASE } from './operation-lease.js';
import { maybeDoneSql } from '../operation-state.js';
import { supersededSql } from './superseded-sql.js';

/**
 * What became of operation `o` is known to nobody, and only a company that is not the one connected, $2, can say. What
 * a person had made in its place, or linked by hand, or only changes the record of a customer, is of no concern.
 */
const IS_ELSEWHERE = `
  ${maybeDoneSql('o')} and o.realm_id <> $2 and not ${supersededSql('o')}
  and o.kind in ('invoice.create', 'payment.create', 'payment.apply', 'refund.create', 'credit.create', 'credit.apply')
  and not (o.kind = 'invoice.create' and exists (
    select from invoices own join invoices later
      on later.org_id = own.org_id and later.proposal_id = own.proposal_id and later.kind = own.kind
     and later.sequence = own.sequence and later.generation > own.generation
     where own.org_id = o.org_id and own.id = o.entity_id))
  and not (o.kind = 'invoice.create' and exists (
    select from invoices own
     where own.org_id = o.org_id and own.id = o.entity_id and own.qbo_invoice_id is not null
       and own.qbo_realm_id <> o.realm_id))`;

/** Of operation `o` of the organisation, $1, which makes an invoice that is wanted still: that invoice. */
const WANTED_INVOICE = `
  select i.id, i.proposal_id as "proposalId", i.kind = 'deposit' as "isDeposit"
    from invoices i
    join leads l on l.org_id = i.org_id and l.id = i.proposal_id
    left join customers c on c.org_id = l.org_id and c.id = l.customer_id
   where i.org_id = $1 and i.id = o.entity_id and o.kind = 'invoice.create' and l.status = 'approved'
     and c.erased_at is null`;

/** A question about an invoice that was sent to another company, as it is asked now. */
export interface AskedInvoice {
  subject: string;
  realmId: string;
  nextStep: string;
  /** Null where it is not wanted any more. */
  wanted: NamedInvoice | null;
}

/** Operations that were sent to another company than the one connected, and not answered. Only reads. */
@Injectable()
export class OperationsElsewhereRepository {
  /** Those that nobody is at, and of which no person was asked since they were sent, the oldest first. */
  async listUnasked(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    limit: number,
  ): Promise<OutboundOperation[]> {
    const rows = await tx.query<{ id: string }[]>(
      // The subject comes first: by what is computed of a row beside it no item is found by its index.
      prepared(`with sent as materialized (
          select o.id, o.first_sent_at, ${elsewhereSubjectSql('o')} as subject from sync_operations o
           where o.org_id = $1 and ${IS_ELSEWHERE} and ${isFree({ until: `o.${OPERATION_LEASE.until}` })})
        select id from sent o
         where not exists (
            select from inbox_items n
             where n.org_id = $1 and n.subject = o.subject
               and (n.state = 'open' or n.closed_by is not null and n.closed_at >= o.first_sent_at))
         order by id limit $3`),
      [orgId, realmId, limit],
    );
    const ids = rows.map(({ id }) => id);
    return tx.find(OutboundOperation, { where: { orgId, id: In(ids) }, order: { id: 'ASC' } });
  }

  /** The subjects of open questions about such as are none any more: answered, made anew, or of the company again. */
  async listOver(tx: EntityManager, { orgId, realmId }: QboCompany): Promise<string[]> {
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`select n.subject from inbox_items n
        where n.org_id = $1 and n.state = 'open' and n.subject like 'sent.elsewhere:%' and not exists (
          select from sync_operations o
           where o.org_id = n.org_id and n.subject = ${elsewhereSubjectSql('o')} and o.id = n.operation_id
             and ${IS_ELSEWHERE})`),
      [orgId, realmId],
    );
    return rows.map(({ subject }) => subject);
  }

  /** Those that make an invoice, and are before a person. */
  async listAskedInvoices(tx: EntityManager, orgId: number): Promise<AskedInvoice[]> {
    return tx.query(
      prepared(`select n.subject, o.realm_id as "realmId", n.next_step as "nextStep",
              (select to_json(w) from (${WANTED_INVOICE}) w) as wanted
         from inbox_items n join sync_operations o on o.org_id = n.org_id and o.id = n.operation_id
        where n.org_id = $1 and n.state = 'open' and n.subject like 'sent.elsewhere:%'
          and o.kind = 'invoice.create'`),
      [orgId],
    );
  }

  /** Of one that makes an invoice which is wanted still: that invoice. */
  async wantedInvoice(tx: EntityManager, { orgId, id }: OperationKey): Promise<NamedInvoice | null> {
    const [invoice] = await tx.query<NamedInvoice[]>(
      `select w.* from sync_operations o, lateral (${WANTED_INVOICE}) w where o.org_id = $1 and o.id = $2`,
      [orgId, id],
    );
    return invoice ?? null;
  }
}
