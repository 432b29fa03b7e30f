import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../../../audit/audit.service.js';
import { ContractBillingService } from '../../../../contracts/billing/contract-billing.service.js';
import { correlation } from '../../../../platform/correlation/correlation.js';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { DEPOSIT, type InvoiceKey } from '../../../../invoices/invoice-key.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../../invoices/invoices.repository.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { ProposalCustomersRepository } from '../../../../proposals/rows/proposal-customers.repository.js';
import { after, DAY_MS } from '../../../../platform/time/after.js';
import { Clock } from '../../../../platform/time/clock.js';
import { isOfCompany, type QboCompany } from '../../../api/model/qbo-company.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import { isBlocked } from '../../../operations/operation-state.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { BlockedOperationsService } from '../../../operations/questions/blocked-operations.service.js';
import { OperationsElsewhereService } from '../../../operations/questions/operations-elsewhere.service.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { CustomerUndecidedError } from '../../customers/customer-undecided-error.js';
import { DailyInvoiceCapService } from './daily-invoice-cap.service.js';
import { DepositWordingService } from '../draft/deposit-wording.service.js';
import { InvoiceDraftService } from '../draft/invoice-draft.service.js';
import { invoiceTitleOf, isUnderWay, mayBeMade, type WantedInvoice } from './invoice-try.js';

/**
 * The tries at an invoice of a proposal: each an operation of its own, about the row of the invoice.
 * Promise: whoever races for the next try means the same one.
 */
