import { Injectable } from '@nestjs/common';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../../operations/questions/forgotten-documents.service.js';
import type { OperationHandler } from '../../../operations/operation-handler.js';
import type { PreparedOperation } from '../../../operations/rows/operation.entity.js';
import { isMarked } from '../../../operations/request-mark.js';
import { assertNoneOfOurs } from '../../../operations/rows/unread-rows.js';
import type { AppliedSnapshots } from '../../../pull/invoices/invoice-projector.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import { invoiceMadeBy } from '../draft/invoice-draft.js';
import { totalWithTaxCents } from '../references/invoice-tax.js';

/** How an invoice goes to QuickBooks, and what is written down once it is there. */
@Injectable()
export class InvoiceOperationHandlerService {
  constructor(
    private readonly client: QboClient,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly created: InvoiceCreatedHandlerService,
  ) {}

  /** `onSettled` hears what changed, in the transaction: it is counted once that is committed. */
  of(
    company: QboCompany,
    proposal: Lead,
    invoice: Invoice,
    { title, onSettled }: { title: string; onSettled: (applied: AppliedSnapshots) => void },
  ): OperationHandler<'invoice.create', QboInvoice> {
    return {
      subject: title,
      find: (sent) => this.find(company, proposal, sent),
      execute: ({ payload, requestId }) => this.client.invoices.create(company, payload, requestId),
      onSucceeded: async (tx, made, { payload }) => {
        const wanted = {
          proposal,
          invoice,
          wantedCents: totalWithTaxCents(payload, made),
          exchangeRate: payload.exchangeRate ?? null,
          sentOn: payload.txnDate,
        };
        onSettled(await this.created.settle(tx, company, wanted, made));
      },
    };
  }

  /** The invoice of this operation, or the one with its number that was made after the backup that is restored. */
  private async find(
    company: QboCompany,
    { id: proposalId }: Lead,
    { payload: { docNumber, customerId }, requestId }: PreparedOperation<'invoice.create'>,
  ): Promise<QboInvoice | null> {
    const bearers = await this.client.invoices.findByDocNumber(company, docNumber);
    const made = invoiceMadeBy(requestId, bearers.read);
    if (made) return made;
    assertNoneOfOurs(bearers, 'invoice.query', isMarked);
    return this.forgotten.numbered(company, { proposalId, customerId }, bearers.read, {
      kind: 'invoice.create',
      operation: 'invoice.query',
    });
  }
}
