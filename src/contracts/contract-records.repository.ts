import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import { sumCents } from '../platform/money/cents.js';
import type { Contract } from './contract.entity.js';
import type { ContractRecord } from './contract-record.js';
import { CreditMemosRepository } from './credits/credit-memos.repository.js';
import { IS_GIVEN_BACK } from './credits/credit-payouts-sql.js';
import { InvoiceCreditsRepository } from './credits/invoice-credits.repository.js';
import { type ReceiptedRefund, receiptedRefunds, type RefundReceipt } from './settlement/refund-receipts.js';
import { REFUND_RECEIPTS, REFUNDS_LEFT_OUT } from './settlement/refund-receipts-sql.js';
import { type InvoiceCredits, NO_CREDITS } from './settlement/settlements.js';
import {
  type ContractInvoice,
  creditCounts,
  type DepositRefunds,
  loweredByCents,
  NO_DEPOSIT_REFUNDS,
} from './billing/contract-standing.js';

/** What one statement answers: the invoices are still without what settles them. */
type Row = Pick<ContractRecord, 'lines' | 'entries' | 'billedShares' | 'credits' | 'creditedShares'> & {
  invoices: Omit<ContractInvoice, keyof InvoiceCredits>[];
  timeZone: string | null;
};

/** The rows of a select as a list, in the order of one of its columns that is not answered. */
function listOf(order: string, facts: Record<string, string>, from: string): string {
  const pairs = Object.entries(facts).map(([name, column]) => `'${name}', ${column}`);
  return `(select coalesce(json_agg(json_build_object(${pairs.join(', ')}) order by ${order}), '[]') ${from})`;
}

/** True where QuickBooks refused the newest try to make a row, and does not have it. */
function isRefused(row: 'i' | 'm', kind: 'invoice.create' | 'credit.create'): string {
  return `coalesce(
    (select o.state = 'refused' from sync_operations o
      where o.org_id = ${row}.org_id and o.kind = '${kind}' and o.entity_id = ${row}.id
      order by o.generation desc limit 1), false)`;
}

const LINES = listOf(
  'l.position',
  { id: 'l.id', description: 'l.description', amountCents: 'l.amount_cents' },
  'from contract_lines l where l.org_id = $1 and l.contract_id = $3',
);

const ENTRIES = listOf(
  'e.number',
  {
    number: 'e.number',
    kind: 'e.kind',
    sequence: 'e.sequence',
    percent: 'e.percent',
    amountCents: 'e.amount_cents',
    milestone: 'e.milestone',
    triggerOn: 'e.trigger_on',
    changeOrderId: 'e.change_order_id',
  },
  'from contract_entries e where e.org_id = $1 and e.contract_id = $3',
);

const INVOICES = listOf(
  'i.id',
  {
    id: 'i.id',
    kind: 'i.kind',
    sequence: 'i.sequence',
    generation: 'i.generation',
    state: 'i.state',
    amountCents: 'i.amount_cents',
    totalCents: 'i.total_cents',
    taxCents: 'i.tax_cents',
    retainedCents: 'i.retained_cents',
    releasedCents: 'i.released_cents',
    isRefused: `i.qbo_invoice_id is null and ${isRefused('i', 'invoice.create')}`,
  },
  'from invoices i where i.org_id = $1 and i.proposal_id = $2',
);

const BILLED_SHARES = listOf(
  'l.id',
  { invoiceId: 'l.invoice_id', contractLineId: 'l.contract_line_id', amountCents: 'l.amount_cents' },
  `from invoice_lines l join invoices i on i.org_id = l.org_id and i.id = l.invoice_id
   where l.org_id = $1 and i.proposal_id = $2 and l.kind = 'work'`,
);

const CREDITS = listOf(
  'm.id',
  {
    id: 'm.id',
    state: 'm.state',
    amountCents: 'm.amount_cents',
    totalCents: 'm.total_cents',
    taxCents: 'm.tax_cents',
    isRefused: `m.state is null and ${isRefused('m', 'credit.create')} and not ${IS_GIVEN_BACK}`,
  },
  'from credit_memos m where m.org_id = $1 and m.proposal_id = $2',
);

const CREDITED_SHARES = listOf(
  'l.id',
  { creditMemoId: 'l.credit_memo_id', contractLineId: 'l.contract_line_id', amountCents: 'l.amount_cents' },
  `from credit_memo_lines l join credit_memos m on m.org_id = l.org_id and m.id = l.credit_memo_id
   where l.org_id = $1 and m.proposal_id = $2`,
);

/** Parameters: the organisation, the proposal, the contract. Everything is of one moment, and one trip. */
const RECORD = prepared(`
  select ${LINES} as lines, ${ENTRIES} as entries, ${INVOICES} as invoices, ${BILLED_SHARES} as "billedShares",
         ${CREDITS} as credits, ${CREDITED_SHARES} as "creditedShares",
         (select s.time_zone from org_settings s where s.org_id = $1) as "timeZone"`);

/** Contracts with what was billed, credited and given back of them. Reads only. */
@Injectable()
export class ContractRecordsRepository {
  constructor(
    private readonly credits: InvoiceCreditsRepository,
    private readonly memos: CreditMemosRepository,
  ) {}

  /** The contract with everything that hangs on it, and the time zone of its days; null where none is stored yet. */
  async recordOf(
    tx: EntityManager,
    contract: Contract,
  ): Promise<ContractRecord & { timeZone: string | null }> {
    const { orgId, id, proposalId } = contract;
    const [row] = await tx.query<[Row]>(RECORD, [orgId, proposalId, id]);
    const settled = await this.credits.listOf(tx, orgId, proposalId);
    const isLowered = row.credits.some((one) => creditCounts(one) && loweredByCents(one) > 0);
    return {
      ...row,
      contract,
      invoices: row.invoices.map((invoice) => ({ ...invoice, ...(settled.get(invoice.id) ?? NO_CREDITS) })),
      depositRefunds: await this.depositRefunds(tx, contract),
      refundedCents: isLowered ? await this.memos.refundedCents(tx, orgId, proposalId) : 0,
    };
  }

  /**
   * What was refunded of what was paid as deposit, in the contract's currency, where that is held; without what its
   * receipts in QuickBooks took off income, since it was released by then, or off tax, as a bookkeeper taxes a deposit,
   * and without what is left out of the books.
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
              q.of_released as "ofReleased", q.released_cents::float8 as "releasedCents"
         from (${REFUND_RECEIPTS}) q where q.proposal_id = $2 order by q.id`,
      [orgId, proposalId],
    );
    const receipted = receiptedRefunds(refunds, receipts);
    const made = refunds.filter(({ hasFailed }) => !hasFailed);
    const owed = made.map(({ id, cents }) => {
      const { releasedCents = 0, heldTaxCents = 0 } = receipted.get(id) ?? {};
      return cents - releasedCents - heldTaxCents;
    });
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
