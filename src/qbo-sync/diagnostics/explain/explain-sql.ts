import { MAIL_CODES } from '../../../messages/inbox-messages.js';
import { openOperationSql } from '../../operations/operation-state.js';

// Parts of the statements about a proposal and about a customer. Parameter 1: the organisation; 2: the one it is about.

/** How the company of the organisation is connected. Parameter 3: the environment of QuickBooks that calls go to. */
export const CONNECTION = `
  case when t.org_id is null then 'never'
       when t.state = 'connected' and t.env <> $3 then 'elsewhere'
       else t.state end as connection_state,
  case when t.state = 'disconnected' then t.disconnected_at
       when t.state = 'needs_reauth' then t.updated_at
       else t.connected_at end as connection_since`;

/** The newest operation of those that are like this, under a name. */
export const newestOperation = (name: string, where: string): string => `
  left join lateral (
    select state, attempts, error_kind, error_detail, coalesce(first_sent_at, created_at) as since, next_attempt_at
      from sync_operations o
     where o.org_id = $1 and ${where}
     order by o.generation desc, o.id desc limit 1) ${name} on true`;

/** What of it is answered. */
export const operationColumns = (name: string): string => `
  ${name}.state as ${name}_state, ${name}.attempts as ${name}_attempts, ${name}.error_detail as ${name}_reason,
  ${name}.since as ${name}_since, ${name}.next_attempt_at as ${name}_next, ${name}.error_kind as ${name}_error`;

/** The operations that are neither done nor given up, of those that are like this. */
export const unfinishedOperations = (where: string): string => `
  left join lateral (
    select jsonb_agg(jsonb_build_object('kind', o.kind, 'state', o.state, 'attempts', o.attempts,
             'reason', o.error_detail, 'since', coalesce(o.first_sent_at, o.created_at),
             'nextAttemptAt', o.next_attempt_at) order by o.id) as operations
      from sync_operations o
     where o.org_id = $1 and (${where})
       and ${openOperationSql('o')}) unfinished on true`;

const MAIL = MAIL_CODES.map((code) => `'${code}'`).join(', ');

/** What is open in the inbox, of what is like this; not about mails. */
export const openItems = (where: string, first = 'false'): string => `
  left join lateral (
    select jsonb_agg(jsonb_build_object('code', i.code, 'reason', i.reason, 'nextStep', i.next_step)
             order by ${first} desc, i.id desc) as open
      from inbox_items i
     where i.org_id = $1 and (${where}) and i.state = 'open' and i.code not in (${MAIL}))
    items on true`;

/** Whether a person keeps the customer out of the connected company. */
export const isExcluded = (customerId: string): string => `
  exists (select from customer_match_decisions d
           where d.org_id = $1 and d.customer_id = ${customerId} and d.realm_id = t.realm_id
             and d.decision = 'exclude')`;
