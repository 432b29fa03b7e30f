import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { JobHandler } from '../../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../../jobs/queue/queue-payloads.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { QboInvoice } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { AwaitedOperationsService } from '../../../operations/questions/awaited-operations.service.js';
import type { OperationHandler } from '../../../operations/operation-handler.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { FreedCreditsService } from '../../../pull/credits/freed-credits.service.js';
import {
  InvoiceProjectorService,
  type AppliedSnapshots,
} from '../../../pull/invoices/invoice-projector.service.js';

const NOBODY_WAITS = 'The void was asked for once and is not sent again by itself.';

/**
 * The void of one version of an invoice, as an operation: stored, sent once, and where its answer is lost looked for
 * until it is known. It is never sent again by itself: the person was answered that it is not done.
 */
@Injectable()
export class InvoiceVoidOperationService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly awaited: AwaitedOperationsService,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly projector: InvoiceProjectorService,
    private readonly credits: FreedCreditsService,
  ) {}

  /** Voids the invoice at this version and applies it. Throws QboError where that is not done, or not known to be. */
  async send(company: QboCompany, invoice: Invoice, version: QboInvoice): Promise<void> {
    const operation = await this.insert(company, invoice, version);
    const outcome = await this.run(company, operation);
    if (outcome.kind === 'done') return;
    if (outcome.kind === 'busy' && (await this.runner.waitFor(operation)).state === 'done') return;
    if (outcome.kind === 'open' && outcome.state === 'ready')
      await this.run(company, operation, NOBODY_WAITS);
    throw (
      (outcome.kind === 'open' && outcome.error) ||
      new QboError('uncertain', 'QuickBooks has not answered yet whether the invoice is voided.', {
        operation: 'invoice.void',
      })
    );
  }

  private async insert(
    company: QboCompany,
    { orgId, id, proposalId }: Invoice,
    { id: qboId, syncToken }: QboInvoice,
  ): Promise<OutboundOperation<'invoice.void'>> {
    const payload = { id: qboId, syncToken };
    const requestId = `void-${randomUUID()}`;
    return this.awaited.begin(
      { orgId, realmId: company.realmId, kind: 'invoice.void', entityId: id, proposalId, requestId, payload },
      () => false, // who asks again looked at the invoice again
      () => true, // who asks at the same moment has one of it
    );
  }

  /** Finds out what became of voids whose answer was lost; what was never sent is cancelled. */
  @JobHandler('qbo.invoice.void')
  async closeUnfinished({ orgId, invoiceId }: QueuePayloads['qbo.invoice.void']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    for (const operation of await this.awaited.listUnfinished('invoice.void', company, invoiceId))
      await this.run(company, operation, NOBODY_WAITS);
  }

  private async run(
    company: QboCompany,
    operation: OutboundOperation<'invoice.void'>,
    cancelReason?: string,
  ): ReturnType<OperationRunnerService['run']> {
    const applied: { last?: AppliedSnapshots } = {};
    const handler: OperationHandler<'invoice.void', QboInvoice> = {
      subject: `The void of invoice ${operation.payload.id}`,
      cancelReason,
      find: async ({ payload: { id } }) => {
        const invoice = await this.client.invoices.get(company, id);
        return isVoided(invoice) ? invoice : null;
      },
      execute: ({ payload, requestId }) => this.client.invoices.void(company, payload, requestId),
      onSucceeded: async (tx, invoice) => {
        const snapshot = { invoiceId: invoice.id, deleted: false, invoice } as const;
        applied.last = await this.projector.applyIn(tx, company, [snapshot]);
      },
    };
    const outcome = await this.runner.run(operation, handler);
    if (outcome.kind === 'done' && applied.last) {
      this.projector.count(applied.last);
      await this.credits.follow(company, operation.entityId);
    }
    return outcome;
  }
}

/** A void leaves neither total nor balance; there is nothing more to void then. */
function isVoided({ totalCents, balanceCents }: QboInvoice): boolean {
  return totalCents === 0 && balanceCents === 0;
}
