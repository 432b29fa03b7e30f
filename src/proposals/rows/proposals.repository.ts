import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { findByKey } from '../../platform/database/statements/find-by-key.js';
import { insertRow, updateRow } from '../../platform/database/statements/written-rows.js';
import type { Amount } from '../../platform/money/money.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { Lead } from './lead.entity.js';
import { isProposal } from '../proposal.js';

/** What the CRM itself says of a lead or proposal; the qbo columns are not its to write. */
export type LeadFacts = Pick<
  Lead,
  | 'customerId'
  | 'name'
  | 'email'
  | 'phone'
  | 'siteAddress'
  | 'source'
  | 'notes'
  | 'status'
  | 'currency'
  | 'amountCents'
  | 'approvedAt'
  | 'approvedBy'
  | 'depositPercent'
  | 'depositCents'
>;

/** The leads table: leads, and the proposals they became. Nothing is read or written without the organisation. */
@Injectable()
export class ProposalsRepository {
  async insert(tx: EntityManager, orgId: number, facts: Partial<LeadFacts>, at: Date): Promise<Lead> {
    return insertRow(tx, Lead, { ...facts, orgId, createdAt: at, updatedAt: at });
  }

  /** Changes what is given and answers the row as it is then. */
  async update(tx: EntityManager, lead: Lead, facts: Partial<LeadFacts>, at: Date): Promise<Lead> {
    const { id, orgId } = lead;
    return updateRow(tx, Lead, { orgId, id }, { ...facts, updatedAt: at });
  }

  /** The row with this id, a plain lead or a proposal. */
  async findLeadInOrg(tx: EntityManager, orgId: number, id: number): Promise<Lead | null> {
    return findByKey(tx, Lead, { orgId, id });
  }

  /** The proposal with this id; a plain lead is none. */
  async findInOrg(tx: EntityManager, orgId: number, id: number): Promise<Lead | null> {
    const lead = await this.findLeadInOrg(tx, orgId, id);
    return lead && isProposal(lead) ? lead : null;
  }

  /** The same. Throws not found. */
  async getInOrg(tx: EntityManager, orgId: number, id: number): Promise<Lead> {
    const proposal = await this.findInOrg(tx, orgId, id);
    if (!proposal) throw notFound('proposal', id);
    return proposal;
  }

  /** The lead or proposal, locked against others until the transaction ends. */
  async getLeadForUpdate(tx: EntityManager, orgId: number, id: number): Promise<Lead> {
    const lead = await this.lock(tx, orgId, id);
    if (!lead) throw notFound('lead', id);
    return lead;
  }

  /** The proposal, locked against others until the transaction ends. */
  async getForUpdate(tx: EntityManager, orgId: number, id: number): Promise<Lead> {
    const lead = await this.lock(tx, orgId, id);
    if (!lead || !isProposal(lead)) throw notFound('proposal', id);
    return lead;
  }

  /** What of all that was paid for a proposal is with us, by currency; empty where nothing is. */
  async moneyWithUs(tx: EntityManager, orgId: number, id: number): Promise<Amount[]> {
    const rows = await tx.query<{ currency: string; cents: string }[]>(
      `select currency, sum(net_cents) as cents from payment_balances
        where org_id = $1 and proposal_id = $2
        group by currency having sum(net_cents) > 0 order by currency`,
      [orgId, id],
    );
    return rows.map(({ currency, cents }) => ({ currency, cents: Number(cents) }));
  }

  /** What it came to on the page by which its deposit was paid; null where nothing was paid of it in its currency. */
  async totalPaidOf(tx: EntityManager, { orgId, id, currency }: Lead): Promise<number | null> {
    const [row] = await tx.query<{ cents: string }[]>(
      `select s.total_cents as cents from payments p
         join checkout_sessions s on s.org_id = p.org_id and s.id = p.checkout_session_id
        where p.org_id = $1 and p.proposal_id = $2 and p.currency = $3 and p.invoice_kind = 'deposit'
        order by p.id limit 1`,
      [orgId, id, currency],
    );
    return row ? Number(row.cents) : null;
  }

  private async lock(tx: EntityManager, orgId: number, id: number): Promise<Lead | null> {
    return tx.findOne(Lead, { where: { orgId, id }, lock: { mode: 'for_no_key_update' } });
  }
}
