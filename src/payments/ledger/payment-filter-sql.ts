import { customerNameSql } from '../../customers/customer-name-sql.js';
import { dayOfOrgSql } from '../../orgs/time-zones/day-of-org-sql.js';
import { containing } from '../../platform/database/statements/parameters.js';
import type { CalendarDay } from '../../platform/time/calendar-day.js';
import type { PaymentState } from './payment-balance.js';

/** By what payments are looked for. Days are those of `timeZone`, both included. */
export interface PaymentFilter {
  proposalId?: number;
  customerId?: number;
  state?: PaymentState;
  currency?: string;
  /** What was paid, whatever went back since. */
  amountCents?: number;
  from?: CalendarDay;
  to?: CalendarDay;
  search?: string;
  timeZone: string;
}

/** The same, with the payments that were found by the text of `search`: null where they are too many to be named. */
export interface SoughtFilter extends PaymentFilter {
  found: readonly number[] | null;
}

/** Whose a payment `p` is: its own customer, or else that of its proposal `l`. */
export const PAYER = `
  join leads l on l.org_id = p.org_id and l.id = p.proposal_id
  left join customers c on c.org_id = p.org_id and c.id = coalesce(p.customer_id, l.customer_id)`;

/** What stands as reference on the receipt of the customer. */
export const REFERENCE = 'coalesce(p.stripe_payment_intent_id, p.stripe_session_id)';

/** What people call the payer `c`. */
export const PAYER_NAME = customerNameSql('c');

/**
 * Payments of which anything went back, or may: a few, by which those of another state than `paid` are found. The state
 * of each is worked out else, until enough of them fit.
 */
function returnedOf(org: string): string {
  return `array(
    select r.payment_id from refunds r where r.org_id = ${org}
     union
    select d.payment_id from disputes d where d.org_id = ${org})`;
}

const STRIPE_IDS = ['stripe_payment_intent_id', 'stripe_session_id', 'stripe_charge_id'];

/** No id of Stripe's has it. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Payments whose payer has an id like this: each of the two ways by its index, as `or` between them has none. */
function ofCustomer(org: string, ids: string): string {
  return `
    select p.id from payments p where p.org_id = ${org} and p.customer_id ${ids}
     union all
    select p.id from leads l join payments p on p.org_id = l.org_id and p.proposal_id = l.id
     where l.org_id = ${org} and l.customer_id ${ids} and p.customer_id is null`;
}

/** What a text that is looked for is compared with. */
interface Sought {
  like: (column: string) => string;
  begins: (column: string) => string;
}

function soughtOf(search: string, place: (value: unknown) => string): Sought {
  const part = place(containing(search));
  const [from, below] = [place(search), place(`${search}${LAST_CHARACTER}`)];
  return {
    like: (column) => `${column} ilike ${part}`,
    begins: (column) => `(${column} ~>=~ ${from} and ${column} ~<~ ${below})`,
  };
}

/**
 * The ids of payments, from before one on, by what a person knows of them: a part of a name, an address or a number,
 * each in its own table, or how Stripe's id begins, as it is spelt: rows of others are kept out before anything but
 * these two operators is asked. Joined to each payment first, all that was ever paid would be gone through. One may
 * come twice. Pure.
 */
export function soughtPayments(
  { search, beforeId }: { search: string; beforeId?: number },
  place: (value: unknown) => string,
  org: string,
): string {
  const { like, begins } = soughtOf(search, place);
  const named = `array(
    select c.id from customers c where c.org_id = ${org} and (${like('c.full_name')} or ${like('c.email')}))`;
  const ofStripe = (id: string): string => `
     union all
    select p.id from payments p where p.org_id = ${org} and ${begins(`p.${id}`)}`;
  const found = `${ofCustomer(org, `= any (${named})`)}
     union all
    select p.id from leads l join payments p on p.org_id = l.org_id and p.proposal_id = l.id
     where l.org_id = ${org} and ${like('l.name')}
     union all
    select p.id from invoices i
      join payments p on p.org_id = i.org_id and p.proposal_id = i.proposal_id and p.invoice_kind = i.kind
                     and p.invoice_sequence = i.sequence
     where i.org_id = ${org} and ${like('i.number')}
     ${STRIPE_IDS.map(ofStripe).join('')}`;
  return beforeId === undefined ? found : `select id from (${found}) f where id < ${place(beforeId)}::bigint`;
}

/** The same asked of each payment, for a text that many have: those of a page are found after a few. */
function isSought(search: string, place: (value: unknown) => string, org: string): string {
  const { like, begins } = soughtOf(search, place);
  const texts = ['c.full_name', 'c.email', 'l.name', 'i.number'].map(like);
  return `exists (
    select from payments p ${PAYER}
      left join invoices i on i.org_id = p.org_id and i.proposal_id = p.proposal_id and i.kind = p.invoice_kind
                          and i.sequence = p.invoice_sequence
     where p.org_id = ${org} and p.id = b.payment_id
       and (${[...texts, ...STRIPE_IDS.map((id) => begins(`p.${id}`))].join(' or ')}))`;
}

/** Looked for once for a statement. */
function oneOf(ids: string): string {
  return `b.payment_id = any (array(${ids}))`;
}

/** The conditions on balances `b`, which are those of the organisation `org`. Pure. */
export function paymentConditions(
  filter: SoughtFilter,
  place: (value: unknown) => string,
  org: string,
): string[] {
  const { proposalId, customerId, state, currency, amountCents, from, to, search, timeZone } = filter;
  const conditions: string[] = [];
  if (proposalId !== undefined) conditions.push(`b.proposal_id = ${place(proposalId)}`);
  if (customerId !== undefined) conditions.push(oneOf(ofCustomer(org, `= ${place(customerId)}`)));
  if (state !== undefined) conditions.push(`b.state = ${place(state)}`);
  if (state !== undefined && state !== 'paid') conditions.push(`b.payment_id = any (${returnedOf(org)})`);
  if (currency !== undefined) conditions.push(`b.currency = ${place(currency)}`);
  if (amountCents !== undefined) conditions.push(`b.amount_cents = ${place(amountCents)}::bigint`);
  if (from !== undefined || to !== undefined) {
    const day = dayOfOrgSql('b.paid_at', place(timeZone));
    if (from !== undefined) conditions.push(`${day} >= ${place(from)}::date`);
    if (to !== undefined) conditions.push(`${day} <= ${place(to)}::date`);
  }
  if (search !== undefined) {
    conditions.push(
      filter.found ? `b.payment_id = any (${place(filter.found)}::bigint[])` : isSought(search, place, org),
    );
  }
  return conditions;
}
