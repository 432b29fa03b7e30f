/**
 * One statement of an update of `invoices i` and the copy of what it writes to the qbo columns of leads: of each
 * proposal the newest live invoice, or else the newest there is. The update uses $1 for the organisation and $2 for
 * the instant.
 */
export function copyToLeads(update: string): string {
  return `
    with written as (${update} returning i.*),
    shown as (
      select distinct on (proposal_id) * from (
        select * from written
        union all
        select other.* from invoices other
         where other.org_id = $1 and other.qbo_invoice_id is not null
           and other.proposal_id in (select proposal_id from written)
           and other.id not in (select id from written)) as every
       order by proposal_id, coalesce(state in ('voided', 'deleted'), false), id desc)
    update leads l
       set qbo_invoice_id = shown.qbo_invoice_id, qbo_invoice_number = shown.number, qbo_status = shown.status,
           qbo_balance_cents = shown.balance_cents, qbo_paid_cents = shown.paid_cents,
           qbo_last_sync_at = shown.last_sync_at, updated_at = greatest(l.updated_at, shown.updated_at)
      from shown where l.org_id = $1 and l.id = shown.proposal_id`;
}
