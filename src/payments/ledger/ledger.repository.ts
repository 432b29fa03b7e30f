import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Dispute } from './dispute.entity.js';
import { DisputesRepository } from './disputes.repository.js';
import type { Payment } from './payment.entity.js';
import { balanceOf, type PaymentBalance } from './payment-balance.js';
import type { Refund } from './refund.entity.js';
import { RefundsRepository } from './refunds.repository.js';

/** A payment with all that became of it. */
export interface LedgerEntry {
  payment: Payment;
  /** Oldest first. */
  refunds: Refund[];
  /** Oldest first. */
  disputes: Dispute[];
  balance: PaymentBalance;
}

/** Reads payments together with their refunds and disputes, and what they come to. */
@Injectable()
export class LedgerRepository {
  constructor(
    private readonly refunds: RefundsRepository,
    private readonly disputes: DisputesRepository,
  ) {}

  async entryOf(tx: EntityManager, payment: Payment): Promise<LedgerEntry> {
    const refunds = await this.refunds.listOfPayment(tx, payment.orgId, payment.id);
    const disputes = await this.disputes.listOfPayment(tx, payment.orgId, payment.id);
    return {
      payment,
      refunds,
      disputes,
      balance: balanceOf({ amountCents: payment.amountCents, refunds, disputes }),
    };
  }

  async entriesOf(tx: EntityManager, payments: readonly Payment[]): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (const payment of payments) entries.push(await this.entryOf(tx, payment));
    return entries;
  }
}
