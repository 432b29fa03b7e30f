import type { Parameters } from '../../platform/database/statements/parameters.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import { IS_WAITING_MEMO } from '../../contracts/credits/credit-payouts-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { liveInvoiceSql } from '../../invoices/invoice-state.js';
import { customerNameSql } from '../../customers/customer-name-sql.js';

/** Which documents are asked for, as they stood at the end of a day. */
export interface OpenOn {
  orgId: number;
  asOf: CalendarDay;
  /** Today or later: what QuickBooks last said of a balance is the truth, but for what settles it on a day after. */
  isNow: boolean;
  /** Of the organisation now. */
  timeZone: string;
  currency: string | null;
}

/** A company with the currency of those of its documents that name none. */
export interface OwnBooks {
  realmId: string;
  homeCurrency: string;
}

/** What is applied to invoices `i` up to a day, and later. */
const applied = (day: string, onlyLater: boolean): string => `
  left join (
    select p.realm_id, p.qbo_invoice_id,
           coalesce(sum(p.amount_cents) filter (where p.paid_on is null or p.paid_on <= ${day}), 0) as cents,
           coalesce(sum(p.amount_cents) filter (where p.paid_on > ${day}), 0) as later_cents
      from invoice_payments p
     where p.org_id = $1 and p.removed_at is null ${onlyLater ? `and p.paid_on > ${day}` : ''}
     group by p.realm_id, p.qbo_invoice_id) as applied
    on applied.realm_id = i.qbo_realm_id and applied.qbo_invoice_id = i.qbo_invoice_id`;

/** What QuickBooks last said is open of the invoice `i`, and what settles it later. */
const AS_LAST_SAID = 'i.balance_cents + coalesce(applied.later_cents, 0)';
/** Worked out from what was applied by then. */
const AS_APPLIED = 'i.total_cents - coalesce(applied.cents, 0)';

/**
 * The invoices `i` of our proposals `l` with their customers `c`, and as `open_cents` what was open of each. A past day
 * is worked out from what was applied by then; where QuickBooks says that more or less is open, by that from the day on
 * which it was last asked, as the statement of a customer has it. Money that came before its invoice counts from the
 * invoice's day, and money that a bookkeeper dates on a day to come from that day, though its balance is lower already.
 * The first parameter is the organisation.
 */
export function openOfOurs(
  columns: string,
  { asOf, isNow, timeZone, currency }: OpenOn,
  { place }: Parameters,
): string {
  const day = place(asOf);
  const open = isNow
    ? AS_LAST_SAID
    : `case when ${AS_LAST_SAID} = ${AS_APPLIED} then ${AS_APPLIED}
            when ${dayOfOrgSql('i.last_sync_at', place(timeZone))} > ${day} then ${AS_APPLIED}
            else coalesce(${AS_LAST_SAID}, ${AS_APPLIED}) end`;
  return `
    select ${columns}, ${open} as open_cents
      from invoices i
      join leads l on l.org_id = i.org_id and l.id = i.proposal_id
      left join customers c on c.org_id = l.org_id and c.id = l.customer_id${applied(day, isNow)}
     where i.org_id = $1 and i.qbo_invoice_id is not null and i.total_cents is not null
       and ${liveInvoiceSql('i')} and i.txn_date <= ${day}
       ${currency === null ? '' : `and i.currency = ${place(currency)}`}`;
}

/**
 * Every receivable `r` of the company that was open, and as `open_cents` what was: what is open now, less what was
 * applied later. The first parameter is the organisation.
 */
