import { HELD_DEPOSIT_ITEM_NAME } from '../billing/deposit-item-name.js';
import { givenUpOnSql, incomeSql } from './given-up-accounts.js';

/**
 * What the mirror knows of the credit behind a row `p` of invoice_payments: a credit memo or journal entry, `d`. A row
 * that names no memo comes of none that its payment has rows for.
 */
export const CREDIT_DOCUMENTS = `
  join lateral (
    select 'CreditMemo' as type, p.credit_memo_id as qbo_id where p.credit_memo_id <> ''
     union all
    select l.to_type, l.to_id from qbo_document_links l
     where p.credit_memo_id = '' and l.org_id = p.org_id and l.realm_id = p.realm_id and l.type = 'Payment'
       and l.qbo_id = p.qbo_payment_id and (l.to_type = 'JournalEntry' or l.to_type = 'CreditMemo' and not exists (
         select from invoice_payments m
          where m.org_id = p.org_id and m.realm_id = p.realm_id and m.qbo_payment_id = p.qbo_payment_id
            and m.credit_memo_id <> '' and m.removed_at is null))) as l on true
  join qbo_documents d on d.org_id = p.org_id and d.realm_id = p.realm_id and d.type = l.type and d.qbo_id = l.qbo_id`;

/** The lines `n` of a document `d` that come to something, each with the account `a` that it is on. */
const ACCOUNTS_OF_LINES = `
  from qbo_document_lines n
  left join qbo_accounts a on a.org_id = n.org_id and a.realm_id = n.realm_id and a.qbo_id = n.account_id
 where n.org_id = d.org_id and n.realm_id = d.realm_id and n.type = d.type and n.qbo_id = d.qbo_id and n.cents <> 0`;

/**
 * Whether a document `d` gives a debt up: a journal entry that debits accounts for that with more than it debits
 * income, or a credit memo all of whose products are on such accounts. Null of a credit memo of which an account is not
 * known.
 */
export const GIVES_UP = `
  case when d.type = 'JournalEntry' then (
         select coalesce(sum(n.cents) filter (where ${givenUpOnSql('a')}), 0)
                  > greatest(coalesce(sum(n.cents) filter (where ${incomeSql('a')}), 0), 0) ${ACCOUNTS_OF_LINES})
       else (select case when count(a.qbo_id) = count(*) then bool_and(${givenUpOnSql('a')}) end
               ${ACCOUNTS_OF_LINES}) end`;

/** What the lines of a document `d` come to: beside them a credit memo is over its tax. */
const NET_CENTS = `
  (select coalesce(sum(n.cents), 0) from qbo_document_lines n
    where n.org_id = d.org_id and n.realm_id = d.realm_id and n.type = d.type and n.qbo_id = d.qbo_id)`;

/** What of them is under the product of deposits that are held, or under one that was it before. */
const DEPOSIT_CENTS = `
  (select coalesce(sum(n.cents), 0) from qbo_document_lines n
    where n.org_id = d.org_id and n.realm_id = d.realm_id and n.type = d.type and n.qbo_id = d.qbo_id
      and exists (select from qbo_items h
                   where h.org_id = n.org_id and h.realm_id = n.realm_id and h.qbo_item_id = n.item_id
                     and (h.name = 'deposits:${HELD_DEPOSIT_ITEM_NAME}'
                       or h.name like 'deposits:${HELD_DEPOSIT_ITEM_NAME}#%')))`;

/** The same where the document is a credit memo. */
export const MEMO_DEPOSIT_CENTS = `case when d.type = 'CreditMemo' then ${DEPOSIT_CENTS} end`;

/**
 * Of credits that the mirror knows, by row of invoice_payments: the day of the credit memo, what it is over, what of
 * that is tax and what of the deposit, and whether a debt was given up. Of a row that names no memo a journal entry
 * says that, where there is one: a memo beside it has no say.
 */
export const CREDIT_FACTS = `
  max(d.txn_on) filter (where d.type = 'CreditMemo') as memo_on,
  sum(d.total_cents) filter (where d.type = 'CreditMemo') as memo_cents,
  sum(d.total_cents - nullif(${NET_CENTS}, 0)) filter (where d.type = 'CreditMemo') as memo_tax_cents,
  sum(${DEPOSIT_CENTS}) filter (where d.type = 'CreditMemo') as memo_deposit_cents,
  coalesce(bool_or(${GIVES_UP}) filter (where d.type = 'JournalEntry'), bool_or(${GIVES_UP})) as written_off`;

/**
 * What settles invoices, in the order in which QuickBooks came to have it: within a day neither when a row of
 * invoice_payments was read, nor what was edited since, or restored, moves a cent from one item to another.
 */
export function bookedOrderSql(row: string): string {
  return `length(${row}.qbo_payment_id), ${row}.qbo_payment_id, ${row}.id`;
}

/** The credit memo of a row `p`, whose facts are in `c`, as a UsedMemo. */
export const USED_MEMO = `
  case when c.memo_cents > 0 and c.memo_tax_cents between 0 and c.memo_cents then json_build_object(
    'totalCents', c.memo_cents, 'taxCents', c.memo_tax_cents,
    'depositCents', greatest(0, c.memo_deposit_cents), 'usedBeforeCents', coalesce((
      select sum(q.amount_cents) from invoice_payments q
       where q.org_id = p.org_id and q.realm_id = p.realm_id and q.proposal_id = p.proposal_id
         and q.credit_memo_id = p.credit_memo_id and p.credit_memo_id <> '' and q.kind = 'credit'
         and q.removed_at is null and (${bookedOrderSql('q')}) < (${bookedOrderSql('p')})), 0)) end`;

/** True where a row `p` of invoice_payments uses a credit memo of a change order. */
export const IS_OWN_MEMO = `(
  p.kind = 'credit' and exists (
    select from credit_memos o
     where o.org_id = p.org_id and o.qbo_realm_id = p.realm_id and o.qbo_credit_memo_id = p.credit_memo_id))`;

/**
 * True where a row `p` gives a debt up, as it was read, or as the mirror has it in `c`: a credit memo can be edited
 * since, and the mirror follows that.
 */
export const IS_WRITE_OFF = `
  (case when p.credit_memo_id <> '' then coalesce(c.written_off, p.is_write_off)
        else p.is_write_off or coalesce(c.written_off, false) end)`;
