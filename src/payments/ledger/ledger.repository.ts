import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Invoice } from '../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import type { Dispute } from './disputes/dispute.entity.js';
import { DisputesRepository } from './disputes/disputes.repository.js';
import type { Payment } from './payment.entity.js';
import { balanceOf, type PaymentBalance } from './payment-balance.js';
import type { Refund } from './refunds/refund.entity.js';
import { RefundsRepository } from './refunds/refunds.repository.js';
import { usableOnAccount } from './usable-on-account-sql.js';

/** A payment with all that became of it. */
export interface LedgerEntry {
  payment: Payment;
  /** Oldest first. */
  refunds: Refund[];
  /** Oldest first. */
  disputes: Dispute[];
  balance: PaymentBalance;
  /** The invoice of ours that it is for; null where none is wanted yet. */
  invoiceId: number | null;
}

/** Reads payments together with their refunds and disputes, and what they come to. */
@Injectable()
export class LedgerRepository {
  constructor(
    private readonly invoices: InvoicesRepository,
    private readonly refunds: RefundsRepository,
    private readonly disputes: DisputesRepository,
  ) {}

  /**
   * True while a person has yet to say what money of the customer is for that is on no invoice in QuickBooks. After two
   * weeks nobody waits for that any more: it may be a few cents, or money for something else.
   */
  async hasMoneyOnAccount(tx: EntityManager, orgId: number, customerId: number, now: Date): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `select from inbox_items item
        where item.org_id = $1 and item.customer_id = $2 and ${usableOnAccount('item')}
          and item.created_at > $3::timestamptz - interval '14 days' limit 1`,
      [orgId, customerId, now],
    );
    return rows.length > 0;
  }

  async entryOf(tx: EntityManager, payment: Payment): Promise<LedgerEntry> {
    const [entry] = await this.entriesOf(tx, [payment]);
    return entry!;
  }

  /** In the order of the payments, which are of one organisation. */
  async entriesOf(tx: EntityManager, payments: readonly Payment[]): Promise<LedgerEntry[]> {
    if (payments.length === 0) return [];
    const { orgId } = payments[0]!;
    const paymentIds = payments.map(({ id }) => id);
    const refunds = byPayment(await this.refunds.listOfPayments(tx, orgId, paymentIds));
    const disputes = byPayment(await this.disputes.listOfPayments(tx, orgId, paymentIds));
    const proposalIds = [...new Set(payments.map(({ proposalId }) => proposalId))];
    const invoices = new Map(
      (await this.invoices.listNewestIds(tx, orgId, proposalIds)).map((invoice) => [
        keyOf(invoice),
        invoice.id,
      ]),
    );
    return payments.map((payment) => {
      const facts = { refunds: refunds.get(payment.id) ?? [], disputes: disputes.get(payment.id) ?? [] };
      const { amountCents, proposalId, invoiceKind: kind, invoiceSequence: sequence } = payment;
      return {
        payment,
        ...facts,
        balance: balanceOf({ amountCents, ...facts }),
        invoiceId: invoices.get(keyOf({ proposalId, kind, sequence })) ?? null,
      };
    });
  }
}

function byPayment<Row extends { paymentId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  return Map.groupBy(rows, ({ paymentId }) => paymentId);
}

function keyOf({ proposalId, kind, sequence }: Pick<Invoice, 'proposalId' | 'kind' | 'sequence'>): string {
  return `${proposalId}:${kind}:${sequence}`;
}
