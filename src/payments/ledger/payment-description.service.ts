import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EntryChangesRepository } from '../../contracts/schedule/entry-changes.repository.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';

import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import { thePayment } from '../../invoices/payment-name.js';
import { paymentDescription } from '../../messages/reasons/sentence-parts.js';

/** Which payment is meant, and over how much. */
export interface DescribedPayment {
  orgId: number;
  proposalId: number;
  customerId: number | null;
  amountCents: number;
  currency: string;
  invoiceKind: InvoiceKind;
  invoiceSequence: number;
}

/** Says in a person's words which payment is meant: how much, whose, and for what. */
@Injectable()
export class PaymentDescriptionService {
  constructor(
    private readonly customers: CustomersRepository,
    private readonly proposals: ProposalsRepository,
    private readonly changes: EntryChangesRepository,
  ) {}

  /** `the deposit of $3,750.00 of Ann Ruiz for proposal 7, Roof of 12 Elm Street`. */
  async name(tx: EntityManager, deposit: DescribedPayment): Promise<string> {
    const { orgId, proposalId, customerId, amountCents, currency } = deposit;
    const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
    const customer = await this.customers.nameOf(tx, orgId, customerId);
    const entry = { kind: deposit.invoiceKind, sequence: deposit.invoiceSequence };
    return paymentDescription(
      thePayment(await this.changes.name(tx, orgId, proposalId, entry)),
      { cents: amountCents, currency },
      { id: proposalId, name: proposal?.name ?? null, customer },
    );
  }
}