export function openOfCompany(
  columns: string,
  { asOf, currency }: OpenOn,
  { realmId, homeCurrency }: OwnBooks,
  { place }: Parameters,
): string {
  const [day, realm, home] = [place(asOf), place(realmId), place(homeCurrency)];
  return `
    select ${columns}, r.realm_id, coalesce(r.currency, ${home}) as currency,
           r.open_cents - case when r.settled_on > ${day} then (
             select coalesce(sum(a.cents), 0) from unnest(r.applied_on, r.applied_amounts) as a (day, cents)
              where a.day > ${day}) else 0 end as open_cents
      from qbo_receivables r
     where r.org_id = $1 and r.realm_id = ${realm} and r.txn_on <= ${day}
       and (r.open_cents <> 0 or r.settled_on > ${day})
       ${currency === null ? '' : `and coalesce(r.currency, ${home}) = ${place(currency)}`}`;
}

/** The mirror `r` of a change order's credit memo `c`. */
export const IS_SAME_MEMO = `
  r.type = 'CreditMemo' and r.realm_id = c.qbo_realm_id and r.qbo_id = c.qbo_credit_memo_id`;

/** True unless the mirror `r` of such a memo is older than what was read, or done, of the memo since. */
export const IS_AS_OPEN = `r.open_cents = -c.balance_cents`;

/**
 * Credit memos of change orders that a mirror of these books does not have as they are: what is not made yet, or stands
 * in a company of before, or is read by no mirror. Of each what is on no invoice now, `cents`, and what invoices took
 * of it after its own day, `credited_on`, by the days of it: `used_on`, `used_cents`. The first parameter is the
 * organisation, the others are places: of its time zone, and of that company.
 */
export function memosBesideMirror(zone: string, realm: string): string {
  return `
    select c.*, coalesce(c.txn_date, ${dayOfOrgSql('c.created_at', zone)}) as credited_on,
           coalesce(u.used_on, '{}') as used_on, coalesce(u.used_cents, '{}') as used_cents
      from (select m.*, case when m.state is null then m.amount_cents else m.balance_cents end as cents
              from credit_memos m where m.org_id = $1 and (${IS_WAITING_MEMO} or m.state = 'used')) c
      left join (
        select p.realm_id, p.credit_memo_id, array_agg(d.day) as used_on, array_agg(p.amount_cents) as used_cents
          from invoice_payments p
          join invoices i on i.org_id = $1 and i.qbo_realm_id = p.realm_id and i.qbo_invoice_id = p.qbo_invoice_id
          join credit_memos m on m.org_id = $1 and m.qbo_realm_id = p.realm_id
                             and m.qbo_credit_memo_id = p.credit_memo_id
         cross join lateral (select greatest(p.paid_on, i.txn_date) as day) d
         where p.org_id = $1 and p.removed_at is null and p.credit_memo_id <> '' and d.day > m.txn_date
         group by p.realm_id, p.credit_memo_id) u
        on u.realm_id = c.qbo_realm_id and u.credit_memo_id = c.qbo_credit_memo_id
     where (c.cents <> 0 or u.used_on is not null)
       and not exists (select from qbo_receivables r
                        where r.org_id = $1 and r.realm_id = ${realm} and ${IS_SAME_MEMO} and ${IS_AS_OPEN})`;
}

/** Names of a customer `o.qbo_customer_id` of the company, and which of ours it is: `who.id`, `who.name`. */
export function whoOfCompany({ realmId }: Pick<OwnBooks, 'realmId'>, { place }: Parameters): string {
  const realm = place(realmId);
  return `
    left join lateral (
      select c.id, ${customerNameSql('c')} as name from customers c
       where c.org_id = $1 and c.qbo_customer_id = o.qbo_customer_id and coalesce(c.qbo_realm_id, ${realm}) = ${realm}
       union all
      select c.id, ${customerNameSql('c')} from customer_currency_links x
        join customers c on c.org_id = x.org_id and c.id = x.customer_id
       where x.org_id = $1 and x.realm_id = ${realm} and x.qbo_customer_id = o.qbo_customer_id
       limit 1) as who on true
    left join qbo_customers m on m.org_id = $1 and m.realm_id = ${realm} and m.qbo_id = o.qbo_customer_id`;
}
