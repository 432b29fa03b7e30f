import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { FoundDocument } from '../../inbox/resolutions.service.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { ProposalsRepository } from '../../proposals/rows/proposals.repository.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import type { QboInvoice, QboPayment } from '../api/model/qbo-objects.js';
import { QboClient } from '../api/qbo.client.js';
import type { PaymentToRecord } from '../operations/operation-payloads.js';
import { InvoiceRefreshService } from '../pull/invoices/invoice-refresh.service.js';
import { PrerequisitesService } from '../push/payments/prerequisites.service.js';
import { ManualMatchService } from './manual-match.service.js';
import { paymentMismatch } from './match-check.js';

/** A payment that a person found in QuickBooks, and the invoice it is on. */
export interface FoundPayment {
  invoice: QboInvoice;
  payment: QboPayment;
}

/** The part that is the same whichever payment of ours a person names one in QuickBooks for. */
@Injectable()
export class PaymentMatchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly prerequisites: PrerequisitesService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly manualMatch: ManualMatchService,
  ) {}

  /** What a person found, as QuickBooks has it. Throws a conflict where it is not plausible. */
  async read(company: QboCompany, fact: PaymentToRecord, found: FoundDocument): Promise<FoundPayment> {
    const invoice = await this.invoiceOf(company, fact);
    const payment = await this.manualMatch.read(company, found, () =>
      this.client.payments.get(company, found.id),
    );
    const { amountCents, currency } = fact;
    const wanted = { qboCustomerId: invoice.customerId, qboInvoiceId: invoice.id, amountCents, currency };
    this.manualMatch.assertMatches(paymentMismatch(payment, wanted));
    return { invoice, payment };
  }

  /** Throws a conflict where it stands for another payment already; nobody else can tie it until the end. */
  async take(
    tx: EntityManager,
    company: QboCompany,
    { orgId, proposalId }: PaymentToRecord,
    { payment: { id } }: FoundPayment,
  ): Promise<void> {
    await this.proposals.getForUpdate(tx, orgId, proposalId);
    await this.manualMatch.assertFree(
      tx,
      company,
      { kind: 'payment.create', id },
      `Payment ${id} stands for another deposit already.`,
    );
  }

  /** What follows from it, as if it had been heard of. Call it after the transaction that ties it. */
  async apply(company: QboCompany, { invoice, payment }: FoundPayment): Promise<void> {
    await this.refresh.apply(company, [await this.refresh.snapshot(company, invoice.id)], {
      brought: [{ id: payment.id, deleted: false, object: payment }],
    });
  }

  /** The invoice that was paid, as QuickBooks has it. */
  private async invoiceOf(
    company: QboCompany,
    { orgId, proposalId, paymentId }: PaymentToRecord,
  ): Promise<QboInvoice> {
    const { kind, sequence } = await this.prerequisites.keyOf(orgId, paymentId);
    const { manager } = this.dataSource;
    const invoice = await this.invoices.findNewest(manager, orgId, proposalId, kind, sequence);
    if (invoice?.qboInvoiceId && (invoice.qboRealmId ?? company.realmId) === company.realmId) {
      const snapshot = await this.refresh.snapshot(company, invoice.qboInvoiceId);
      if (!snapshot.deleted) return snapshot.invoice;
    }
    throw new DomainError(
      'conflict',
      'invoice_missing',
      `Proposal ${proposalId} has no invoice in QuickBooks that the payment could be on.`,
    );
  }
}
