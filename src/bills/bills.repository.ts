import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Bill, type BillLine, type BillType, unallocatedCents } from './bill.js';
import { type BillFilter, type BillHead, BillLinesRepository } from './bill-lines.repository.js';

/** Costs from the mirror of the company's documents, with what bears them. */
@Injectable()
export class BillsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly lines: BillLinesRepository,
  ) {}

  /** Those that fit, newest first; their number is what a contractor has of them, so they are read together. */
  async list(
    orgId: number,
    realmId: string,
    { homeCurrency, timeZone }: { homeCurrency: string; timeZone: string },
    filter: BillFilter,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Bill[]> {
    const heads = await tx.query<BillHead[]>(
      `select d.type, d.qbo_id as "qboId", d.party_id as "vendorId", d.party_name as "vendorName", d.number, d.memo,
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
    const withLines = await this.lines.load(tx, { orgId, realmId, timeZone }, filter);
    const bills = heads.map(withLines);
    return bills.filter((bill) => fits(bill, filter));
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
}

/** What cannot be asked of the database, because it follows from the evidence. */
function fits({ lines, deleted }: Bill, { proposalId, allocation }: BillFilter): boolean {
  const isProposed = (line: BillLine): boolean => line.allocations.some(({ state }) => state === 'proposed');
  if (allocation !== undefined && deleted) return false;
  if (allocation === 'proposed' && !lines.some(isProposed)) return false;
  if (allocation === 'missing' && !lines.some((line) => unallocatedCents(line) !== 0)) return false;
  if (proposalId === undefined) return true;
  return lines.some(({ allocations }) =>
    allocations.some((one) => one.proposalId === proposalId && one.state !== 'rejected'),
  );
}

function like(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
