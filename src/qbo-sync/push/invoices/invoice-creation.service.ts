import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { DEPOSIT, type InvoiceKey } from '../../../invoices/invoice-key.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { isLive } from '../../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { notApprovedReason } from '../../../proposals/proposal-lifecycle.js';
import { ProposalsRepository } from '../../../proposals/proposals.repository.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import type { InvoiceDraft, QboInvoice } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CustomerUndecidedError } from '../customers/customer-undecided-error.js';
import type { QboError } from '../../api/errors/qbo-error.js';
import { isBlocked, type OperationState } from '../../operations/operation-state.js';
import type { PreparedOperation } from '../../operations/operation.entity.js';
import { ForgottenDocumentsService } from '../../operations/forgotten-documents.service.js';
import { BlockedOperationsService } from '../../operations/blocked-operations.service.js';
import type { OperationHandler } from '../../operations/operation-handler.js';
import { isMarked } from '../../operations/request-mark.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { lastFailureOf } from '../../operations/retry-answer.js';
import { draftTotalCents, invoiceMadeBy } from './invoice-draft.js';
import { totalWithTaxCents } from './invoice-tax.js';
import { assertNoneOfOurs, unreadOfOurs } from '../../operations/unread-rows.js';
import { InvoiceReferencesService } from './invoice-references.service.js';
import {
  InvoiceTriesService,
  invoiceTitleOf,
  isUnderWay,
  mayBeMade,
  type WantedInvoice,
} from './invoice-tries.service.js';
import { InvoiceCreatedHandlerService } from './invoice-created-handler.service.js';
import { InvoiceRefreshService } from '../../pull/invoices/invoice-refresh.service.js';
import type { AppliedSnapshots } from '../../pull/invoices/invoice-projector.service.js';
import { UnbilledDepositService } from './unbilled-deposit.service.js';
import { UntiedInvoiceService } from './untied-invoice.service.js';

/** What asking for an invoice came to. `pending`: it is being made, or its answer was lost and is being looked for. */
export type InvoiceCreation =
  | { status: 'created' | 'exists'; invoice: Invoice; company: QboCompany | null }
  | { status: 'pending'; reason: string };

/** Whether what was called off is over, or QuickBooks, here or in the company before, has yet to say if it made it. */
type CalledOff = 'over' | 'in_doubt' | 'left_in_doubt' | 'elsewhere';

/** Of what is to be called off: a worker that takes it up meanwhile is done with it, or lets go of it, by then. */
const CALL_OFF_LOOKS_MAX = 5;

/** So many numbers are tried by itself where others have them; then a person decides. */
const NUMBERS_TRIED_MAX = 5;

/**
 * Makes the invoice of an approved proposal in QuickBooks. Promise: at most one per proposal and generation, whatever
 * is retried, raced or killed; when it is made, the link, the status and the activity are there at once.
 */
