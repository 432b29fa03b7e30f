import { Injectable } from '@nestjs/common';
import type { EntityManager, QueryDeepPartialEntity } from 'typeorm';
import { frozenSettings } from '../contracts/agreed-terms.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { Customer } from '../customers/customer.entity.js';
import { Org } from '../orgs/org.entity.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { ActivityRepository } from '../proposals/activity/activity.repository.js';
import type { Seller } from '../proposals/approval/approval.service.js';
import { depositOf } from '../proposals/deposit.js';
import { Lead } from '../proposals/rows/lead.entity.js';
import { priceLines } from '../proposals/proposal-amount.js';
import { ProposalLinesRepository } from '../proposals/rows/proposal-lines.repository.js';
import { Clock } from '../platform/time/clock.js';
import type { DemoCustomer, DemoLead } from './demo-data.js';

const CURRENCY = 'USD';

/** Writes demo rows under ids of their own; those given out later follow them. */
@Injectable()
export class DemoRepository {
  constructor(
    private readonly lines: ProposalLinesRepository,
    private readonly activities: ActivityRepository,
    private readonly contracts: ContractsService,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /** Keeps organisations from being made until the transaction ends. Answers false where there is one. */
  async lockEmpty(tx: EntityManager): Promise<boolean> {
    await tx.query('lock table orgs in share row exclusive mode');
    return !(await tx.exists(Org));
  }

  async addCustomers(tx: EntityManager, orgId: number, customers: readonly DemoCustomer[]): Promise<void> {
    const at = this.clock.now();
    const rows = customers.map((customer) => ({ ...customer, orgId, createdAt: at, updatedAt: at }));
    await insertWithIds(tx, Customer, rows);
    await continueIds(tx, 'customers');
  }

  /** Adds leads and proposals; what is approved was approved by this person, and has its contract. */
  async addLeads(tx: EntityManager, approver: Seller, leads: readonly DemoLead[]): Promise<void> {
    for (const lead of leads) await this.addLead(tx, approver, lead);
    await continueIds(tx, 'leads');
  }

  private async addLead(tx: EntityManager, approver: Seller, lead: DemoLead): Promise<void> {
    const { lines, ...facts } = lead;
    const { orgId } = approver;
    const at = this.clock.now();
    const pricing = lines && priceLines(lines, 'USD');
    if (pricing && !pricing.ok) throw new Error(`The demo proposal ${facts.id} cannot be priced.`);
    const amountCents = pricing?.totalCents ?? null;
    const approvedBy = `user:${approver.userId}`;
    const settings = await this.settings.get(orgId, tx);
    const undecided = { amountCents, currency: CURRENCY, depositPercent: null, depositCents: null };
    const { percent: depositPercent, cents: depositCents } = depositOf(undecided, settings.depositPercent);
    const approval =
      facts.status === 'approved' ? { approvedAt: at, approvedBy, depositPercent, depositCents } : {};
    const row = { ...facts, ...approval, orgId, amountCents, createdAt: at, updatedAt: at };
    await insertWithIds(tx, Lead, [row]);
    if (pricing) await this.lines.replace(tx, { id: facts.id, orgId }, pricing.lines);
    if (facts.status !== 'approved' || amountCents === null) return;
    await this.contracts.open(
      tx,
      {
        orgId,
        proposalId: facts.id,
        customerId: facts.customerId,
        currency: CURRENCY,
        valueCents: amountCents,
        depositPercent,
        depositCents: depositCents ?? amountCents,
        ...frozenSettings(settings, null),
        approvedBy,
        approvedAt: at,
      },
      (await this.lines.listOf(tx, orgId, [facts.id])).get(facts.id) ?? [],
    );
    await this.activities.log(tx, {
      orgId,
      customerId: facts.customerId,
      proposalId: facts.id,
      event: 'approve',
      meta: { amount_cents: amountCents, currency: CURRENCY, approved_by: approvedBy },
      occurrence: 'approved',
    });
  }
}

/** TypeORM leaves a generated id out unless the columns are named. */
async function insertWithIds<Row extends Customer | Lead>(
  tx: EntityManager,
  entity: new () => Row,
  rows: Partial<Row>[],
): Promise<void> {
  const columns = Object.keys(rows[0]!);
  await tx
    .createQueryBuilder()
    .insert()
    .into(entity, columns)
    .values(rows as QueryDeepPartialEntity<Row>[])
    .execute();
}

async function continueIds(tx: EntityManager, table: 'customers' | 'leads'): Promise<void> {
  await tx.query(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`);
}
