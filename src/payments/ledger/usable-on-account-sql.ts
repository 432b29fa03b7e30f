/**
 * True of an open item of the inbox, by the alias, that asks about money of a customer on account in QuickBooks which
 * an invoice may be paid with: it is in the company that is connected, and was entered there, or came by Stripe and
 * none of it went back.
 */
export const usableOnAccount = (item: string): string => `
  ${item}.code = 'payment_on_account' and ${item}.state = 'open' and exists (
    select from qbo_tokens t
     where t.org_id = ${item}.org_id and t.realm_id = split_part(${item}.subject, ':', 2)) and not exists (
    select from recorded_payments ours
      join payment_balances kept on kept.org_id = ours.org_id and kept.payment_id = ours.payment_id
     where ours.org_id = ${item}.org_id and ours.realm_id = split_part(${item}.subject, ':', 2)
       and ours.qbo_payment_id = split_part(${item}.subject, ':', 3) and kept.net_cents < kept.amount_cents)`;
