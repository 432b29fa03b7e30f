import type { QboRecord } from '../../../sandbox/control-client.ts';
import { unexplainedDifferences } from '../money-oracle.ts';
import type { MoneyPlayer } from '../money-player.ts';
import { sidesOf } from '../money-sides.ts';
import type { SimulatedWorld } from './simulated-world.ts';

interface StoredInvoice {
  id: string;
  state: string;
  balance: number;
  total: number;
  shown: string | null;
  shown_balance: number;
}

const textOf = (field: unknown): string => (typeof field === 'string' ? field : '');

const live = ({ status, TotalAmt }: QboRecord): boolean => status !== 'Deleted' && Number(TotalAmt) > 0;
const isOurs = ({ PrivateNote }: QboRecord): boolean => /\bcrm:|Stripe pi_/.test(textOf(PrivateNote));

/** What holds at every moment, whatever is under way. Reads the books themselves, so that it costs no step. */
export function violationsNow(world: SimulatedWorld, realmId: string): string[] {
  const company = world.sandbox.world.companies.get(realmId);
  if (!company) return [];
  const there = (entity: 'Invoice' | 'Payment' | 'RefundReceipt'): QboRecord[] =>
    [...company.store.rows(entity)]
      .filter(({ deletedAt }) => deletedAt === null)
      .map(({ body }) => body as unknown as QboRecord)
      .filter((record) => live(record) && isOurs(record));
  return [
    ...twice(
      there('Invoice').map(({ DocNumber }) => /^CRM-\d+/.exec(textOf(DocNumber))?.[0] ?? ''),
      'I1: two live invoices',
    ),
    ...twice(
      there('Payment').map(({ PrivateNote }) => textOf(PrivateNote)),
      'I12: two payments',
    ),
    ...twice(
      there('RefundReceipt').map(({ PrivateNote }) => textOf(PrivateNote)),
      'I12: two receipts',
    ),
  ];
}

/** What holds once nothing is under way any more. */
export async function violationsAtRest(
  world: SimulatedWorld,
  player: MoneyPlayer,
  secrets: readonly string[],
): Promise<string[]> {
  const found = await Promise.all([
    moneyAgrees(player),
    statesAgree(world, player),
    transitionsAlternate(world),
    nothingIsStuck(world),
    everythingHasItsPlace(world),
    nothingIsOverpaid(world),
    contractAddsUp(player),
    secretsAreEncrypted(world, secrets),
    inboxIsExplained(world, player),
    refreshesAreAlone(world),
  ]);
  return found.flat();
}

async function moneyAgrees(player: MoneyPlayer): Promise<string[]> {
  return unexplainedDifferences(await sidesOf(player)).map(
    ({ what, expected, found }) => `I12: ${what}: ${expected} and ${found}`,
  );
}

/** Each linked invoice is as the books have it, and the proposal shows the newest live one. */
async function statesAgree(world: SimulatedWorld, { contractor }: MoneyPlayer): Promise<string[]> {
  const records = await world.control.records(contractor.realmId, 'Invoice');
  const rows = await world.database.query<StoredInvoice>(
    `select i.qbo_invoice_id as id, i.state, i.balance_cents::float8 as balance, i.total_cents::float8 as total,
            l.qbo_invoice_id as shown, l.qbo_balance_cents::float8 as shown_balance
       from invoices i join leads l on l.org_id = i.org_id and l.id = i.proposal_id
      where i.qbo_invoice_id is not null order by i.id`,
  );
  return rows.flatMap((row) => {
    const record = records.find(({ Id }) => Id === row.id);
    const isDeleted = record === undefined || record.status === 'Deleted';
    if (isDeleted !== (row.state === 'deleted'))
      return [`I3: invoice is ${row.state}, deleted: ${isDeleted}`];
    if (isDeleted) return [];
    const balance = Math.round(Number(record.Balance) * 100);
    const total = Math.round(Number(record.TotalAmt) * 100);
    const isShown = row.shown !== row.id || row.shown_balance === row.balance;
    return balance === row.balance && total === row.total && isShown
      ? []
      : [
          `I3: invoice ${row.total}/${row.balance} shown ${row.shown_balance}, in the books ${total}/${balance}`,
        ];
  });
}

/** Paid, reopened, paid again: never twice the same. */
async function transitionsAlternate(world: SimulatedWorld): Promise<string[]> {
  const rows = await world.database.query<{ events: string[]; states: string[] }>(
    `select array_agg(event order by id) as events from portal_activity
      where event in ('invoice_paid', 'invoice_reopened') group by meta->>'qbo_invoice_id'`,
  );
  return rows.flatMap(({ events }) =>
    events.every((event, place) => event === (place % 2 === 0 ? 'invoice_paid' : 'invoice_reopened'))
      ? []
      : [`I2: ${events.join(', ')}`],
  );
}

