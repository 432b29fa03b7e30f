import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import type { InvoiceKey } from '../../invoices/invoice-key.js';
import type { Amount } from '../../platform/money/money.js';
import { ENTERED_SINCE_REFUSAL } from '../../contracts/settlement/entered-by-hand-sql.js';

/** What was paid here for one entry of a contract, in cents of the proposal's currency. */
export interface EntryMoney extends InvoiceKey {
  /** What of it is with us. */
  netCents: number;
  /** Something is with us that was paid in another currency: nothing is added up over them. */
  hasOtherMoney: boolean;
  /** What of that is not on the invoice in QuickBooks yet, as far as it is known which money there it is. */
  unrecordedCents: number;
  /** What of that a bookkeeper may have entered there anew by now, though nobody has said so. */
  replacedCents: number;
  /** QuickBooks has something of it, on this invoice or not. */
  isInBooks: boolean;
  /** What of that pays other invoices of the customer there. */
  elsewhereCents: number;
  /** What of `unrecordedCents` is of payments that were deleted or voided there. */
  removedCents: number;
  /** The first of those. */
  removedPaymentId: number | null;
  /** What of all that was paid is on the invoice in QuickBooks, whoever has that money now. */
  standingCents: number;
}

interface EntryRow extends InvoiceKey {
  net: string;
  other: boolean;
  unrecorded: string;
  replaced: string;
  in_books: boolean;
  elsewhere: string;
  standing: string;
  removed: string;
  removed_id: number | null;
}

/**
 * Reads what was paid for each entry of a contract, and how much of it QuickBooks shows on the invoice. A payment that
 * is recorded from here is known there by its id; what a bookkeeper took off it, or put on an invoice of somebody else,
 * is as if QuickBooks were yet to show it, since the customer has paid it all the same. What the bookkeeper enters is
 * known by nothing: other money that came to the invoice since is taken for it. In place of a payment that was deleted
 * there, or refused, that is so once a person has closed the question, and of money that came since it was asked; until
 * then nothing says that it is not a cheque of the customer's beside it, and they are asked for nothing that they have
 * paid.
 */
