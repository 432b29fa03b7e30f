import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ContractBillingService } from '../../../contracts/billing/contract-billing.service.js';
import { DueEntriesRepository } from '../../../contracts/schedule/due-entries.repository.js';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { JobRef, QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { isPending } from '../../operations/operation-state.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { InvoiceCreationService } from './create/invoice-creation.service.js';
import { after } from '../../../platform/time/after.js';

/** How long an entry waits whose day has come, in minutes, by what has something against it. */
const POSTPONED = { quickbooks: 5, contract: 60 };

/** What billing an entry came to: the id of its invoice, where one is written down. */
export interface BilledEntry {
  status: 'created' | 'exists' | 'pending';
  invoiceId: number | null;
  detail?: string;
}

/** Bills an entry of a contract because a person, or its day, asks for it. */
@Injectable()
export class EntryBillingService {
  private readonly logger = new Logger(EntryBillingService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly billing: ContractBillingService,
    private readonly invoices: InvoicesRepository,
    private readonly creation: InvoiceCreationService,
    private readonly operations: OperationsRepository,
    private readonly due: DueEntriesRepository,
    private readonly clock: Clock,
  ) {}

  @DueRows('contract_entries')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    await this.due.putOverAside(tx);
    const due = await this.due.list(tx, limit);
    return due.map((payload) => ({ name: 'contract.entry.bill', payload }));
  }

  /** Twice is the same as once. One whose invoice was voided, deleted or refused is billed anew. */
  async bill(orgId: number, proposalId: number, number: number): Promise<BilledEntry> {
    const { kind, sequence, state } = await this.billing.entry(orgId, proposalId, number);
    if (state === 'void') {
      throw new DomainError(
        'conflict',
        'nothing_to_bill',
        `Entry ${number} of proposal ${proposalId} is void: nothing is left of it.`,
      );
    }
    return this.billKey(orgId, proposalId, { kind, sequence }, state !== 'invoiced');
  }

  /** Makes anew an invoice that was voided, deleted or refused. Throws a conflict where it stands. */
  async remake(orgId: number, invoiceId: number): Promise<BilledEntry> {
    const invoice = await this.invoices.getInOrg(this.dataSource.manager, orgId, invoiceId);
    const newest = await this.newest(orgId, invoice.proposalId, invoice);
    if (newest && newest.id !== invoice.id) {
      throw new DomainError(
        'conflict',
        'invoice_remade',
        `Invoice ${invoiceId} was made anew already: it is invoice ${newest.id} now.`,
      );
    }
    const made = await this.billKey(orgId, invoice.proposalId, invoice, true);
    if (made.status !== 'exists' || made.invoiceId !== invoiceId) return made;
    throw new DomainError(
      'conflict',
      'invoice_stands',
      `Invoice ${invoice.number ?? invoice.qboInvoiceId ?? invoiceId} stands. Void it first by POST ` +
        `/invoices/${invoiceId}/void.`,
    );
  }

  /** What QuickBooks or the contract has against it now may be gone when it is found due again. */
  @JobHandler('contract.entry.bill')
  async billDue(entry: QueuePayloads['contract.entry.bill']): Promise<void> {
    const { orgId, proposalId, number } = entry;
    if (!(await this.due.isDue(this.dataSource.manager, entry))) return;
    try {
      await this.bill(orgId, proposalId, number);
    } catch (error) {
      const minutes = postponedMinutes(error);
      if (minutes === null) throw error;
      const until = after(this.clock.now(), minutes * 60_000);
      await this.due.postpone(this.dataSource.manager, entry, until);
      const level = isForNothing(error) ? 'debug' : 'warn';
      this.logger[level]({ err: error, orgId, proposalId, number, until }, 'The entry is not billed yet');
    }
  }

  private async billKey(
    orgId: number,
    proposalId: number,
    { kind, sequence }: InvoiceKey,
    again: boolean,
  ): Promise<BilledEntry> {
    const key = { kind, sequence };
    try {
      const made = await this.creation.create(orgId, proposalId, { again, key });
      if (made.status !== 'pending') return { status: made.status, invoiceId: made.invoice.id };
      const wanted = await this.newest(orgId, proposalId, key);
      return { status: 'pending', invoiceId: wanted?.id ?? null, detail: made.reason };
    } catch (error) {
      if (!(error instanceof QboError) || !error.facts.retryable) throw error;
      const wanted = await this.newest(orgId, proposalId, key);
      if (!wanted || !(await this.isTakenOn(wanted))) throw error;
      const detail = `${error.message} The invoice is made by itself, once.`;
      return { status: 'pending', invoiceId: wanted.id, detail };
    }
  }

  /** Whether it is tried again by itself until it is made. */
  private async isTakenOn({ orgId, id }: Invoice): Promise<boolean> {
    const newest = await this.operations.findNewest('invoice.create', orgId, id);
    return newest !== null && isPending(newest);
  }

  private async newest(
    orgId: number,
    proposalId: number,
    { kind, sequence }: InvoiceKey,
  ): Promise<Invoice | null> {
    return this.invoices.findNewest(this.dataSource.manager, orgId, proposalId, kind, sequence);
  }
}

/** Null where it is a fault. */
function postponedMinutes(error: unknown): number | null {
  if (error instanceof QboError) return POSTPONED.quickbooks;
  return error instanceof DomainError ? POSTPONED.contract : null;
}

/** Invoices have billed the whole contract: there is nothing for a person to do. */
function isForNothing(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'nothing_to_bill';
}
