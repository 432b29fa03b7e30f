import type { QboRecord } from '../../../sandbox/control-client.ts';
import type { MoneyPlayer } from '../money-player.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const sumOf = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

/** An approved and paid proposal is in the books, or before a person. */
export async function everythingHasItsPlace(world: SimulatedWorld): Promise<string[]> {
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
export async function nothingIsOverpaid(world: SimulatedWorld): Promise<string[]> {
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

/** The contract's value is what was sold, and billed of it is what its live invoices in the books are over. */
export async function contractAddsUp(
  world: SimulatedWorld,
  { contractor, proposalId, story }: MoneyPlayer,
): Promise<string[]> {
  const { status, body } = await contractor.admin.get<Record<string, number>>(
    `/proposals/${proposalId}/contract`,
  );
  if (status !== 200) return [`I9: the contract answers ${status}`];
  const { billed_cents: billed = 0, remaining_cents: remaining = 0, value_cents: value } = body;
  const invoiced = await invoicedCents(world, contractor.realmId);
  return billed === invoiced && billed + remaining === value && value === story.amountCents
    ? []
    : [`I9: ${billed} billed and ${remaining} remaining of ${value}, ${invoiced} in the books`];
}

/** What live invoices are over before tax; of one that is yet to be made, and was not refused, what it asks for. */
async function invoicedCents(world: SimulatedWorld, realmId: string): Promise<number> {
  const records = await world.control.records(realmId, 'Invoice');
  const rows = await world.database.query<{ id: string | null; asked: number; refused: boolean }>(
    `select i.qbo_invoice_id as id, coalesce(i.amount_cents, 0)::float8 as asked,
            coalesce((select o.state = 'refused' from sync_operations o
                       where o.org_id = i.org_id and o.kind = 'invoice.create' and o.entity_id = i.id
                       order by o.generation desc limit 1), false) as refused
       from invoices i`,
  );
  return sumOf(
    rows.map(({ id, asked, refused }) => {
      if (id === null) return refused ? 0 : asked;
      const record = records.find(({ Id }) => Id === id);
      return record && record.status !== 'Deleted' ? beforeTaxCents(record) : 0;
    }),
  );
}

function beforeTaxCents({ TotalAmt, TxnTaxDetail }: QboRecord): number {
  const { TotalTax = 0 } = (TxnTaxDetail ?? {}) as { TotalTax?: number };
  return Math.round((Number(TotalAmt) - TotalTax) * 100);
}
