import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditValues } from '../../audit/audit-values.js';
import { AuditService } from '../../audit/audit.service.js';
import { customerErased } from '../../customers/customer-erased.js';
import { CustomersRepository } from '../../customers/customers.repository.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { keyedRequest } from '../../platform/http/keyed-request.js';
import { sortPosition } from '../../platform/http/lists/sorted-page.js';
import { Clock } from '../../platform/time/clock.js';
import type { CreateLead, LeadsQuery, UpdateLead } from './lead.dto.js';
import type { Lead } from '../rows/lead.entity.js';
import {
  LEAD_SORT_KEYS,
  LeadListRepository,
  type ListedLead,
  type NamedLead,
} from './lead-list.repository.js';
import { LeadRequestsRepository } from './lead-requests.repository.js';
import { canBecome } from '../proposal-lifecycle.js';
import { type LeadFacts, ProposalsRepository } from '../rows/proposals.repository.js';

/** Owns what is known of work before it is offered. What it becomes as a proposal is not decided here. */
@Injectable()
export class LeadsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly proposals: ProposalsRepository,
    private readonly leadList: LeadListRepository,
    private readonly requests: LeadRequestsRepository,
    private readonly customers: CustomersRepository,
    private readonly invoices: InvoicesRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes down a lead, once under a key of the client's. Throws where the customer it names is not the organisation's,
   * or was erased.
   */
  async create(orgId: number, body: CreateLead, key?: string): Promise<NamedLead> {
    const request = keyedRequest('lead', body, key);
    return this.dataSource.transaction(async (tx) => {
      const made = request && (await this.requests.madeUnder(tx, orgId, request));
      if (made !== null) return this.named(tx, (await this.proposals.findLeadInOrg(tx, orgId, made))!);
      await this.checkCustomer(tx, orgId, body.customer_id);
      const lead = await this.proposals.insert(tx, orgId, factsOf(body), this.clock.now());
      if (request) await this.requests.keep(tx, orgId, lead.id, request);
      const deed = { action: 'lead.created', subject: `lead:${lead.id}`, proposalId: lead.id } as const;
      await this.audit.record(tx, orgId, { ...deed, after: audited(lead) });
      return this.named(tx, lead);
    });
  }

  async get(orgId: number, id: number): Promise<NamedLead> {
    const tx = this.dataSource.manager;
    const lead = await this.proposals.findLeadInOrg(tx, orgId, id);
    if (!lead) throw notFound('lead', id);
    return this.named(tx, lead);
  }

  /** One more than the page holds, whatever became of them. */
  async list(orgId: number, query: LeadsQuery): Promise<ListedLead[]> {
    const { limit, sort, status, search, customer_id: customerId } = query;
    const { qbo_state: qboState, qbo_status: qboStatus } = query;
    const window = { limit, sort, after: sortPosition(LEAD_SORT_KEYS, query) };
    const filter = { status, customerId, qboState, qboStatus, search };
    return this.leadList.list(this.dataSource.manager, orgId, filter, window);
  }

  /**
   * Changes what the body names. The contact stays open to change; name, customer and status of a lead that became a
   * proposal are the proposal's.
   */
  async update(orgId: number, id: number, body: UpdateLead): Promise<NamedLead> {
    return this.dataSource.transaction(async (tx) => {
      const lead = await this.proposals.getLeadForUpdate(tx, orgId, id);
      assertOwnFields(lead, body);
      const customerId = body.customer_id === undefined ? saysOf(lead, body) : body.customer_id;
      await this.checkCustomer(tx, orgId, customerId);
      const before = audited(lead);
      const facts = factsOf(body);
      if (Object.entries(facts).every(([field, value]) => lead[field as keyof LeadFacts] === value)) {
        return this.named(tx, lead);
      }
      const changed = await this.proposals.update(tx, lead, facts, this.clock.now());
      const deed = { action: 'lead.updated', subject: `lead:${id}`, proposalId: id } as const;
      await this.audit.recordChange(tx, orgId, deed, before, audited(changed));
      return this.named(tx, changed);
    });
  }

  private async named(tx: EntityManager, lead: Lead): Promise<NamedLead> {
    const customerName = await this.customers.nameOf(tx, lead.orgId, lead.customerId);
    return { lead, customerName, invoice: await this.invoices.findShown(tx, lead) };
  }

  private async checkCustomer(
    tx: EntityManager,
    orgId: number,
    id: number | null | undefined,
  ): Promise<void> {
    if (id == null) return;
    const customer = await this.customers.getUnchanging(tx, orgId, id);
    if (customer.erasedAt !== null) throw customerErased(id);
  }
}

/** Whom a change says something new of; null where it only takes away, or closes the lead. */
function saysOf({ customerId }: Lead, { name, email, phone, source, notes }: UpdateLead): number | null {
  return [name, email, phone, source, notes].some((text) => text != null) ? customerId : null;
}

function assertOwnFields(lead: Lead, body: UpdateLead): void {
  const renamed = body.name !== undefined || body.customer_id !== undefined;
  const closed = body.status !== undefined && body.status !== lead.status;
  if (lead.status === 'lead' || !(renamed || closed)) return;
  const next = canBecome(lead.status, 'cancelled')
    ? `Change it by PATCH /proposals/${lead.id}.`
    : 'Note down a new lead.';
  throw new DomainError('conflict', 'lead_not_open', `Lead ${lead.id} is ${lead.status}. ${next}`);
}

function factsOf(body: CreateLead | UpdateLead): Partial<LeadFacts> {
  const { customer_id: customerId, ...facts } = body;
  const named = Object.entries({ ...facts, customerId }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named);
}

/** What the audit log tells of a lead. */
function audited({ name, email, phone, source, notes, customerId, status }: Lead): AuditValues {
  return { name, email, phone, source, notes, customer_id: customerId, status };
}
