import { stoppedSql } from '../../qbo-sync/operations/operation-state.js';

/**
 * Since when other money on the invoice of a payment `p` can be its entry by hand, as `since`: QuickBooks refused it,
 * or never said what became of it, and a person has resolved the question about that: who dismisses it has entered
 * nothing. What was there as they were first asked is none: a cheque may have settled the invoice before the card did;
 * of one that QuickBooks never answered what was there before it was sent. An entry is of the payment's own sum: who
 * entered it on account, and got a cheque for the rest, has put less on the invoice. Nor is it one where money of
 * before was taken off since: another cheque may have come in its place. No row of any other payment. The first
 * parameter of the statement is the organisation.
 */
export const ENTERED_SINCE_REFUSAL = `
  select asked.since
    from (select x.state from sync_operations x
           where x.org_id = $1 and x.kind = 'payment.create' and x.entity_id = p.id
           order by x.generation desc limit 1) newest
   cross join lateral (
     select least(min(a.created_at) + interval '1 millisecond',
                  (select min(x.first_sent_at) from sync_operations x
                    where x.org_id = $1 and x.kind = 'payment.create' and x.entity_id = p.id
                      and x.state = 'needs_person')) as since,
            max(a.id) as last_id
       from inbox_items a
      where a.org_id = $1 and a.subject = 'payment.create:' || p.id) asked
   where ${stoppedSql('newest')}
     and exists (select from inbox_items a
                  where a.org_id = $1 and a.id = asked.last_id
                    and a.state = 'resolved' and a.closed_by is not null)
     and exists (select from payment_balances b
                   join invoices i on i.org_id = $1 and i.id = b.invoice_id
                   join invoice_payments m on m.org_id = $1 and m.realm_id = i.qbo_realm_id
                                          and m.qbo_invoice_id = i.qbo_invoice_id and m.kind <> 'credit'
                  where b.org_id = $1 and b.payment_id = p.id
                 having sum(m.amount_cents) filter (where m.removed_at is null and m.seen_at >= asked.since)
                          >= p.amount_cents
                    and not bool_or(m.removed_at >= asked.since and m.seen_at < asked.since))
     and not exists (select from recorded_payments own where own.org_id = $1 and own.payment_id = p.id)`;
