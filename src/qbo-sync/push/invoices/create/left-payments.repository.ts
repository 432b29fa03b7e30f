import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { liveInvoiceSql } from '../../../../invoices/invoice-state.js';
import { goneRefundSql } from '../../../../payments/ledger/refunds/refund-state.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';

/** A payment whose question was closed before its invoice was there, with its operation. */
export interface LeftPayment {
  operationId: string;
  paymentId: number;
  proposalId: number;
  cents: number;
  currency: string;
}

/**
 * Payments that found no invoice, whose question a person closed before their invoice came, in this company, the second
 * parameter, and as far as all of their money is not back and their customer was not erased. `payment_left` is asked
 * once.
 */
const LEFT_PAYMENTS = `
  select o.id as "operationId", p.id::float8 as "paymentId", p.proposal_id::float8 as "proposalId",
         p.amount_cents::float8 as cents, p.currency
    from sync_operations o
    join payments p on p.org_id = o.org_id and p.id = o.entity_id
   where o.org_id = $1 and ($3::bigint is null or o.proposal_id = $3) and o.kind = 'payment.create'
     and o.state = 'refused' and o.error_kind in ('invoice_missing', 'invoice_gone')
     and not exists (select from customers c
                      where c.org_id = $1 and c.id = p.customer_id and c.erased_at is not null)
     and not exists (select from sync_operations n
                      where n.org_id = $1 and n.kind = 'payment.create' and n.entity_id = o.entity_id
                        and n.generation > o.generation)
     and exists (select from invoices i
                  where i.org_id = $1 and i.proposal_id = p.proposal_id and i.kind = p.invoice_kind
                    and i.sequence = p.invoice_sequence and i.qbo_realm_id = $2 and i.qbo_invoice_id is not null
                    and ${liveInvoiceSql('i')})
     and exists (select from (select q.closed_by, q.code from inbox_items q
                               where q.org_id = $1 and q.subject = 'payment.create:' || o.entity_id
                               order by q.id desc limit 1) newest
                  where newest.closed_by is not null and newest.code <> 'payment_left')
     and p.amount_cents > (select coalesce(sum(r.amount_cents), 0) from refunds r
                            where r.org_id = $1 and r.payment_id = p.id and ${goneRefundSql('r')})
                        + (select coalesce(sum(d.amount_cents), 0) from disputes d
                            where d.org_id = $1 and d.payment_id = p.id and d.state = 'lost')
   order by o.id`;

/** Knows which payments a person left before their invoices came. Reads only. */
@Injectable()
export class LeftPaymentsRepository {
  /** Of one proposal, or of all whose invoices are in the company. */
  async list(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    ofProposal: number | null,
  ): Promise<LeftPayment[]> {
    return tx.query<LeftPayment[]>(LEFT_PAYMENTS, [orgId, realmId, ofProposal]);
  }
}
