import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { moneyText } from '../../../messages/format.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/lead.entity.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { OutboundOperation, OperationState } from '../../operations/operation.entity.js';
import { OperationRunnerService } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { CustomerUndecidedError } from '../customers/customer-undecided-error.js';
import { draftTotalCents } from './invoice-draft.js';
import { InvoiceDraftService } from './invoice-draft.service.js';

/** An invoice of ours and the newest try at making it. */
export interface WantedInvoice {
  invoice: Invoice;
  operation: OutboundOperation<'invoice.create'>;
}

const LOOK_AGAIN_MS = 86_400_000;
export const UNDER_WAY: ReadonlySet<OperationState> = new Set(['ready', 'sent', 'uncertain', 'done']);
export const PARKED: ReadonlySet<OperationState> = new Set(['waiting', 'held_back']);

/**
 * The tries at the deposit's invoice of a proposal: each an operation of its own, about the row of the invoice.
 * Promise: whoever races for the next try means the same one.
 */
@Injectable()
export class InvoiceTriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly drafts: InvoiceDraftService,
    private readonly clock: Clock,
  ) {}

  /** The newest generation of the invoice; null before it was wanted. */
  async newestInvoice({ orgId, id }: Lead): Promise<Invoice | null> {
    return this.invoices.findNewest(this.dataSource.manager, orgId, id, 'deposit');
  }

  /** The newest try at it; null before the first. */
  async newest(proposal: Lead): Promise<WantedInvoice | null> {
    const invoice = await this.newestInvoice(proposal);
    const operation =
      invoice && (await this.operations.findNewest('invoice.create', invoice.orgId, invoice.id));
    return operation && { invoice, operation };
  }

  /** Notes the first try, for when it can be made. One that is noted already stands. */
  async park(proposal: Lead, state: 'waiting' | 'held_back'): Promise<void> {
    if (!(await this.newest(proposal))) await this.want(proposal, null, state);
  }

  /** The unfinished try at this proposal's invoice, or a new one with everything it needs in QuickBooks. */
  async unfinishedOrNext(company: QboCompany, proposal: Lead, again: boolean): Promise<WantedInvoice> {
    const newest = await this.newest(proposal);
    if (newest && (newest.operation.realmId ?? company.realmId) === company.realmId) {
      if (UNDER_WAY.has(newest.operation.state)) return newest;
      if (newest.operation.state === 'needs_person' && !again) throw needsPerson(newest.operation);
    }
    const wanted =
      newest && PARKED.has(newest.operation.state) ? newest : await this.want(proposal, newest, 'waiting');
    return this.prepared(company, proposal, wanted);
  }

  /** The next try at the same invoice, under the next number. */
  async next(company: QboCompany, proposal: Lead, earlier: WantedInvoice): Promise<WantedInvoice> {
    return this.prepared(company, proposal, await this.want(proposal, earlier, 'waiting'));
  }

  /** The next generation of an invoice that QuickBooks does not have any more. */
  async remake(company: QboCompany, proposal: Lead, gone: Invoice): Promise<WantedInvoice> {
    const { orgId, proposalId, kind, sequence, currency } = gone;
    const next = { orgId, proposalId, kind, sequence, currency, generation: gone.generation + 1 };
    // Numbered by the tries at the one that is gone, not at the next: so whoever races for it means the same one.
    const operation = await this.operations.findNewest('invoice.create', orgId, gone.id);
    const invoice = await this.invoices.insertOnce(this.dataSource.manager, next, this.clock.now());
    return this.prepared(company, proposal, await this.want(proposal, { invoice, operation }, 'waiting'));
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

  private async prepared(company: QboCompany, proposal: Lead, wanted: WantedInvoice): Promise<WantedInvoice> {
    return PARKED.has(wanted.operation.state) ? this.prepare(company, proposal, wanted) : wanted;
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
        await this.runner.defer(operation, invoiceTitleOf(proposal, amountCents), error);
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
}

/** What a try is about, for people. */
export function invoiceTitleOf({ id, name, currency }: Lead, amountCents: number): string {
  return `The invoice of proposal ${id}, ${name}, over ${moneyText(amountCents, currency)}`;
}

function needsPerson({ errorDetail }: OutboundOperation): DomainError {
  const why = errorDetail ?? 'It is not known whether the invoice was made.';
  return new DomainError(
    'conflict',
    'invoice_needs_person',
    `${why} If there is none in QuickBooks, ask again with {"again": true}.`,
  );
}
