import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { customerNameSql } from '../../../../../customers/customer-name-sql.js';
import { liveInvoiceSql, owingInvoiceSql } from '../../../../../invoices/invoice-state.js';
import { prepared } from '../../../../../platform/database/statements/prepared.js';
import type { QboCompany } from '../../../../api/model/qbo-company.js';

/** A payment that was recorded from here, beside the invoice that is linked to its proposal now. */
export interface LinkedPayment {
  paymentId: number;
  proposalId: number;
  customer: string | null;
  amountCents: number;
  currency: string;
  /** The invoice that it was recorded on, by QuickBooks' id. */
  recordedOn: string;
  /** The one that is linked for the same, by QuickBooks' id; null where none is, or none that stands there. */
  linkedId: string | null;
  /** That one was read, and money is owed on it. */
  isOwing: boolean;
  /** It is on an invoice of its proposal, or was recorded on one that is linked, or is gone from QuickBooks. */
  isRight: boolean;
  /** Something of it is with us. */
  isWithUs: boolean;
  /** The open items about it. */
  asked: readonly string[];
}

/** What is known here of recorded payments and of links that somebody has changed since. Only reads. */
@Injectable()
export class MovedLinksRepository {
  /** The payments of these proposals, and of those that QuickBooks has under these ids, that are in the company. */
  async list(
    tx: EntityManager,
    { orgId, realmId }: Pick<QboCompany, 'orgId' | 'realmId'>,
    { proposalIds, qboPaymentIds }: { proposalIds: readonly number[]; qboPaymentIds: readonly string[] },
  ): Promise<LinkedPayment[]> {
    if (proposalIds.length + qboPaymentIds.length === 0) return [];
    const rows = await tx.query<(LinkedPayment & { amountCents: string })[]>(
      prepared(`select p.id::int as "paymentId", p.proposal_id as "proposalId", ${customerNameSql('c')} as customer,
              p.amount_cents as "amountCents", p.currency, o.payload #>> '{draft,invoiceId}' as "recordedOn",
              linked.id as "linkedId", coalesce(linked.is_owing, false) as "isOwing", b.net_cents > 0 as "isWithUs",
              o.payload -> 'removed' is not null or exists (
                select from invoices i
                 where i.org_id = $1 and i.proposal_id = p.proposal_id and coalesce(i.qbo_realm_id, $2) = $2
                   and (i.qbo_invoice_id = o.payload #>> '{draft,invoiceId}' or exists (
                     select from invoice_payments m
                      where m.org_id = $1 and m.realm_id = $2 and m.qbo_payment_id = o.qbo_id
                        and m.qbo_invoice_id = i.qbo_invoice_id and m.removed_at is null))) as "isRight",
              array(select a.subject from inbox_items a
                     where a.org_id = $1 and a.proposal_id = p.proposal_id and a.state = 'open'
                       and a.subject like 'payment.other_invoice:%'
                       and split_part(a.subject, ':', 2) = p.id::text) as asked
         from payments p
         join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
         join lateral (
           select x.* from sync_operations x
            where x.org_id = p.org_id and x.kind = 'payment.create' and x.entity_id = p.id
            order by x.generation desc limit 1) o
           on o.state = 'done' and o.realm_id = $2 and o.payload #>> '{draft,invoiceId}' is not null
         left join lateral (
           select i.qbo_invoice_id as id, ${owingInvoiceSql('i')} as is_owing
             from invoices i
            where i.org_id = p.org_id and i.proposal_id = p.proposal_id and i.kind = b.invoice_kind
              and i.sequence = b.invoice_sequence and i.qbo_invoice_id is not null
              and coalesce(i.qbo_realm_id, $2) = $2 and ${liveInvoiceSql('i')}
            order by i.generation desc limit 1) linked on true
         left join customers c on c.org_id = p.org_id and c.id = p.customer_id
        where p.org_id = $1 and p.proposal_id = any($3::int[] || array(
          select r.proposal_id from sync_operations r
           where r.org_id = $1 and r.realm_id = $2 and r.kind = 'payment.create' and r.qbo_id = any($4)))
        order by p.id`),
      [orgId, realmId, proposalIds, qboPaymentIds],
    );
    return rows.map((row) => ({ ...row, amountCents: Number(row.amountCents) }));
  }

  /** What QuickBooks calls a payment that was recorded there, and in which company; null of one that was not. */
  async findRecorded(
    tx: EntityManager,
    orgId: number,
    paymentId: number,
  ): Promise<{ realmId: string; qboPaymentId: string } | null> {
    const [row] = await tx.query<{ realmId: string; qboPaymentId: string }[]>(
      prepared(`select realm_id as "realmId", qbo_payment_id as "qboPaymentId" from recorded_payments
        where org_id = $1 and payment_id = $2 order by operation_id desc limit 1`),
      [orgId, paymentId],
    );
    return row ?? null;
  }

  /**
   * The open items of these proposals about a credit that was on its way to an invoice as that was taken off the
   * contract, where it is on one of the contract by now, or that one is linked again.
   */
  async listAnsweredCredits(
    tx: EntityManager,
    { orgId, realmId }: QboCompany,
    proposalIds: readonly number[],
  ): Promise<string[]> {
    if (proposalIds.length === 0) return [];
    const rows = await tx.query<{ subject: string }[]>(
      prepared(`select n.subject
         from inbox_items n
         join sync_operations o on o.org_id = n.org_id and o.id = n.operation_id and o.realm_id = $2
        where n.org_id = $1 and n.proposal_id = any($3::int[]) and n.state = 'open'
          and n.subject like 'credit.other_invoice:%' and exists (
            select from invoices i
             where i.org_id = $1 and i.proposal_id = n.proposal_id and coalesce(i.qbo_realm_id, $2) = $2
               and (i.qbo_invoice_id = o.payload ->> 'invoiceId' or exists (
                 select from invoice_payments m
                  where m.org_id = $1 and m.realm_id = $2 and m.qbo_payment_id = o.qbo_id
                    and m.qbo_invoice_id = i.qbo_invoice_id and m.removed_at is null)))`),
      [orgId, realmId, proposalIds],
    );
    return rows.map(({ subject }) => subject);
  }
}