@Injectable()
export class InvoiceTriesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly invoices: InvoicesRepository,
    private readonly billing: ContractBillingService,
    private readonly operations: OperationsRepository,
    private readonly blocked: BlockedOperationsService,
    private readonly elsewhere: OperationsElsewhereService,
    private readonly drafts: InvoiceDraftService,
    private readonly deposits: DepositWordingService,
    private readonly cap: DailyInvoiceCapService,
    private readonly customers: ProposalCustomersRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** The newest generation of the invoice; null before it was wanted. */
  async newestInvoice({ orgId, id }: Lead, { kind, sequence }: InvoiceKey): Promise<Invoice | null> {
    return this.invoices.findNewest(this.dataSource.manager, orgId, id, kind, sequence);
  }

  /** The newest try at it; null before the first. */
  async newest(
    proposal: Lead,
    { kind, sequence }: InvoiceKey,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<WantedInvoice | null> {
    const { orgId, id } = proposal;
    const invoice = await this.invoices.findNewest(tx, orgId, id, kind, sequence);
    const operation = invoice && (await this.newestOf(invoice, tx));
    return operation && { invoice, operation };
  }

  /** The newest try at this very invoice; null before the first. */
  async newestOf(
    { orgId, id }: Pick<Invoice, 'orgId' | 'id'>,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<OutboundOperation<'invoice.create'> | null> {
    return this.operations.findNewest('invoice.create', orgId, id, tx);
  }

  /** The invoices of a proposal of which a try is neither done nor given up. */
  listOpen(orgId: number, proposalId: number): Promise<number[]> {
    return this.operations.listOpenOf('invoice.create', orgId, proposalId);
  }

  /** Ends the tries at an invoice that somebody has linked to one of QuickBooks'. */
  async closeLinked(
    invoice: Pick<Invoice, 'orgId' | 'id'>,
    link: { qboId: string; realmId: string },
  ): Promise<void> {
    const newest = await this.newestOf(invoice);
    if (newest) await this.operations.closeLinked(this.dataSource.manager, newest, link);
  }

  /**
   * Whether it was made in this company and is not tied to its invoice any more, because somebody took the link out by
   * SQL.
   */
  async isUntied({ realmId }: QboCompany, { invoice, operation }: WantedInvoice): Promise<boolean> {
    if (operation.state !== 'done' || operation.realmId !== realmId) return false;
    // Read after the operation, which is written with it.
    const now = await this.invoices.findInOrg(this.dataSource.manager, invoice.orgId, invoice.id);
    return now !== null && now.qboInvoiceId === null;
  }

  /** Notes the first try at the deposit's, for when it can be made. One that is noted already stands. */
  async park(proposal: Lead, state: 'waiting' | 'held_back'): Promise<void> {
    if (await this.newest(proposal, DEPOSIT)) return;
    const { orgId, id: proposalId, currency } = proposal;
    await this.dataSource.transaction(async (tx) => {
      const first = { orgId, proposalId, ...DEPOSIT, generation: 1, currency };
      const invoice = await this.invoices.insertOnce(tx, first, this.clock.now());
      await this.insert(tx, invoice, 1, state);
    });
  }

  /**
   * The unfinished try at this invoice, or a new one with everything it needs in QuickBooks. Throws a conflict where
   * nothing is left of the contract to bill, the customer was erased, or the invoice may be in another company.
   */
  async unfinishedOrNext(
    company: QboCompany,
    proposal: Lead,
    key: InvoiceKey,
    again: boolean,
  ): Promise<WantedInvoice> {
    const newest = await this.newest(proposal, key);
    if (newest && isOfCompany(company, newest.operation)) {
      if (isUnderWay(newest.operation) && !(await this.isUntied(company, newest))) return newest;
      if (newest.operation.state === 'needs_person' && !again) throw needsPerson(newest.operation);
    } else if (newest && mayBeMade(newest.operation) && !again) {
      await this.elsewhere.ask(company, newest.operation);
      throw mayBeElsewhere(newest.invoice);
    }
    if (!newest || !isBlocked(newest.operation)) {
      return this.prepared(company, proposal, await this.want(proposal, key, newest, again));
    }
    await this.noteRequest(this.dataSource.manager, proposal, key, again);
    return this.prepared(company, proposal, newest);
  }

  /** The next try at the same invoice, under the next number. */
  async next(company: QboCompany, proposal: Lead, earlier: WantedInvoice): Promise<WantedInvoice> {
    return this.prepared(company, proposal, await this.want(proposal, earlier.invoice, earlier));
  }

  /** The next generation of an invoice that QuickBooks does not have any more; where it is there by now, that one. */
  async remake(company: QboCompany, proposal: Lead, gone: Invoice): Promise<WantedInvoice> {
    const deposit = await this.deposits.of(proposal);
    const wanted = await this.dataSource.transaction(async (tx) => {
      const contract = await this.billing.lock(tx, proposal.orgId, proposal.id);
      const newest = await this.newest(proposal, gone, tx);
      if (newest && newest.invoice.id !== gone.id) return newest;
      await this.customers.assertNotErased(tx, contract);
      await this.cap.assertWithin(tx, proposal.orgId);
      const invoice = await this.billing.reserve(tx, contract, gone, deposit);
      const generation = Math.max((newest?.operation.generation ?? 0) + 1, invoice.generation);
      await this.noteRequest(tx, proposal, gone, true);
      return { invoice, operation: await this.insert(tx, invoice, generation, 'waiting') };
    });
    return this.prepared(company, proposal, wanted);
  }

  /**
   * Writes down what the invoice is to be over and the next try at it, each once however many ask: the contract is
   * locked meanwhile, and whoever comes second finds the try of the first. `again` is left out where nobody asked.
   */
  private async want(
    proposal: Lead,
    key: InvoiceKey,
    earlier: WantedInvoice | null,
    again?: boolean,
  ): Promise<WantedInvoice> {
    const deposit = await this.deposits.of(proposal);
    return this.dataSource.transaction(async (tx) => {
      const contract = await this.billing.lock(tx, proposal.orgId, proposal.id);
      const newest = await this.newest(proposal, key, tx);
      if (newest && newest.operation.id !== earlier?.operation.id) return newest;
      // Its link was taken out and is back by now.
      if (newest?.operation.state === 'done' && newest.invoice.qboInvoiceId !== null) return newest;
      await this.customers.assertNotErased(tx, contract);
      if (!newest) await this.cap.assertWithin(tx, proposal.orgId);
      const invoice = await this.billing.reserve(tx, contract, key, deposit, { renew: true });
      const generation = Math.max((newest?.operation.generation ?? 0) + 1, invoice.generation);
      if (again !== undefined) await this.noteRequest(tx, proposal, key, again && newest !== null);
      return { invoice, operation: await this.insert(tx, invoice, generation, 'waiting') };
    });
  }

  /**
   * Notes that a person asked for it, `again` where there was one before. What follows from a payment or a date is
   * nobody's request.
   */
  private async noteRequest(
    tx: EntityManager,
    { orgId, id: proposalId }: Lead,
    { kind, sequence }: InvoiceKey,
    again: boolean,
  ): Promise<void> {
    if (!correlation()?.actor) return;
    await this.audit.record(tx, orgId, {
      action: 'invoice.requested',
      subject: `proposal:${proposalId}`,
      proposalId,
      after: { kind, sequence, again },
    });
  }

  private async insert(
    tx: EntityManager,
    { orgId, id, proposalId }: Invoice,
    generation: number,
    state: 'waiting' | 'held_back',
  ): Promise<OutboundOperation<'invoice.create'>> {
    return this.operations.insertOnce(tx, {
      orgId,
      realmId: null,
      kind: 'invoice.create',
      entityId: id,
      proposalId,
      generation,
      requestId: `inv-${randomUUID()}`,
      payload: {},
      state,
    });
  }

  private async prepared(company: QboCompany, proposal: Lead, wanted: WantedInvoice): Promise<WantedInvoice> {
    return isBlocked(wanted.operation) ? this.prepare(company, proposal, wanted) : wanted;
  }

  /** Gives a try its body. Where a part is missing the row says why, and when it is tried again. */
  private async prepare(
    company: QboCompany,
    proposal: Lead,
    { invoice, operation }: WantedInvoice,
  ): Promise<WantedInvoice> {
    try {
      await this.customers.assertNotErased(this.dataSource.manager, invoice);
      const parts = await this.drafts.parts(company, proposal, invoice.kind);
      const deposit = await this.deposits.of(proposal);
      return await this.dataSource.transaction(async (tx) => {
        const contract = await this.billing.lock(tx, proposal.orgId, proposal.id);
        const now = await this.newest(proposal, invoice, tx);
        if (now && (now.operation.id !== operation.id || !isBlocked(now.operation))) return now;
        const reserved = await this.billing.reserve(tx, contract, invoice, deposit, { renew: true });
        const draft = await this.drafts.draft(tx, parts, reserved, operation);
        const prepared = await this.operations.prepare(operation, company.realmId, draft, tx);
        return { invoice: reserved, operation: prepared };
      });
    } catch (error) {
      if (error instanceof CustomerUndecidedError) await this.waitForDecision(operation, error);
      if (error instanceof DomainError) await this.blocked.cancel(operation, error.message);
      if (error instanceof QboError) {
        await this.blocked.defer(operation, await this.titleOf(proposal, invoice), error);
      }
      throw error;
    }
  }

  private async titleOf(proposal: Lead, { amountCents }: Invoice): Promise<string> {
    return invoiceTitleOf(proposal, amountCents ?? (await this.deposits.of(proposal)).cents);
  }

  /** The decision makes it due; else it is looked at once a day. */
  private async waitForDecision(
    operation: OutboundOperation,
    { message }: CustomerUndecidedError,
  ): Promise<void> {
    const next = after(this.clock.now(), DAY_MS);
    const failure = { kind: 'customer_match', message } as const;
    await this.operations.defer(this.dataSource.manager, operation, 'waiting', failure, next);
  }
}

function needsPerson({ errorDetail }: OutboundOperation): DomainError {
  const why = errorDetail ?? 'It is not known whether the invoice was made.';
  return new DomainError(
    'conflict',
    'invoice_needs_person',
    `${why} If there is none in QuickBooks, ask again with {"again": true}.`,
  );
}

function mayBeElsewhere({ id, kind }: Invoice): DomainError {
  const again =
    kind === 'deposit' ? 'ask again with {"again": true}' : `make it by POST /invoices/${id}/remake`;
  return new DomainError(
    'conflict',
    'invoice_needs_person',
    'It is not known whether the invoice was made in the QuickBooks company that was connected before. Connect that ' +
      `one again, and it is looked for there by itself; if there is none in it, ${again}.`,
  );
}
