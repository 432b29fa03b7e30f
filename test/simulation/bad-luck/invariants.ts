import type { QboRecord } from '../../../sandbox/control-client.ts';
import { unexplainedDifferences } from '../money-oracle.ts';
import type { MoneyPlayer } from '../money-player.ts';
import { sidesOf } from '../money-sides.ts';
import { contractAddsUp, everythingHasItsPlace, nothingIsOverpaid } from './paid-and-billed.ts';
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
    secretsAreEncrypted(world, secrets),
    transitionsAlternate(world),
    everythingHasItsPlace(world),
    nothingIsOverpaid(world),
    contractAddsUp(world, player),
    statesAgree(world, player),
    nothingIsStuck(world),
    inboxIsExplained(world, player),
    moneyAgrees(player), // which most of the others would break, too
  ]);
  return [...refreshesAreAlone(world), ...found.flat()];
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
     union all select 'event of QuickBooks ' || coalesce(reason, '') from qbo_events where state = 'pending'
     union all select 'comparison ' || status from invoice_compares where status in ('queued', 'running')
     union all select 'job ' || name || ' ' || (output->>'message') from pgboss.job
                where state = 'failed' and output->>'message' ~ '(undefined|null|not a function|syntax|violates)'`,
  );
  return rows.map(({ what }) => `I10: ${what} is left`);
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

/** The vendor answers in no time here, so what it counts of the two is none: the network counts. */
function refreshesAreAlone({ network }: SimulatedWorld): string[] {
  const { count } = network.refreshes;
  return count === 0 ? [] : [`I6: ${count} refreshes of tokens beside another`];
}

function twice(all: readonly string[], what: string): string[] {
  const doubled = all.filter((one, place) => all.indexOf(one) !== place);
  return doubled.map((one) => `${what} of ${one}`);
}