async function nothingIsStuck(world: SimulatedWorld): Promise<string[]> {
  const rows = await world.database.query<{ what: string }>(
    `select 'operation ' || kind || ' ' || state as what from sync_operations
      where state in ('ready', 'sent', 'uncertain')
     union all select 'event ' || coalesce(error, '') from stripe_events where state = 'pending'
     union all select 'job ' || name || ' ' || (output->>'message') from pgboss.job
                where state = 'failed' and output->>'message' ~ '(undefined|null|not a function|syntax|violates)'`,
  );
  return rows.map(({ what }) => `I10: ${what} is left`);
}

/** An approved and paid proposal is in the books, or before a person. */
async function everythingHasItsPlace(world: SimulatedWorld): Promise<string[]> {
  const rows = await world.database.query<{ id: number }>(
    `select l.id from leads l
      where l.status = 'approved' and exists (select from payments p where p.org_id = l.org_id and p.proposal_id = l.id)
        and not exists (select from invoices i where i.org_id = l.org_id and i.proposal_id = l.id
                         and i.qbo_invoice_id is not null)
        and not exists (select from inbox_items b where b.org_id = l.org_id and b.state = 'open'
                         and coalesce(b.proposal_id, l.id) = l.id)`,
  );
  return rows.map(() => 'I7: a paid proposal is in no place');
}

/** Money that was not owed is before a person. */
async function nothingIsOverpaid(world: SimulatedWorld): Promise<string[]> {
  const rows = await world.database.query<{ paid: number; owed: number }>(
    `select sum(p.amount_cents)::float8 as paid, c.deposit_cents::float8 as owed
       from payments p join contracts c on c.org_id = p.org_id and c.proposal_id = p.proposal_id
      where not exists (select from refunds r where r.org_id = p.org_id and r.payment_id = p.id)
        and not exists (select from disputes d where d.org_id = p.org_id and d.payment_id = p.id)
        and not exists (select from inbox_items b where b.org_id = p.org_id and b.code = 'payment_not_owed')
      group by c.id, c.deposit_cents having sum(p.amount_cents) > c.deposit_cents`,
  );
  return rows.map(({ paid, owed }) => `I11: ${paid} were paid where ${owed} were owed`);
}

async function contractAddsUp({ contractor, proposalId }: MoneyPlayer): Promise<string[]> {
  const { status, body } = await contractor.admin.get<Record<string, number>>(
    `/proposals/${proposalId}/contract`,
  );
  if (status !== 200) return [`I9: the contract answers ${status}`];
  const { billed_cents: billed = 0, remaining_cents: remaining = 0, value_cents: value } = body;
  return billed + remaining === value ? [] : [`I9: ${billed} billed and ${remaining} remaining of ${value}`];
}

/** No secret stands in a table. */
async function secretsAreEncrypted(world: SimulatedWorld, secrets: readonly string[]): Promise<string[]> {
  const tables = ['qbo_tokens', 'sync_operations', 'inbox_items', 'stripe_events', 'pgboss.job', 'audit_log'];
  const found = await Promise.all(
    tables.map(async (table) => {
      const rows = await world.database.query(
        `select from ${table} t where exists (select from unnest($1::text[]) s where t::text like '%' || s || '%')`,
        [secrets],
      );
      return rows.length > 0 ? [`I5: a secret stands in ${table}`] : [];
    }),
  );
  return found.flat();
}

/** A proposal of which an item waits for a person is not said to be in order. */
async function inboxIsExplained(
  world: SimulatedWorld,
  { contractor, proposalId }: MoneyPlayer,
): Promise<string[]> {
  const { status, body } = await contractor.admin.get(`/proposals/${proposalId}/why`);
  if (status !== 200) return [`I13: why answers ${status}`];
  const items = await world.database.query(
    `select from inbox_items where state = 'open' and proposal_id = $1 and code not in ('dispute_open')`,
    [proposalId],
  );
  const isCalm = /nothing to do/i.test(String(body.next_step));
  return items.length > 0 && isCalm
    ? [`I13: ${items.length} items are open, and the answer is: ${body.answer}`]
    : [];
}

async function refreshesAreAlone({ sandbox }: SimulatedWorld): Promise<string[]> {
  const answer = await sandbox.inject({ method: 'GET', url: '/sandbox/oauth/calls' });
  const { concurrent_refreshes: together } = JSON.parse(answer.body) as { concurrent_refreshes: number };
  return together === 0 ? [] : [`I6: ${together} refreshes of tokens at the same time`];
}

function twice(all: readonly string[], what: string): string[] {
  const doubled = all.filter((one, place) => all.indexOf(one) !== place);
  return doubled.map((one) => `${what} of ${one}`);
}
