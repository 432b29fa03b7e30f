import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../errors/domain-error.js';
import { type FoundDocument, Remedies, type Remedy } from '../../inbox/remedies.service.js';
import { ProposalsRepository } from '../../proposals/proposals.repository.js';
import { QboClient } from '../client/qbo.client.js';
import type { QboCompany } from '../client/qbo-company.js';
import type { QboInvoice } from '../client/qbo-objects.js';
import { ConnectionService } from '../connection/connection.service.js';
import { paymentDraftOf, type PaymentPayload } from '../deposits/deposit-draft.js';
import { PaymentRecording } from '../deposits/payment-recording.service.js';
import { InvoiceComparison } from '../invoices/invoice-comparison.service.js';
import { OperationTriesRepository } from '../operations/operation-tries.repository.js';
import { OperationsRepository } from '../operations/operations.repository.js';
import { DocumentAdoption } from './document-adoption.service.js';
import { paymentMisfit } from './document-fit.js';

/** What a person can do about a deposit that is not in the books: have it tried again, or name the payment typed in by hand. */
@Injectable()
export class PaymentRemedy implements Remedy, OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly remedies: Remedies,
    private readonly proposals: ProposalsRepository,
    private readonly connections: ConnectionService,
    private readonly client: QboClient,
    private readonly comparison: InvoiceComparison,
    private readonly recording: PaymentRecording,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
    private readonly adoption: DocumentAdoption,
  ) {}

  onModuleInit(): void {
    this.remedies.register('payment.create', this);
  }

  async retry(orgId: number, id: string): Promise<string | null> {
    await this.connections.requireCompany(orgId);
    await this.recording.carry(orgId, Number(id), { insist: true });
    const newest = await this.operations.findNewest('payment.create', orgId, Number(id));
    return newest?.state === 'done' ? null : (newest?.errorDetail ?? 'It waits for its invoice.');
  }

  async adopt(
    orgId: number,
    id: string,
    found: FoundDocument,
    also: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const company = await this.connections.requireCompany(orgId);
    const [newest] = await this.adoption.triesAt('payment.create', orgId, Number(id));
    const { fact } = newest.payload as PaymentPayload;
    const invoice = await this.invoiceOf(company, fact.proposalId);
    const payment = await this.adoption.read(found, () => this.client.getPayment(company, found.id));
    const { amountCents, currency } = fact;
    const wanted = {
      qboCustomerId: invoice.customerId,
      qboInvoiceId: invoice.id,
      amountCents,
      currency,
    };
    this.adoption.assertFits(paymentMisfit(payment, wanted));

    await this.dataSource.transaction(async (tx) => {
      // Two deposits of one proposal cannot both be this payment: whoever has the proposal's lock looks first.
      await this.proposals.getForUpdate(tx, orgId, fact.proposalId);
      if (await this.tries.isMade(tx, company, 'payment.create', payment.id)) {
        throw new DomainError(
          'conflict',
          'document_taken',
          `Payment ${payment.id} stands for another deposit already.`,
        );
      }
      const draft = paymentDraftOf(fact, newest.requestId, invoice);
      const payload: PaymentPayload = { fact, draft };
      const adopted = await this.adoption.finish(tx, company, newest, { id: payment.id, payload });
      await this.recording.settle(tx, adopted, payment);
      await also(tx);
    });
    await this.comparison.apply(company, [await this.comparison.snapshot(company, invoice.id)], {
      brought: [{ id: payment.id, deleted: false, object: payment }],
    });
  }

  private async invoiceOf(company: QboCompany, proposalId: number): Promise<QboInvoice> {
    const { manager } = this.dataSource;
    const proposal = await this.proposals.findInOrg(manager, company.orgId, proposalId);
    if (proposal?.qboInvoiceId) {
      const snapshot = await this.comparison.snapshot(company, proposal.qboInvoiceId);
      if (!snapshot.deleted) return snapshot.invoice;
    }
    throw new DomainError(
      'conflict',
      'invoice_missing',
      `Proposal ${proposalId} has no invoice in QuickBooks that the payment could be on.`,
    );
  }
}
