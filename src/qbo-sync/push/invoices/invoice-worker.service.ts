import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { approvedBeforeStart } from '../../../orgs/settings/invoices-start.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { JobHandler } from '../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../jobs/queue/queue-payloads.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { DEPOSIT, type InvoiceKey } from '../../../invoices/invoice-key.js';
import type { Invoice } from '../../../invoices/invoice.entity.js';
import { InvoicesRepository } from '../../../invoices/invoices.repository.js';
import type { Lead } from '../../../proposals/rows/lead.entity.js';
import { PaymentsRepository } from '../../../payments/ledger/payments.repository.js';
import { ProposalsRepository } from '../../../proposals/rows/proposals.repository.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { InvoiceCallingOffService } from './void/invoice-calling-off.service.js';
import { InvoiceCreationService } from './create/invoice-creation.service.js';
import { InvoiceTriesService } from './create/invoice-tries.service.js';
import { isStopped } from '../../operations/operation-state.js';

const CANCELLED = 'The proposal was cancelled before its invoice was made.';

/**
 * Makes the invoices nobody has to ask for: of a deposit that was paid, and of operations left unfinished. What cannot
 * be made now is written down first, so that it waits for a connection instead of being forgotten.
 */
@Injectable()
export class InvoiceWorkerService {
  private readonly logger = new Logger(InvoiceWorkerService.name);

  constructor(
    private readonly operationJobs: OperationJobsService,
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly invoices: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly connections: ConnectionService,
    private readonly creation: InvoiceCreationService,
    private readonly callingOff: InvoiceCallingOffService,
    private readonly tries: InvoiceTriesService,
    private readonly payments: PaymentsRepository,
    private readonly metrics: MetricsService,
  ) {}

  @JobHandler('qbo.invoice.create')
  async goOnWhereDue({ orgId, proposalId, retry }: QueuePayloads['qbo.invoice.create']): Promise<void> {
    const subject = { orgId, kind: 'invoice.create', proposalId } as const;
    const due = retry ? this.operationJobs.hasDue(subject) : this.operationJobs.isDue(subject);
    if (await due) await this.goOn(orgId, proposalId);
  }

  private async goOn(orgId: number, proposalId: number): Promise<void> {
    const tx = this.dataSource.manager;
    const proposal = await this.proposals.findInOrg(tx, orgId, proposalId);
    if (!proposal) return;
    for (const key of await this.invoices.listUnmade(tx, orgId, proposalId)) {
      if (key.kind !== 'deposit') await this.goOnWith(proposal, key);
    }
    await this.closeLinkedOnes(orgId, proposalId);
    await this.goOnWith(proposal, DEPOSIT);
  }

  private async goOnWith(proposal: Lead, key: InvoiceKey): Promise<void> {
    const { orgId, id: proposalId } = proposal;
    const invoice = await this.tries.newestInvoice(proposal, key);
    if (invoice?.qboInvoiceId) return this.closeLinked(invoice, invoice.qboInvoiceId);
    const company = await this.connections.company(orgId);
    if (proposal.status !== 'approved') {
      if (company)
        await this.unlessFailed(proposal, () => this.callingOff.callOff(company, proposal, key, CANCELLED));
      return;
    }
    if (key.kind !== 'deposit') return this.goOnWithOther(proposal, key);
    if (!(await this.isDepositWanted(proposal, invoice))) return;
    if (await this.isBeforeStart(proposal)) return this.tries.park(proposal, 'held_back');
    if (!company) {
      await this.tries.park(proposal, 'waiting');
      if (!(await this.connections.companyOfParked(orgId))) {
        this.metrics.count('crm_qbo_customer_sync_total', { org_id: orgId, result: 'skipped' });
        return;
      }
    }
    if (invoice && (await this.isGivenUp(invoice))) return;
    await this.unlessFailed(proposal, () => this.creation.create(orgId, proposalId));
  }

  /** What somebody asked for goes on by itself, unless QuickBooks refused it or a person decides. */
  private async goOnWithOther(proposal: Lead, key: InvoiceKey): Promise<void> {
    const wanted = await this.tries.newest(proposal, key);
    if (!wanted || isStopped(wanted.operation)) return;
    await this.unlessFailed(proposal, () => this.creation.create(proposal.orgId, proposal.id, { key }));
  }

  /** The same of each that was linked by hand, whichever entry of the contract it is of. */
  private async closeLinkedOnes(orgId: number, proposalId: number): Promise<void> {
    const { manager } = this.dataSource;
    const begun = new Set(await this.tries.listOpen(orgId, proposalId));
    if (begun.size === 0) return;
    for (const invoice of await this.invoices.listMade(manager, orgId, [proposalId]))
      if (begun.has(invoice.id)) await this.closeLinked(invoice, invoice.qboInvoiceId!);
  }

  /** An invoice that was linked by hand needs no operation any more; one that stays open would be due for ever. */
  private async closeLinked({ orgId, id, qboRealmId }: Invoice, qboInvoiceId: string): Promise<void> {
    const realmId = qboRealmId ?? (await this.connections.company(orgId))?.realmId;
    if (realmId === undefined) return;
    await this.tries.closeLinked({ orgId, id }, { qboId: qboInvoiceId, realmId });
  }

  /**
   * What QuickBooks or the trade has against it stands in the operation's row, which is tried again by its own rule.
   */
  private async unlessFailed({ id, orgId }: Lead, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof QboError) && !(error instanceof DomainError)) throw error;
      this.logger.warn({ err: error, orgId, proposalId: id }, 'The invoice is not made yet');
    }
  }

  /** A job that comes late does not try again what was refused since; a payment that comes after the refusal does. */
  private async isGivenUp({ orgId, id, proposalId }: Invoice): Promise<boolean> {
    const newest = await this.tries.newestOf({ orgId, id });
    if (!newest || !isStopped(newest)) return false;
    const { manager } = this.dataSource;
    return !(await this.payments.hasDepositSince(manager, orgId, proposalId, newest.updatedAt));
  }

  /** A deposit is billed once something was paid, or somebody asked for it. */
  private async isDepositWanted({ orgId, id }: Lead, invoice: Invoice | null): Promise<boolean> {
    return invoice !== null || this.payments.hasDepositSince(this.dataSource.manager, orgId, id, new Date(0));
  }

  private async isBeforeStart({ orgId, approvedAt }: Lead): Promise<boolean> {
    return approvedBeforeStart(approvedAt, await this.settings.get(orgId)) !== null;
  }
}
