import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import type { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { InvoiceDraft } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ForgottenDocumentsService } from '../../../operations/questions/forgotten-documents.service.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import type { OperationState } from '../../../operations/operation-state.js';
import { isMarked } from '../../../operations/request-mark.js';
import { lastFailureOf } from '../../../operations/retry-answer.js';
import { unreadOfOurs } from '../../../operations/rows/unread-rows.js';
import type { AppliedSnapshots } from '../../../pull/invoices/invoice-projector.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import { draftTotalCents } from '../draft/invoice-draft.js';
import { InvoiceOperationHandlerService } from './invoice-operation-handler.service.js';
import { InvoiceReferencesService } from '../references/invoice-references.service.js';
import { InvoiceTriesService } from './invoice-tries.service.js';
import { invoiceTitleOf, type WantedInvoice } from './invoice-try.js';

/** What asking for an invoice came to. `pending`: it is being made, or its answer was lost and is being looked for. */
export type InvoiceCreation =
  | { status: 'created' | 'exists'; invoice: Invoice; company: QboCompany | null }
  | { status: 'pending'; reason: string };

/** So many numbers are tried by itself where others have them; then a person decides. */
const NUMBERS_TRIED_MAX = 5;

/** Brings a try at an invoice to its end in QuickBooks, and where its number is another's the next one. */
@Injectable()
export class InvoicePushService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly tries: InvoiceTriesService,
    private readonly runner: OperationRunnerService,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboClient,
    private readonly references: InvoiceReferencesService,
    private readonly handlers: InvoiceOperationHandlerService,
    private readonly created: InvoiceCreatedHandlerService,
  ) {}

  /** With a `cancelReason` it is looked for, and nothing more is sent. Throws QboError where QuickBooks refuses it. */
  async push(
    company: QboCompany,
    proposal: Lead,
    wanted: WantedInvoice,
    cancelReason?: string,
  ): Promise<InvoiceCreation> {
    const { invoice, operation } = wanted;
    const settled: { last?: AppliedSnapshots } = {};
    const { lines } = operation.payload;
    const amountCents = lines ? draftTotalCents({ lines }) : (invoice.amountCents ?? 0);
    const looksFirst = await this.forgotten.mayExist(company.orgId, proposal.id);
    const handler = this.handlers.of(company, proposal, invoice, {
      title: invoiceTitleOf(proposal, amountCents),
      onSettled: (applied) => {
        settled.last = applied;
      },
    });
    const outcome = await this.runner.run(operation, { ...handler, cancelReason, looksFirst });
    if (outcome.kind === 'done') this.created.count(company, settled.last);
    const row = outcome.kind === 'busy' ? await this.runner.waitFor(operation) : null;
    const now = await this.invoices.findInOrg(this.dataSource.manager, company.orgId, invoice.id);
    if (now?.qboInvoiceId) {
      return { status: outcome.kind === 'done' ? 'created' : 'exists', invoice: now, company };
    }
    if (outcome.kind === 'open' && outcome.error && outcome.state !== 'uncertain') {
      if (await this.isNumberOfOthers(company, wanted, outcome)) {
        return this.push(company, proposal, await this.tries.next(company, proposal, wanted));
      }
      if (outcome.error.kind === 'not_found') await this.references.invalidate(company, proposal, operation);
      throw outcome.error;
    }
    return {
      status: 'pending',
      reason:
        (row && lastFailureOf(row)) ??
        'QuickBooks has not answered yet. The invoice is looked for and made by itself, once.',
    };
  }

  /**
   * Whether it was refused because its number stands on a document of another customer's: another number mends that.
   */
  private async isNumberOfOthers(
    company: QboCompany,
    { operation }: WantedInvoice,
    { state, error }: { state: OperationState; error: QboError | null },
  ): Promise<boolean> {
    const { docNumber, customerId } = operation.payload as Partial<InvoiceDraft>;
    if (error?.kind !== 'duplicate_number' || state !== 'refused' || docNumber === undefined) return false;
    if (operation.generation >= NUMBERS_TRIED_MAX) return false;
    const bearers = await this.client.invoices.findByDocNumber(company, docNumber);
    if (unreadOfOurs(bearers, isMarked)) return false;
    return bearers.read.every((bearer) => bearer.customerId !== customerId);
  }
}