@Injectable()
export class InvoiceCreationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly connections: ConnectionService,
    private readonly tries: InvoiceTriesService,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly forgotten: ForgottenDocumentsService,
    private readonly client: QboClient,
    private readonly refresh: InvoiceRefreshService,
    private readonly references: InvoiceReferencesService,
    private readonly deposits: UnbilledDepositService,
    private readonly createdHandler: InvoiceCreatedHandlerService,
    private readonly untied: UntiedInvoiceService,
  ) {}

  /**
   * Makes the invoice of the deposit, or of another entry, or finds it made; before the final one that of a deposit
   * which was paid. Throws DomainError where the proposal does not allow it, QboError where QuickBooks does not.
   * `again` says that a person looked in QuickBooks, found none, and wants a new try; where the invoice was voided or
   * deleted, the next generation is made.
   */
  async create(
    orgId: number,
    proposalId: number,
    { again = false, key = DEPOSIT }: { again?: boolean; key?: InvoiceKey } = {},
  ): Promise<InvoiceCreation> {
    const proposal = await this.proposals.getInOrg(this.dataSource.manager, orgId, proposalId);
    const company = await this.connections.company(orgId);
    let invoice = await this.tries.newestInvoice(proposal, key);
    if (company && invoice?.qboInvoiceId === null) {
      await this.untied.tieAgain(company, proposal, key);
      invoice = await this.tries.newestInvoice(proposal, key);
    }
    const isGone = invoice?.qboInvoiceId != null && again && (await this.isGone(company, invoice));
    if (invoice?.qboInvoiceId && !isGone) return existing(invoice, company);
    if (proposal.status !== 'approved') {
      const reason = notApprovedReason(proposalId, proposal.status);
      throw new DomainError('conflict', 'proposal_not_approved', reason);
    }
    const connected = company ?? (await this.connections.requireCompany(orgId));
    if (key.kind === 'final' && (!invoice || isGone)) await this.billDeposit(proposal);
    try {
      const wanted = isGone
        ? await this.tries.remake(connected, proposal, invoice!)
        : await this.tries.unfinishedOrNext(connected, proposal, key, again);
      return await this.push(connected, proposal, wanted);
    } catch (error) {
      if (!(error instanceof CustomerUndecidedError)) throw error;
      return { status: 'pending', reason: `The invoice waits for its customer. ${error.message}` };
    }
  }

  /**
   * A deposit that was paid is invoiced before the final invoice, which would leave nothing for it to be billed by. One
   * that was refused is tried again by a person alone, since the day of an entry comes again and again.
   */
  private async billDeposit(proposal: Lead): Promise<void> {
    if (!(await this.deposits.isOf(proposal))) return;
    const { orgId, id } = proposal;
    const newest = await this.tries.newest(proposal, DEPOSIT);
    if (newest?.operation.state === 'refused') {
      throw depositNotInvoiced(
        id,
        `QuickBooks refused its invoice. Make that first by POST /qbo/invoice/${id}.`,
      );
    }
    const made = await this.create(orgId, id);
    if (made.status === 'pending')
      throw depositNotInvoiced(id, `its invoice is not made yet. ${made.reason}`);
  }

  /**
   * Ends what was begun and is not wanted any more. What was sent is looked for, and is known where QuickBooks has it;
   * nothing more is sent. What was refused is no question any more, so that no retry of many makes it. A worker may
   * take it up between the look and its end, and let go of it unfinished, so it is looked at again.
   */
  async callOff(company: QboCompany, proposal: Lead, key: InvoiceKey, why: string): Promise<CalledOff> {
    await this.untied.tieAgain(company, proposal, key);
    let wasLookedFor = false;
    for (let looks = 1; looks <= CALL_OFF_LOOKS_MAX; looks += 1) {
      const wanted = await this.tries.newest(proposal, key);
      if (!wanted) return 'over';
      const { operation } = wanted;
      if (operation.state === 'refused') await this.blocked.closeRefused(operation);
      if (isBlocked(operation)) {
        await this.blocked.cancel(operation, why);
        continue;
      }
      // Only the company that it was sent to can say whether it was made.
      if (mayBeMade(operation) && operation.realmId !== company.realmId) return 'elsewhere';
      if (operation.state === 'needs_person') {
        if (!(await this.blocked.cancelAnswered(operation, why))) return 'left_in_doubt';
        continue;
      }
      if (operation.state === 'done' || !isUnderWay(operation)) return 'over';
      if (wasLookedFor && mayBeMade(operation)) return 'in_doubt';
      await this.push(company, proposal, wanted, why);
      wasLookedFor = true;
    }
    return 'in_doubt';
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

  private async push(
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
    const handler = {
      ...this.handler(company, proposal, invoice, amountCents, settled),
      cancelReason,
      looksFirst,
    };
    const outcome = await this.runner.run(operation, handler);
    if (outcome.kind === 'done') this.createdHandler.count(company, settled.last);
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

  private handler(
    company: QboCompany,
    proposal: Lead,
    invoice: Invoice,
    amountCents: number,
    settled: { last?: AppliedSnapshots },
  ): OperationHandler<'invoice.create', QboInvoice> {
    return {
      subject: invoiceTitleOf(proposal, amountCents),
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
        settled.last = await this.createdHandler.settle(tx, company, wanted, made);
      },
    };
  }
}

function depositNotInvoiced(proposalId: number, why: string): DomainError {
  return new DomainError(
    'conflict',
    'deposit_not_invoiced',
    `The deposit of proposal ${proposalId} is paid, and the final invoice takes it off, but ${why}`,
  );
}

function existing(invoice: Invoice, company: QboCompany | null): InvoiceCreation {
  if (company && invoice.qboRealmId && invoice.qboRealmId !== company.realmId) {
    throw new DomainError(
      'conflict',
      'invoice_in_other_company',
      `Proposal ${invoice.proposalId} has invoice ${invoice.number ?? invoice.qboInvoiceId} in another ` +
        'QuickBooks company.',
    );
  }
  return { status: 'exists', invoice, company };
}
