import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { decimalTextFromCents } from '../../../platform/money/cents.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { OutboundOperation, OperationState } from '../../operations/operation.entity.js';
import { type OperationHandler, OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { draftTotalCents, invoiceMadeBy } from './invoice-draft.js';
import { InvoiceDraftService } from './invoice-draft.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import type { Reconciliation } from '../../pull/invoices/invoice-projector.service.js';

/** What asking for an invoice came to. `pending`: it is being made, or its answer was lost and is being looked for. */
export type InvoiceCreation =
  | { status: 'created' | 'exists'; proposal: Lead; company: QboCompany | null }
  | { status: 'pending'; reason: string };

const UNDER_WAY: ReadonlySet<OperationState> = new Set(['ready', 'sent', 'uncertain', 'done']);
const PARKED: ReadonlySet<OperationState> = new Set(['waiting', 'held_back']);

/**
 * Makes the invoice of an approved proposal in QuickBooks. Promise: at most one per proposal and generation, whatever is
 * retried, raced or killed; when it is made, the link, the status and the activity are there at once.
 */
@Injectable()
export class InvoiceCreationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly drafts: InvoiceDraftService,
    private readonly createdHandler: InvoiceCreatedHandlerService,
  ) {}

  /**
   * Makes the invoice or finds it made. Throws DomainError where the proposal does not allow it, QboError where
   * QuickBooks does not. `again` says that a person looked in QuickBooks, found none, and wants a new try.
   */
  async create(
    orgId: number,
    proposalId: number,
    options: { again?: boolean } = {},
  ): Promise<InvoiceCreation> {
    const proposal = await this.proposals.findInOrg(this.dataSource.manager, orgId, proposalId);
    if (!proposal) throw notFound('proposal', proposalId);
    const company = await this.connections.company(orgId);
    if (proposal.qboInvoiceId) return this.existing(proposal, company);
    if (proposal.status !== 'approved') {
      throw new DomainError(
        'conflict',
        'proposal_not_approved',
        `Proposal ${proposalId} is not approved yet. Approve it first.`,
      );
    }
    const connected = company ?? (await this.connections.requireCompany(orgId));
    const operation = await this.operationFor(connected, proposal, options.again ?? false);
    return this.carry(connected, proposal, operation);
  }

  /**
   * Ends what was begun for a proposal that was cancelled meanwhile. What was sent is looked for, and is known where
   * QuickBooks has it; nothing more is sent.
   */
  async callOff(company: QboCompany, proposal: Lead): Promise<void> {
    const newest = await this.operations.findNewest('invoice.create', company.orgId, proposal.id);
    if (!newest) return;
    const why = 'The proposal was cancelled before its invoice was made.';
    if (PARKED.has(newest.state)) await this.runner.cancelPending(newest, why);
    if (UNDER_WAY.has(newest.state)) await this.carry(company, proposal, newest, why);
  }

  private existing(proposal: Lead, company: QboCompany | null): InvoiceCreation {
    if (company && proposal.qboRealmId && proposal.qboRealmId !== company.realmId) {
      throw new DomainError(
        'conflict',
        'invoice_in_other_company',
        `Proposal ${proposal.id} has invoice ${proposal.qboInvoiceNumber ?? proposal.qboInvoiceId} in another QuickBooks company.`,
      );
    }
    return { status: 'exists', proposal, company };
  }

  /**
   * Notes that the invoice is wanted, for when it can be made: `waiting` for a connection, or `held_back` because the
   * proposal is older than the day from which the organisation wants invoices.
   */
  async park(proposal: Lead, state: 'waiting' | 'held_back'): Promise<void> {
    const newest = await this.operations.findNewest('invoice.create', proposal.orgId, proposal.id);
    if (!newest) await this.wish(proposal, 1, state);
  }

  /** The unfinished operation of this proposal, or a new one with everything it needs in QuickBooks. */
  private async operationFor(
    company: QboCompany,
    proposal: Lead,
    again: boolean,
  ): Promise<OutboundOperation<'invoice.create'>> {
    const newest = await this.operations.findNewest('invoice.create', company.orgId, proposal.id);
    if (newest && (newest.realmId ?? company.realmId) === company.realmId) {
      if (UNDER_WAY.has(newest.state)) return newest;
      if (newest.state === 'needs_person' && !again) {
        throw new DomainError(
          'conflict',
          'invoice_needs_person',
          `${newest.errorDetail ?? 'It is not known whether the invoice was made.'} If there is none in QuickBooks, ask again with {"again": true}.`,
        );
      }
    }
    const generation = (newest?.generation ?? 0) + 1;
    const wish =
      newest && PARKED.has(newest.state) ? newest : await this.wish(proposal, generation, 'waiting');
    return PARKED.has(wish.state) ? this.equip(company, proposal, wish) : wish;
  }

  private async wish(
    proposal: Lead,
    generation: number,
    state: 'waiting' | 'held_back',
  ): Promise<OutboundOperation<'invoice.create'>> {
    return this.dataSource.transaction((tx) =>
      this.operations.insertOnce(tx, {
        orgId: proposal.orgId,
        realmId: null,
        kind: 'invoice.create',
        entityId: proposal.id,
        proposalId: proposal.id,
        generation,
        requestId: `inv-${randomUUID()}`,
        payload: {},
        state,
      }),
    );
  }

  /** Gives a wish its body. Where a part is missing the row says why, and when it is tried again. */
  private async equip(
    company: QboCompany,
    proposal: Lead,
    wish: OutboundOperation<'invoice.create'>,
  ): Promise<OutboundOperation<'invoice.create'>> {
    try {
      const draft = await this.drafts.draft(company, proposal, wish.generation, wish.requestId);
      return await this.operations.prepare(wish, company.realmId, draft);
    } catch (error) {
      if (error instanceof QboError) {
        const amountCents = await this.drafts.amountCents(proposal);
        await this.runner.defer(wish, subjectOf(proposal, amountCents), error);
      }
      throw error;
    }
  }

  private async carry(
    company: QboCompany,
    proposal: Lead,
    operation: OutboundOperation<'invoice.create'>,
    cancelReason?: string,
  ): Promise<InvoiceCreation> {
    const settled: Reconciliation[] = [];
    const { lines } = operation.payload;
    const amountCents = lines ? draftTotalCents({ lines }) : await this.drafts.amountCents(proposal);
    const handler = { ...this.handler(company, proposal, amountCents, settled), cancelReason };
    const outcome = await this.runner.run(operation, handler);
    if (outcome.kind === 'done') this.createdHandler.count(company, settled);
    const row = outcome.kind === 'busy' ? await this.runner.waitFor(operation) : null;
    const now = await this.proposals.findInOrg(this.dataSource.manager, company.orgId, proposal.id);
    if (now?.qboInvoiceId) {
      return { status: outcome.kind === 'done' ? 'created' : 'exists', proposal: now, company };
    }
    if (outcome.kind === 'open' && outcome.error && outcome.state !== 'uncertain') {
      if (outcome.error.kind === 'not_found') await this.drafts.forgetItem(company);
      throw outcome.error;
    }
    return {
      status: 'pending',
      reason:
        row?.errorDetail ??
        'QuickBooks has not answered yet. The invoice is looked for and made by itself, once.',
    };
  }

  private handler(
    company: QboCompany,
    proposal: Lead,
    amountCents: number,
    settled: Reconciliation[],
  ): OperationHandler<'invoice.create', QboInvoice> {
    return {
      subject: subjectOf(proposal, amountCents),
      find: async ({ payload, requestId }) =>
        invoiceMadeBy(requestId, await this.client.findInvoicesByDocNumber(company, payload.docNumber)),
      execute: ({ payload, requestId }) => this.client.createInvoice(company, payload, requestId),
      onSucceeded: async (tx, invoice, { payload }) => {
        const wantedCents = draftTotalCents(payload);
        settled.push(await this.createdHandler.settle(tx, company, proposal, wantedCents, invoice));
      },
    };
  }
}

function subjectOf({ id, name, currency }: Lead, amountCents: number): string {
  return `The invoice of proposal ${id}, ${name}, over ${decimalTextFromCents(amountCents)} ${currency}`;
}
