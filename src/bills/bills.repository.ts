import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Bill, type BillAllocation, type BillLine, type BillType, unallocatedCents } from './bill.js';

export interface BillFilter {
  type?: BillType;
  qboId?: string;
  vendor?: string;
  proposalId?: number;
}

type Head = Omit<Bill, 'lines'>;
type LineRow = Omit<BillLine, 'allocations'> & {
  type: BillType;
  qboId: string;
  /** The one live contract of the line's customer. */
  proposalId: number | null;
};
type AllocationRow = BillAllocation & { type: BillType; qboId: string; line: number };

/** Costs from the mirror of the company's documents, with what bears them. */
@Injectable()
export class BillsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those that fit, newest first; their number is what a contractor has of them, so they are read together. */
  async list(
    orgId: number,
    realmId: string,
    homeCurrency: string,
    filter: BillFilter,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Bill[]> {
    const heads = await tx.query<Head[]>(
      `select d.type, d.qbo_id as "qboId", d.party_name as "vendorName", d.number,
              to_char(d.txn_on, 'YYYY-MM-DD') as "txnOn", to_char(d.due_on, 'YYYY-MM-DD') as "dueOn",
              coalesce(d.currency, $3) as currency, d.total_cents::float8 as "totalCents",
              coalesce(d.balance_cents, 0)::float8 as "balanceCents", d.refund, d.state = 'deleted' as deleted
         from qbo_documents d
        where d.org_id = $1 and d.realm_id = $2 and d.type in ('Bill', 'VendorCredit', 'Purchase')
          and ($4::text is null or d.type = $4) and ($5::text is null or d.qbo_id = $5)
          and ($6::text is null or d.party_name ilike $6)
        order by d.txn_on desc, d.type, d.qbo_id`,
      [orgId, realmId, homeCurrency, filter.type, filter.qboId, like(filter.vendor)],
    );
    const lines = await this.lines(tx, orgId, realmId, filter);
    const allocations = await this.allocations(tx, orgId, realmId, filter);
    const bills = heads.map((head) => withLines(head, lines, allocations));
    const { proposalId } = filter;
    return proposalId === undefined ? bills : bills.filter((bill) => concerns(bill, proposalId));
  }

  /** Holds a document against others who allocate it; false where there is none. */
  async lock(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: Pick<Bill, 'type' | 'qboId'>,
  ): Promise<void> {
    await tx.query(
      `select from qbo_documents where org_id = $1 and realm_id = $2 and type = $3 and qbo_id = $4 for no key update`,
      [orgId, realmId, type, qboId],
    );
  }

  async decide(
    tx: EntityManager,
    where: {
      orgId: number;
      realmId: string;
      type: BillType;
      qboId: string;
      line: number;
      proposalId: number;
    },
    decision: { cents: number; state: 'accepted' | 'rejected'; by: number; at: Date },
  ): Promise<void> {
    await tx.query(
      `insert into cost_allocations
              (org_id, realm_id, type, qbo_id, line, proposal_id, cents, state, decided_by, decided_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict on constraint cost_allocations_line_key do update
          set cents = excluded.cents, state = excluded.state, decided_by = excluded.decided_by,
              decided_at = excluded.decided_at`,
      [
        where.orgId,
        where.realmId,
        where.type,
        where.qboId,
        where.line,
        where.proposalId,
        decision.cents,
        decision.state,
        decision.by,
        decision.at,
      ],
    );
  }

  private async lines(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: BillFilter,
  ): Promise<Map<string, LineRow[]>> {
    const rows = await tx.query<LineRow[]>(
      `select l.type, l.qbo_id as "qboId", l.line, l.description, c.id as "customerId",
              (case when d.type = 'VendorCredit' or d.refund then -l.cents else l.cents end)::float8 as cents,
              case when jobs.count = 1 then jobs.proposal_id end as "proposalId"
         from qbo_document_lines l
         join qbo_documents d using (org_id, realm_id, type, qbo_id)
         left join customers c on c.org_id = l.org_id and coalesce(c.qbo_realm_id, l.realm_id) = l.realm_id
                              and l.party_kind = 'customer' and c.qbo_customer_id = l.party_id
         left join lateral (
           select count(*) as count, min(k.proposal_id) as proposal_id from contracts k
             join leads p on p.org_id = k.org_id and p.id = k.proposal_id and p.status <> 'cancelled'
            where k.org_id = l.org_id and k.customer_id = c.id) as jobs on c.id is not null
        where l.org_id = $1 and l.realm_id = $2 and l.type in ('Bill', 'VendorCredit', 'Purchase')
          and ($3::text is null or l.type = $3) and ($4::text is null or l.qbo_id = $4)
        order by l.type, l.qbo_id, l.line`,
      [orgId, realmId, type, qboId],
    );
    return byDocument(rows);
  }

  private async allocations(
    tx: EntityManager,
    orgId: number,
    realmId: string,
    { type, qboId }: BillFilter,
  ): Promise<Map<string, AllocationRow[]>> {
    const rows = await tx.query<AllocationRow[]>(
      `select id, type, qbo_id as "qboId", line, proposal_id as "proposalId", cents::float8 as cents, state,
              'manual' as basis
         from cost_allocations
        where org_id = $1 and realm_id = $2 and ($3::text is null or type = $3) and ($4::text is null or qbo_id = $4)
        order by id`,
      [orgId, realmId, type, qboId],
    );
    return byDocument(rows);
  }
}

function withLines(
  head: Head,
  lines: Map<string, LineRow[]>,
  allocations: Map<string, AllocationRow[]>,
): Bill {
  const key = `${head.type}:${head.qboId}`;
  const decided = allocations.get(key) ?? [];
  const own = (lines.get(key) ?? []).map(
    ({ line, description, cents, customerId, proposalId }): BillLine => ({
      line,
      description,
      cents,
      customerId,
      allocations: allocationsOf(
        decided.filter((one) => one.line === line),
        proposalId,
        cents,
      ),
    }),
  );
  return { ...head, lines: own };
}

/** What a person decided of a line; the rest is borne by the one live contract of the customer on it. */
function allocationsOf(
  decided: readonly AllocationRow[],
  proposalId: number | null,
  cents: number,
): BillAllocation[] {
  const stored = decided.map(({ id, proposalId: of, cents: part, basis, state }): BillAllocation => ({
    id,
    proposalId: of,
    cents: part,
    basis,
    state,
  }));
  const rest = unallocatedCents({ cents, allocations: stored });
  const isDecided = stored.some((one) => one.proposalId === proposalId);
  if (proposalId === null || isDecided || rest === 0) return stored;
  return [...stored, { id: null, proposalId, cents: rest, basis: 'customer_ref', state: 'accepted' }];
}

function concerns({ lines }: Bill, proposalId: number): boolean {
  return lines.some(({ allocations }) =>
    allocations.some((one) => one.proposalId === proposalId && one.state !== 'rejected'),
  );
}

function byDocument<Row extends { type: BillType; qboId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ({ type, qboId }) => `${type}:${qboId}`);
}

function like(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
