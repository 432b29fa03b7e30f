import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/prepared.js';
import { notFound } from '../platform/errors/domain-error.js';
import { sumCents } from '../platform/money/cents.js';
import type { FrozenSettings } from './agreed-terms.js';
import type { InvoiceCoding } from './invoice-coding.js';
import { Contract } from './contract.entity.js';
import { CreditMemosRepository } from './credit-memos.repository.js';
import { IS_GIVEN_BACK } from './credit-payouts-sql.js';
import { ContractEntry } from './contract-entry.entity.js';
import { ContractLine } from './contract-line.entity.js';
import type { BilledShare, ContractRecord, CreditedShare } from './contract-record.js';
import type { ScheduledEntry } from './entry-plan.js';
import { InvoiceCreditsRepository } from './invoice-credits.repository.js';
import { type ReceiptedRefund, receiptedRefunds, type RefundReceipt } from './refund-receipts.js';
import { REFUND_RECEIPTS, REFUNDS_LEFT_OUT } from './refund-receipts-sql.js';
import { type InvoiceCredits, NO_CREDITS } from './settlements.js';
import {
  type ContractCredit,
  type ContractInvoice,
  creditCounts,
  type DepositRefunds,
  loweredByCents,
  NO_DEPOSIT_REFUNDS,
} from './standing.js';

/** What is written down once, with the approval. */
export type NewContract = Pick<
  Contract,
  | 'orgId'
  | 'proposalId'
  | 'customerId'
  | 'currency'
  | 'valueCents'
  | 'depositPercent'
  | 'depositCents'
  | 'approvedBy'
  | 'approvedAt'
> &
  FrozenSettings;

/** Money as PostgreSQL answers it: bigint as text. */
type CreditCents = 'amountCents' | 'totalCents' | 'taxCents';
type InvoiceCents = CreditCents | 'retainedCents' | 'releasedCents';
type CreditRow = Omit<ContractCredit, CreditCents> & Record<CreditCents, string | null>;
type InvoiceRow = Omit<ContractInvoice, InvoiceCents | keyof InvoiceCredits> &
  Record<InvoiceCents, string | null>;

/** The contracts of proposals, with their lines and schedules, and what was billed of them. */
@Injectable()
export class ContractsRepository {
  constructor(
    private readonly credits: InvoiceCreditsRepository,
    private readonly memos: CreditMemosRepository,
  ) {}

  async insert(
    tx: EntityManager,
    contract: NewContract,
    lines: readonly { description: string; amountCents: number }[],
    entries: readonly ScheduledEntry[],
  ): Promise<void> {
    const { orgId, approvedAt: at } = contract;
    const { identifiers } = await tx.insert(Contract, { ...contract, createdAt: at, updatedAt: at });
    const contractId = identifiers[0]!.id as number;
    await tx.insert(
      ContractLine,
      lines.map(({ description, amountCents }, index) => ({
        orgId,
        contractId,
        position: index + 1,
        description,
        amountCents,
      })),
    );
    await tx.insert(
      ContractEntry,
      entries.map((entry) => ({ ...entry, orgId, contractId })),
    );
  }

