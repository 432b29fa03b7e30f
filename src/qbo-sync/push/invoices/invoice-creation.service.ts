import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { moneyText } from '../../../messages/format.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { Clock } from '../../../platform/time/clock.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CustomerUndecidedError } from '../customers/customer-undecided-error.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { OutboundOperation, OperationState } from '../../operations/operation.entity.js';
import { type OperationHandler, OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { draftTotalCents, invoiceMadeBy } from './invoice-draft.js';
import { InvoiceDraftService } from './invoice-draft.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import type { Reconciliation } from '../../pull/invoices/invoice-projector.service.js';

/** What asking for an invoice came to. `pending`: it is being made, or its answer was lost and is being looked for. */
export type InvoiceCreation =
  | { status: 'created' | 'exists'; invoice: Invoice; company: QboCompany | null }
  | { status: 'pending'; reason: string };

/** An invoice of ours and the newest try at making it. */
interface WantedInvoice {
  invoice: Invoice;
  operation: OutboundOperation<'invoice.create'>;
}

const LOOK_AGAIN_MS = 86_400_000;
const UNDER_WAY: ReadonlySet<OperationState> = new Set(['ready', 'sent', 'uncertain', 'done']);
const PARKED: ReadonlySet<OperationState> = new Set(['waiting', 'held_back']);

/**
 * Makes the invoice of an approved proposal in QuickBooks. Promise: at most one per proposal and generation, whatever
 * is
 * retried, raced or killed; when it is made, the link, the status and the activity are there at once.
 */
@Injectable()
export class InvoiceCreationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly drafts: InvoiceDraftService,
    private readonly createdHandler: InvoiceCreatedHandlerService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the invoice or finds it made. Throws DomainError where the proposal does not allow it, QboError where
   * QuickBooks does not. `again` says that a person looked in QuickBooks, found none, and wants a new try; where the
   * invoice was voided or deleted, the next generation is made.
   */
  async create(
    orgId: number,
    proposalId: number,
    options: { again?: boolean } = {},
  ): Promise<InvoiceCreation> {
    const proposal = await this.proposals.findInOrg(this.dataSource.manager, orgId, proposalId);
    if (!proposal) throw notFound('proposal', proposalId);
    const company = await this.connections.company(orgId);
    const invoice = await this.newest(proposal);
    const again = options.again ?? false;
    const isGone = invoice?.qboInvoiceId != null && again && (await this.isGone(company, invoice));
    if (invoice?.qboInvoiceId && !isGone) return existing(invoice, company);
    if (proposal.status !== 'approved') {
      throw new DomainError(
        'conflict',
        'proposal_not_approved',
        `Proposal ${proposalId} is not approved yet. Approve it first.`,
      );
    }
    const connected = company ?? (await this.connections.requireCompany(orgId));
    try {
      const wanted = isGone
        ? await this.remake(connected, proposal, invoice)
        : await this.wantedOf(connected, proposal, again);
      return await this.carry(connected, proposal, wanted);
    } catch (error) {
      if (!(error instanceof CustomerUndecidedError)) throw error;
      return { status: 'pending', reason: `The invoice waits for its customer. ${error.message}` };
    }
  }

  /**
   * Ends what was begun for a proposal that was cancelled meanwhile. What was sent is looked for, and is known where
   * QuickBooks has it; nothing more is sent.
   */
  async callOff(company: QboCompany, proposal: Lead): Promise<void> {
    const wanted = await this.newestTry(proposal);
    if (!wanted) return;
    const newest = wanted.operation;
    const why = 'The proposal was cancelled before its invoice was made.';
    if (PARKED.has(newest.state)) await this.runner.cancelPending(newest, why);
    if (UNDER_WAY.has(newest.state)) await this.carry(company, proposal, wanted, why);
  }

  /**
   * Notes that the invoice is wanted, for when it can be made: `waiting` for a connection, or `held_back` because the
   * proposal is older than the day from which the organisation wants invoices.
   */
  async park(proposal: Lead, state: 'waiting' | 'held_back'): Promise<void> {
    if (!(await this.newestTry(proposal))) await this.want(proposal, null, state);
  }

  /** The unfinished try at this proposal's invoice, or a new one with everything it needs in QuickBooks. */
  private async wantedOf(company: QboCompany, proposal: Lead, again: boolean): Promise<WantedInvoice> {
    const newest = await this.newestTry(proposal);
    if (newest && (newest.operation.realmId ?? company.realmId) === company.realmId) {
      if (UNDER_WAY.has(newest.operation.state)) return newest;
      if (newest.operation.state === 'needs_person' && !again) throw needsPerson(newest.operation);
    }
    const wanted =
      newest && PARKED.has(newest.operation.state) ? newest : await this.want(proposal, newest, 'waiting');
    return PARKED.has(wanted.operation.state) ? this.prepare(company, proposal, wanted) : wanted;
  }

  /** The next generation of an invoice that QuickBooks does not have any more. */
  private async remake(company: QboCompany, proposal: Lead, gone: Invoice): Promise<WantedInvoice> {
    const { orgId, proposalId, kind, sequence, currency } = gone;
    const next = { orgId, proposalId, kind, sequence, currency, generation: gone.generation + 1 };
    // Numbered by the tries at the one that is gone, not at the next: so whoever races for it means the same one.
    const operation = await this.operations.findNewest('invoice.create', orgId, gone.id);
    const invoice = await this.invoices.insertOnce(this.dataSource.manager, next, this.clock.now());
    const wanted = await this.want(proposal, { invoice, operation }, 'waiting');
    return PARKED.has(wanted.operation.state) ? this.prepare(company, proposal, wanted) : wanted;
  }

  /** Whether the invoice stands for nothing any more, by QuickBooks' word of this moment. */
  private async isGone(company: QboCompany | null, invoice: Invoice): Promise<boolean> {
    const { orgId, id, qboInvoiceId, qboRealmId } = invoice;
    if (!company || (qboRealmId ?? company.realmId) !== company.realmId) return false;
    if (!isLive(invoice)) return true;
    await this.refresh.apply(company, [await this.refresh.snapshot(company, qboInvoiceId!)]);
    const now = await this.invoices.findInOrg(this.dataSource.manager, orgId, id);
    return now !== null && !isLive(now);
  }

  private async newest({ orgId, id }: Lead): Promise<Invoice | null> {
    return this.invoices.findNewest(this.dataSource.manager, orgId, id, 'deposit');
  }

  private async newestTry(proposal: Lead): Promise<WantedInvoice | null> {
    const invoice = await this.newest(proposal);
    const operation =
      invoice && (await this.operations.findNewest('invoice.create', invoice.orgId, invoice.id));
    return operation && { invoice, operation };
  }

  /** Writes the invoice and the next try at it down, each once however many ask. */
  private async want(
    { orgId, id: proposalId, currency }: Lead,
    earlier: { invoice: Invoice; operation: OutboundOperation<'invoice.create'> | null } | null,
    state: 'waiting' | 'held_back',
  ): Promise<WantedInvoice> {
    return this.dataSource.transaction(async (tx) => {
      const first = { orgId, proposalId, kind: 'deposit', sequence: 1, generation: 1, currency } as const;
      const known = earlier?.invoice ?? (await this.invoices.findNewest(tx, orgId, proposalId, 'deposit'));
      const invoice = known ?? (await this.invoices.insertOnce(tx, first, this.clock.now()));
      const operation = await this.operations.insertOnce(tx, {
        orgId,
        realmId: null,
        kind: 'invoice.create',
        entityId: invoice.id,
        proposalId,
        generation: Math.max((earlier?.operation?.generation ?? 0) + 1, invoice.generation),
        requestId: `inv-${randomUUID()}`,
        payload: {},
        state,
      });
      return { invoice, operation };
    });
  }

  /** Gives a try its body. Where a part is missing the row says why, and when it is tried again. */
  private async prepare(
    company: QboCompany,
    proposal: Lead,
    { invoice, operation }: WantedInvoice,
  ): Promise<WantedInvoice> {
    try {
      const draft = await this.drafts.draft(company, proposal, operation.generation, operation.requestId);
      const tx = this.dataSource.manager;
      await this.invoices.saveAmount(tx, invoice, draftTotalCents(draft), this.clock.now());
      return { invoice, operation: await this.operations.prepare(operation, company.realmId, draft) };
    } catch (error) {
      if (error instanceof CustomerUndecidedError) await this.waitForDecision(operation, error);
      if (error instanceof QboError) {
        const amountCents = await this.drafts.amountCents(proposal);
        await this.runner.defer(operation, subjectOf(proposal, amountCents), error);
      }
      throw error;
    }
  }

  /** The decision makes it due; else it is looked at once a day. */
  private async waitForDecision(
    operation: OutboundOperation,
    { message }: CustomerUndecidedError,
  ): Promise<void> {
    const next = new Date(this.clock.now().getTime() + LOOK_AGAIN_MS);
    const failure = { kind: 'customer_match', message } as const;
    await this.operations.defer(this.dataSource.manager, operation, 'waiting', failure, next);
  }

  private async carry(
    company: QboCompany,
    proposal: Lead,
    { invoice, operation }: WantedInvoice,
    cancelReason?: string,
  ): Promise<InvoiceCreation> {
    const settled: Reconciliation[] = [];
    const { lines } = operation.payload;
    const amountCents = lines ? draftTotalCents({ lines }) : await this.drafts.amountCents(proposal);
    const handler = { ...this.handler(company, proposal, invoice, amountCents, settled), cancelReason };
    const outcome = await this.runner.run(operation, handler);
    if (outcome.kind === 'done') this.createdHandler.count(company, settled);
    const row = outcome.kind === 'busy' ? await this.runner.waitFor(operation) : null;
    const now = await this.invoices.findInOrg(this.dataSource.manager, company.orgId, invoice.id);
    if (now?.qboInvoiceId) {
      return { status: outcome.kind === 'done' ? 'created' : 'exists', invoice: now, company };
    }
    if (outcome.kind === 'open' && outcome.error && outcome.state !== 'uncertain') {
      if (outcome.error.kind === 'not_found') await this.drafts.invalidateItem(company);
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
    invoice: Invoice,
    amountCents: number,
    settled: Reconciliation[],
  ): OperationHandler<'invoice.create', QboInvoice> {
    return {
      subject: subjectOf(proposal, amountCents),
      find: async ({ payload, requestId }) =>
        invoiceMadeBy(requestId, await this.client.findInvoicesByDocNumber(company, payload.docNumber)),
      execute: ({ payload, requestId }) => this.client.createInvoice(company, payload, requestId),
      onSucceeded: async (tx, made, { payload }) => {
        const wanted = { proposal, invoice, wantedCents: draftTotalCents(payload) };
        settled.push(await this.createdHandler.settle(tx, company, wanted, made));
      },
    };
  }
}

function subjectOf({ id, name, currency }: Lead, amountCents: number): string {
  return `The invoice of proposal ${id}, ${name}, over ${moneyText(amountCents, currency)}`;
}

function existing(invoice: Invoice, company: QboCompany | null): InvoiceCreation {
  if (company && invoice.qboRealmId && invoice.qboRealmId !== company.realmId) {
    throw new DomainError(
      'conflict',
      'invoice_in_other_company',
      `Proposal ${invoice.proposalId} has invoice ${invoice.number ?? invoice.qboInvoiceId} in another QuickBooks company.`,
    );
  }
  return { status: 'exists', invoice, company };
}

function needsPerson({ errorDetail }: OutboundOperation): DomainError {
  const why = errorDetail ?? 'It is not known whether the invoice was made.';
  return new DomainError(
    'conflict',
    'invoice_needs_person',
    `${why} If there is none in QuickBooks, ask again with {"again": true}.`,
  );
}
