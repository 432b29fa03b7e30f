import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditValues } from '../audit/audit-values.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditSubject } from '../audit/audit-entry.js';
import type { Customer } from '../customers/customer.entity.js';
import { customerErased } from '../customers/customer-erased.js';
import { CustomersRepository } from '../customers/customers.repository.js';
import { InvoicesRepository } from '../invoices/invoices.repository.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { DomainError, invalid } from '../platform/errors/domain-error.js';
import { keyedRequest } from '../platform/http/keyed-request.js';
import { type SortPosition, sortPosition } from '../platform/http/lists/sorted-page.js';
import { Clock } from '../platform/time/clock.js';
import type { Seller } from './approval/approval.service.js';
import { CancellationService } from './approval/cancellation.service.js';
import { plainAddress, postalAddressText } from '../customers/postal-address.js';
import type { Lead } from './rows/lead.entity.js';
import { LeadRequestsRepository } from './leads/lead-requests.repository.js';
import { assertSupported } from './proposal-currency.js';
import { type OfferedLine, offeredLine, priceLines, type PricedLine } from './proposal-amount.js';
import { canBecome } from './proposal-lifecycle.js';
import type { ProposalLine } from './rows/proposal-line.entity.js';
import { PROPOSAL_SORT_KEYS, ProposalListRepository } from './proposal-list.repository.js';
import { ProposalLinesRepository } from './rows/proposal-lines.repository.js';
import type { CreateProposal, ProposalsQuery, UpdateProposal } from './views/proposal.dto.js';
import { type Proposal, type ShownProposal, wholeProposal } from './proposal.js';
import { ProposalsRepository } from './rows/proposals.repository.js';

/** Owns what is offered, as long as it is a draft. Approving is ApprovalService's, cancelling CancellationService's. */
@Injectable()
export class ProposalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly listed: ProposalListRepository,
    private readonly requests: LeadRequestsRepository,
    private readonly lines: ProposalLinesRepository,
    private readonly customers: CustomersRepository,
    private readonly invoices: InvoicesRepository,
    private readonly settings: OrgSettingsService,
    private readonly cancellations: CancellationService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Drafts a proposal, new or from a lead, which keeps its id; a new one once under a key of the client's. Throws where
   * customer or lead is not the organisation's, or the customer is inactive.
   */
  async create(orgId: number, body: CreateProposal, key?: string): Promise<Proposal> {
    const currency = body.currency ?? (await this.settings.get(orgId)).currency;
    assertSupported(currency);
    const { lines, totalCents } = priced(body.lines.map(offeredLine), currency);
    const draft = {
      status: 'draft' as const,
      customerId: body.customer_id,
      currency,
      amountCents: totalCents,
      ...(body.name == null ? {} : { name: body.name }),
      ...(body.site_address === undefined ? {} : { siteAddress: plainAddress(body.site_address) }),
    };
    // A lead becomes a draft once, whoever asks again.
    const request = body.lead_id == null ? keyedRequest('proposal', body, key) : null;
    return this.dataSource.transaction(async (tx) => {
      const made = request && (await this.requests.madeUnder(tx, orgId, request));
      if (made !== null) return this.get(orgId, made, tx);
      const open = body.lead_id == null ? null : await this.openLead(tx, orgId, body.lead_id);
      assertActive(await this.customers.getUnchanging(tx, orgId, body.customer_id));
      const now = this.clock.now();
      const lead = open
        ? await this.proposals.update(tx, open, draft, now)
        : await this.proposals.insert(tx, orgId, draft, now);
      if (request) await this.requests.keep(tx, orgId, lead.id, request);
      await this.lines.replace(tx, lead, lines);
      const proposal = await this.whole(tx, lead);
      const deed = { action: 'proposal.created', ...auditSubject(lead.id) } as const;
      await this.audit.record(tx, orgId, { ...deed, after: audited(proposal, proposal.lines) });
      return proposal;
    });
  }

  async get(orgId: number, id: number, tx: EntityManager = this.dataSource.manager): Promise<Proposal> {
    const lead = await this.proposals.getInOrg(tx, orgId, id);
    return this.whole(tx, lead);
  }

  /** One more than the page holds. */
  async list(orgId: number, query: ProposalsQuery): Promise<(ShownProposal & SortPosition)[]> {
    const { limit, sort, status, currency, search } = query;
    const { customer_id: customerId, qbo_state: qboState, qbo_status: qboStatus } = query;
    const filter = { status, customerId, currency, qboState, qboStatus, search };
    const window = { sort, limit, after: sortPosition(PROPOSAL_SORT_KEYS, query) };
    return this.listed.list(this.dataSource.manager, orgId, filter, window);
  }

  /**
   * Changes a draft, where lines replace all lines, and of what is approved where the work is done; or cancels, which
   * stands alone. Throws a conflict where it is too late.
   */
  async update(user: Seller, id: number, body: UpdateProposal): Promise<Proposal> {
    if (body.status === undefined) return this.edit(user.orgId, id, body);
    if (Object.values(body).filter((value) => value !== undefined).length > 1) {
      throw invalid([{ field: 'status', message: 'status cannot be changed together with other fields' }]);
    }
    await this.cancellations.cancel(user, id);
    return this.get(user.orgId, id);
  }

  private async edit(orgId: number, id: number, body: UpdateProposal): Promise<Proposal> {
    if (body.currency !== undefined) assertSupported(body.currency);
    return this.dataSource.transaction(async (tx) => {
      const proposal = await this.proposals.getForUpdate(tx, orgId, id);
      assertEditable(proposal, body);
      const linesBefore = (await this.lines.listOf(tx, orgId, [id])).get(id) ?? [];
      const before = audited(proposal, linesBefore);
      const currency = body.currency ?? proposal.currency;
      const offered = body.lines?.map(offeredLine) ?? (currency === proposal.currency ? null : linesBefore);
      const pricing = offered && priced(offered, currency);
      const customer = await this.customers.getUnchanging(
        tx,
        orgId,
        body.customer_id ?? proposal.customerId!,
      );
      if (customer.id !== proposal.customerId) assertActive(customer);
      if (customer.erasedAt !== null) throw customerErased(customer.id);
      const facts = {
        ...(body.name === undefined ? {} : { name: body.name }),
        ...(body.customer_id === undefined ? {} : { customerId: body.customer_id }),
        ...(body.site_address === undefined ? {} : { siteAddress: plainAddress(body.site_address) }),
        ...(body.currency === undefined ? {} : { currency: body.currency }),
        ...(pricing ? { amountCents: pricing.totalCents } : {}),
      };
      const edited = await this.proposals.update(tx, proposal, facts, this.clock.now());
      if (pricing) await this.lines.replace(tx, edited, pricing.lines);
      const changed = await this.whole(tx, edited);
      const deed = { action: 'proposal.updated', ...auditSubject(id) } as const;
      await this.audit.recordChange(tx, orgId, deed, before, audited(changed, changed.lines));
      return changed;
    });
  }

  private async openLead(tx: EntityManager, orgId: number, id: number): Promise<Lead> {
    const lead = await this.proposals.getLeadForUpdate(tx, orgId, id);
    if (canBecome(lead.status, 'draft')) return lead;
    throw new DomainError(
      'conflict',
      'lead_not_open',
      `Lead ${id} is ${lead.status} already. Change it by PATCH /proposals/${id}, or draft a new proposal by its name.`,
    );
  }

  private async whole(tx: EntityManager, lead: Lead): Promise<Proposal> {
    const lines = await this.lines.listOf(tx, lead.orgId, [lead.id]);
    return wholeProposal(lead, lines.get(lead.id) ?? [], {
      customerName: await this.customers.nameOf(tx, lead.orgId, lead.customerId),
      invoice: await this.invoices.findShown(tx, lead),
    });
  }
}