  /** The contract of a proposal; null before its approval. */
  async find(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract | null> {
    return tx.findOneBy(Contract, { orgId, proposalId });
  }

  /**
   * The contract, locked against others until the transaction ends. Its proposal is locked before it, as everywhere,
   * so that two cannot wait for each other. Throws not found before the approval.
   */
  async getForUpdate(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract> {
    await tx.query(prepared('select from leads where org_id = $1 and id = $2 for no key update'), [
      orgId,
      proposalId,
    ]);
    const contract = await tx.findOne(Contract, {
      where: { orgId, proposalId },
      lock: { mode: 'for_no_key_update' },
    });
    if (!contract) throw notFound('contract', proposalId);
    return contract;
  }

  async update(
    tx: EntityManager,
    { orgId, id }: Contract,
    facts: Partial<Pick<Contract, 'completedOn' | 'cancelledAt' | 'valueCents' | 'version'>>,
    at: Date,
  ): Promise<void> {
    await tx.update(Contract, { orgId, id }, { ...facts, updatedAt: at });
  }

  /** By which records of which company it is invoiced from now on. */
  async keepCoding(
    tx: EntityManager,
    { orgId, id }: Contract,
    ids: InvoiceCoding,
    booksRealmId: string,
  ): Promise<void> {
    await tx.update(Contract, { orgId, id }, { ...ids, booksRealmId });
  }

  /** Puts this schedule in place of the one there was. */
  async replaceEntries(
    tx: EntityManager,
    { orgId, id: contractId }: Contract,
    entries: readonly ScheduledEntry[],
  ): Promise<void> {
    await tx.delete(ContractEntry, { orgId, contractId });
    await tx.insert(
      ContractEntry,
      entries.map((entry) => ({ ...entry, orgId, contractId })),
    );
  }

  /** The contract with everything that hangs on it. */
  async recordOf(tx: EntityManager, contract: Contract): Promise<ContractRecord> {
    const { orgId, id: contractId, proposalId } = contract;
    const lines = await tx.find(ContractLine, {
      where: { orgId, contractId },
      order: { position: 'ASC' },
    });
    const entries = await tx.find(ContractEntry, { where: { orgId, contractId }, order: { number: 'ASC' } });
    const credits = await this.creditsOf(tx, orgId, proposalId);
    const isLowered = credits.some((one) => creditCounts(one) && loweredByCents(one) > 0);
    return {
      contract,
      lines,
      entries,
      invoices: await this.invoicesOf(tx, orgId, proposalId),
      billedShares: await this.billedShares(tx, orgId, proposalId),
      credits,
      creditedShares: await this.creditedShares(tx, orgId, proposalId),
      depositRefunds: await this.depositRefunds(tx, contract),
      refundedCents: isLowered ? await this.memos.refundedCents(tx, orgId, proposalId) : 0,
    };
  }

  private async invoicesOf(tx: EntityManager, orgId: number, proposalId: number): Promise<ContractInvoice[]> {
    const rows = await tx.query<InvoiceRow[]>(
      prepared(`select i.id, i.kind, i.sequence, i.generation, i.state, i.amount_cents as "amountCents",
              i.total_cents as "totalCents", i.tax_cents as "taxCents", i.retained_cents as "retainedCents",
              i.released_cents as "releasedCents",
              i.qbo_invoice_id is null and coalesce(
                (select o.state = 'refused' from sync_operations o
                  where o.org_id = i.org_id and o.kind = 'invoice.create' and o.entity_id = i.id
                  order by o.generation desc limit 1), false) as "isRefused"
         from invoices i where i.org_id = $1 and i.proposal_id = $2 order by i.id`),
      [orgId, proposalId],
    );
    const credits = await this.credits.listOf(tx, orgId, proposalId);
    return rows.map((row) => contractInvoice(row, credits.get(row.id) ?? NO_CREDITS));
  }

  private async billedShares(tx: EntityManager, orgId: number, proposalId: number): Promise<BilledShare[]> {
    const rows = await tx.query<{ invoiceId: number; contractLineId: number; amountCents: string }[]>(
      prepared(`select l.invoice_id as "invoiceId", l.contract_line_id as "contractLineId",
              l.amount_cents as "amountCents"
         from invoice_lines l join invoices i on i.org_id = l.org_id and i.id = l.invoice_id
        where l.org_id = $1 and i.proposal_id = $2 and l.kind = 'work' order by l.id`),
      [orgId, proposalId],
    );
    return rows.map((row) => ({ ...row, amountCents: Number(row.amountCents) }));
  }

  private async creditsOf(tx: EntityManager, orgId: number, proposalId: number): Promise<ContractCredit[]> {
    const rows = await tx.query<CreditRow[]>(
      prepared(`select m.id, m.state, m.amount_cents as "amountCents", m.total_cents as "totalCents",
              m.tax_cents as "taxCents",
              m.state is null and coalesce(
                (select o.state = 'refused' from sync_operations o
                  where o.org_id = m.org_id and o.kind = 'credit.create' and o.entity_id = m.id
                  order by o.generation desc limit 1), false) and not ${IS_GIVEN_BACK} as "isRefused"
         from credit_memos m where m.org_id = $1 and m.proposal_id = $2 order by m.id`),
      [orgId, proposalId],
    );
    return rows.map((row) => ({
      ...row,
      amountCents: Number(row.amountCents),
      totalCents: numberOrNull(row.totalCents),
      taxCents: numberOrNull(row.taxCents),
    }));
  }

  private async creditedShares(
    tx: EntityManager,
    orgId: number,
    proposalId: number,
  ): Promise<CreditedShare[]> {
    const rows = await tx.query<{ creditMemoId: number; contractLineId: number; amountCents: string }[]>(
      prepared(`select l.credit_memo_id as "creditMemoId", l.contract_line_id as "contractLineId",
              l.amount_cents as "amountCents"
         from credit_memo_lines l join credit_memos m on m.org_id = l.org_id and m.id = l.credit_memo_id
        where l.org_id = $1 and m.proposal_id = $2 order by l.id`),
      [orgId, proposalId],
    );
    return rows.map((row) => ({ ...row, amountCents: Number(row.amountCents) }));
  }

  /**
   * What was refunded of what was paid as deposit, in the contract's currency, where that is held; without what its
   * receipts in QuickBooks took off income, since it was released by then, and without what is left out of the books.
   */
  private async depositRefunds(
    tx: EntityManager,
    { orgId, proposalId, currency, depositMode }: Contract,
  ): Promise<DepositRefunds> {
    if (depositMode === 'income') return NO_DEPOSIT_REFUNDS;
    const refunds = await tx.query<ReceiptedRefund[]>(
      prepared(`select r.id::float8 as id, r.payment_id::float8 as "paymentId", r.amount_cents::float8 as cents,
              r.state in ('failed', 'cancelled') as "hasFailed"
         from refunds r join payments p on p.org_id = r.org_id and p.id = r.payment_id
        where r.org_id = $1 and r.proposal_id = $2 and r.currency = $3 and p.invoice_kind = 'deposit'
          and r.state <> 'requested'`),
      [orgId, proposalId, currency],
    );
    if (refunds.length === 0) return NO_DEPOSIT_REFUNDS;
    const receipts = await tx.query<RefundReceipt[]>(
      `select q.payment_id::float8 as "paymentId", q.cents::float8 as cents, q.tax_cents::float8 as "taxCents",
              q.of_released as "ofReleased"
         from (${REFUND_RECEIPTS}) q where q.proposal_id = $2 order by q.id`,
      [orgId, proposalId],
    );
    const receipted = receiptedRefunds(refunds, receipts);
    const made = refunds.filter(({ hasFailed }) => !hasFailed);
    const owed = made.map(({ id, cents }) => cents - (receipted.get(id)?.releasedCents ?? 0));
    const takenOff = made.map(({ id }) => receipted.get(id)?.heldCents ?? 0);
    const [left] = await tx.query<{ cents: number }[]>(
      `select coalesce(sum(o.cents), 0)::float8 as cents
         from (${REFUNDS_LEFT_OUT}) o join payments p on p.org_id = o.org_id and p.id = o.payment_id
        where p.org_id = $1 and o.proposal_id = $2 and p.currency = $3 and p.invoice_kind = 'deposit'`,
      [orgId, proposalId, currency],
    );
    return {
      refundedCents: Math.max(0, sumCents(owed) - left!.cents),
      takenOffCents: sumCents(takenOff),
    };
  }
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function contractInvoice(row: InvoiceRow, credits: InvoiceCredits): ContractInvoice {
  return {
    ...row,
    amountCents: numberOrNull(row.amountCents),
    totalCents: numberOrNull(row.totalCents),
    taxCents: numberOrNull(row.taxCents),
    ...credits,
    retainedCents: Number(row.retainedCents),
    releasedCents: Number(row.releasedCents),
  };
}