@Injectable()
export class EntryMoneyRepository {
  async listOfProposal(tx: EntityManager, orgId: number, proposalId: number): Promise<EntryMoney[]> {
    const rows = await tx.query<EntryRow[]>(
      prepared(`with paid as (
         select p.id::int as payment_id, b.invoice_kind, b.invoice_sequence, b.invoice_id, b.net_cents,
                p.currency = l.currency as is_ours,
                p.recorded_here is false or gone.is_removed or refused.since is not null as is_by_hand,
                coalesce(asked.state = 'open', false) as is_asked,
                -- What came in one answer with the news of the deletion is older than that question.
                greatest(p.created_at, asked.created_at - interval '1 hour', refused.since) as entered_since,
                coalesce(refused.since, p.created_at) as by_hand_since,
                gone.is_recorded, gone.is_removed,
                -- What went back of one that is deleted in QuickBooks is entered there by nobody.
                case when gone.is_removed then b.net_cents else b.amount_cents end as entered_cents,
                there.cents as there_cents, there.elsewhere as elsewhere_cents
           from payments p
           join payment_balances b on b.org_id = p.org_id and b.payment_id = p.id
           join leads l on l.org_id = p.org_id and l.id = p.proposal_id
          cross join lateral (
            select coalesce(bool_or(r.is_removed), false) as is_removed,
                   coalesce(bool_or(not r.is_removed), false) as is_recorded
              from recorded_payments r where r.org_id = p.org_id and r.payment_id = p.id) gone
           left join lateral (
             select a.state, a.created_at from inbox_items a
              where a.org_id = p.org_id and a.subject = 'payment.removed:' || p.id
              order by a.id desc limit 1) asked on gone.is_removed
           left join lateral (${ENTERED_SINCE_REFUSAL}) refused on p.recorded_here
          cross join lateral (
            select coalesce(sum(m.amount_cents), 0) as cents,
                   coalesce(sum(m.amount_cents) filter (
                     where (i.proposal_id, i.kind, i.sequence) <> (p.proposal_id, b.invoice_kind, b.invoice_sequence)),
                     0) as elsewhere
              from recorded_payments r
              join invoice_payments m
                on m.org_id = r.org_id and m.realm_id = r.realm_id and m.qbo_payment_id = r.qbo_payment_id
               and m.removed_at is null and m.kind <> 'credit'
              join invoices i
                on i.org_id = m.org_id and i.qbo_invoice_id = m.qbo_invoice_id
               and coalesce(i.qbo_realm_id, m.realm_id) = m.realm_id
              join leads x on x.org_id = i.org_id and x.id = i.proposal_id
                          and x.customer_id is not distinct from l.customer_id
             where r.org_id = p.org_id and r.payment_id = p.id) there
          where p.org_id = $1 and p.proposal_id = $2),
       entries as (
         select invoice_kind, invoice_sequence, invoice_id,
                coalesce(sum(net_cents) filter (where is_ours), 0) as net,
                bool_or(net_cents > 0 and not is_ours) as other,
                coalesce(sum(greatest(net_cents - there_cents, 0)) filter (where is_ours and not is_by_hand), 0)
                  as ours,
                coalesce(sum(least(elsewhere_cents, net_cents)) filter (where is_ours), 0) as elsewhere,
                coalesce(sum(net_cents) filter (where is_ours and is_by_hand), 0) as by_hand,
                coalesce(sum(entered_cents) filter (where is_ours and is_by_hand), 0) as all_by_hand,
                min(by_hand_since) filter (where is_ours and is_by_hand) as by_hand_since,
                coalesce(sum(net_cents) filter (where is_ours and is_asked), 0) as asked,
                min(entered_since) filter (where is_ours and is_by_hand and not is_asked) as entered_since,
                coalesce(sum(net_cents) filter (where is_ours and is_removed), 0) as removed,
                min(payment_id) filter (where is_ours and is_removed and net_cents > 0) as removed_id,
                bool_or(is_recorded) as is_recorded
           from paid group by 1, 2, 3)
       select e.invoice_kind as kind, e.invoice_sequence as sequence, e.net, e.other, e.elsewhere,
              e.is_recorded or coalesce(entered.cents, 0) > 0 as in_books,
              e.ours + later.unrecorded as unrecorded,
              later.unrecorded - greatest(e.by_hand - coalesce(entered.cents, 0), 0) as replaced,
              least(e.removed, later.unrecorded) as removed, e.removed_id,
              coalesce(entered.ours, 0) + least(e.all_by_hand, coalesce(entered.cents, 0)) as standing
         from entries e
         left join lateral (
           select sum(m.amount_cents) filter (where known.is_ours) as ours,
                  sum(m.amount_cents) filter (where not known.is_ours and m.seen_at >= e.by_hand_since) as cents,
                  sum(m.amount_cents) filter (where not known.is_ours and m.seen_at >= e.entered_since) as later
             from invoices i
             join invoice_payments m
               on m.org_id = i.org_id and m.realm_id = i.qbo_realm_id and m.qbo_invoice_id = i.qbo_invoice_id
             cross join lateral (
               select exists (
                 select from recorded_payments r
                  where r.org_id = $1 and r.proposal_id = $2 and r.realm_id = m.realm_id
                    and r.qbo_payment_id = m.qbo_payment_id) as is_ours) known
            where i.org_id = $1 and i.id = e.invoice_id and m.removed_at is null and m.kind <> 'credit') entered on true
        cross join lateral (
          select e.asked + greatest(e.by_hand - e.asked - coalesce(entered.later, 0), 0) as unrecorded) later
        order by e.invoice_id`),
      [orgId, proposalId],
    );
    return rows.map(({ kind, sequence, net, other, unrecorded, replaced, ...row }) => ({
      kind,
      sequence,
      netCents: Number(net),
      hasOtherMoney: other,
      unrecordedCents: Number(unrecorded),
      replacedCents: Number(replaced),
      isInBooks: row.in_books,
      elsewhereCents: Number(row.elsewhere),
      removedCents: Number(row.removed),
      removedPaymentId: row.removed_id,
      standingCents: Number(row.standing),
    }));
  }

  /** What of the payments for one entry is with us, by currency; empty where nothing is. */
  async withUs(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
    { kind, sequence }: InvoiceKey,
  ): Promise<Amount[]> {
    const rows = await tx.query<{ currency: string; cents: string }[]>(
      `select currency, sum(net_cents) as cents from payment_balances
        where org_id = $1 and proposal_id = $2 and invoice_kind = $3 and invoice_sequence = $4
        group by currency having sum(net_cents) > 0 order by currency`,
      [orgId, proposalId, kind, sequence],
    );
    return rows.map(({ currency, cents }) => ({ currency, cents: Number(cents) }));
  }
}