function auditSubject(id: number): { subject: AuditSubject; proposalId: number } {
  return { subject: `proposal:${id}`, proposalId: id };
}

/** What the audit log tells of a draft. */
function audited(
  { name, customerId, siteAddress, currency, amountCents }: Lead,
  lines: readonly ProposalLine[],
): AuditValues {
  return {
    name,
    customer_id: customerId,
    site_address: siteAddress && postalAddressText(siteAddress),
    currency,
    amount_cents: amountCents,
    lines: lines.map((line) => ({
      description: line.description,
      quantity: line.quantity,
      unit_price_cents: line.unitPriceCents,
    })),
  };
}

function priced(
  lines: readonly OfferedLine[],
  currency: string,
): { lines: PricedLine[]; totalCents: number } {
  const pricing = priceLines(lines, currency);
  if (!pricing.ok) throw invalid(pricing.problems);
  return pricing;
}

/**
 * Where the work is done is no part of what was approved, and decides about the tax: it is put right by itself, also
 * afterwards.
 */
function assertEditable(proposal: Lead, { site_address: siteAddress, ...others }: UpdateProposal): void {
  if (proposal.status === 'draft') return;
  const isOfSite = siteAddress !== undefined && Object.values(others).every((value) => value === undefined);
  if (proposal.status === 'approved' && isOfSite) return;
  const next =
    proposal.status === 'approved'
      ? 'Cancel it, which is possible until it has an invoice, and draft a new one. Its site_address can be changed ' +
        'by itself.'
      : 'Draft a new one.';
  throw new DomainError(
    'conflict',
    'proposal_not_draft',
    `Proposal ${proposal.id} is ${proposal.status}; only a draft can be changed. ${next}`,
  );
}

function assertActive({ id, isActive, erasedAt }: Customer): void {
  if (isActive) return;
  if (erasedAt !== null) throw customerErased(id);
  throw new DomainError(
    'conflict',
    'customer_inactive',
    `Customer ${id} is inactive. Make them active by PATCH /customers/${id} {"is_active": true}, or name another.`,
  );
}
