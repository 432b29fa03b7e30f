import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { OrgSettingsService } from '../orgs/org-settings.service.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import { invalid } from '../platform/errors/validation.pipe.js';
import { type CalendarDay, dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import { ProposalsRepository } from '../proposals/proposals.repository.js';
import { CompanyMirrorService } from '../reports/company-mirror.service.js';
import {
  type Bill,
  type BillLine,
  type BillState,
  billState,
  parseBillId,
  unallocatedCents,
} from './bill.js';
import { type BillFilter, BillsRepository } from './bills.repository.js';

export interface BillAt {
  bill: Bill;
  state: BillState;
}

/** A part of a bill's line for a proposal; all that is left of it where no amount is named. */
export interface AllocationOrder {
  proposalId: number;
  cents: number | undefined;
  by: number;
}

/** What the company's jobs cost, as its books have it, and which job bears it. */
@Injectable()
export class BillsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mirror: CompanyMirrorService,
    private readonly bills: BillsRepository,
    private readonly proposals: ProposalsRepository,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Every cost that fits, newest first. Throws `conflict` where the books cannot be read yet. */
  async list(orgId: number, filter: BillFilter, state?: BillState): Promise<BillAt[]> {
    const realmId = (await this.mirror.known(orgId)) ?? (await this.mirror.fresh(orgId)).realmId;
    const { home, today } = await this.company(orgId);
    const bills = await this.bills.list(orgId, realmId, home, filter);
    return bills
      .map((bill) => ({ bill, state: billState(bill, today) }))
      .filter((one) => state === undefined || one.state === state);
  }

  /** The same with what changed in the last minute. */
  async fresh(orgId: number): Promise<void> {
    await this.mirror.fresh(orgId);
  }

  async get(orgId: number, id: string): Promise<BillAt> {
    const key = parseBillId(id);
    const [found] = key ? await this.list(orgId, key) : [];
    if (!found) throw notFound('bill', id);
    return found;
  }

  /**
   * Has a proposal bear a part of a line. Throws not found, or `conflict` where more than is left of the line, or
   * another currency than the proposal's.
   */
  async allocate(orgId: number, id: string, line: number, order: AllocationOrder): Promise<BillAt> {
    await this.changeLine(orgId, id, line, async (tx, realmId, bill, found) => {
      const proposal = await this.proposals.findLeadInOrg(tx, orgId, order.proposalId);
      if (!proposal) throw notFound('proposal', order.proposalId);
      if (proposal.currency !== bill.currency) {
        throw new DomainError(
          'conflict',
          'currency_differs',
          `The bill is in ${bill.currency} and the proposal in ${proposal.currency}: ` +
            'costs of another currency are not added to it.',
        );
      }
      const others = found.allocations.filter(
        ({ id: stored, proposalId }) => stored !== null && proposalId !== order.proposalId,
      );
      const left = unallocatedCents({ cents: found.cents, allocations: others });
      const cents = order.cents === undefined ? left : order.cents * Math.sign(found.cents || 1);
      if (cents === 0 || Math.abs(cents) > Math.abs(left) || Math.sign(cents) !== Math.sign(left)) {
        throw new DomainError(
          'conflict',
          'more_than_is_left',
          `Of this line ${Math.abs(left)} cents are left to allocate. Name at most as much.`,
        );
      }
      await this.bills.decide(
        tx,
        { orgId, realmId, type: bill.type, qboId: bill.qboId, line, proposalId: order.proposalId },
        { cents, state: 'accepted', by: order.by, at: this.clock.now() },
      );
      await this.audit.record(tx, orgId, {
        action: 'bill.allocated',
        subject: `bill:${id}`,
        proposalId: order.proposalId,
        after: { line, proposal_id: order.proposalId, amount_cents: cents },
      });
    });
    return this.get(orgId, id);
  }

  /** Says that a line is not of this proposal, or of none that it seems to be of. */
  async reject(
    orgId: number,
    id: string,
    line: number,
    { proposalId, by }: { proposalId: number | undefined; by: number },
  ): Promise<BillAt> {
    await this.changeLine(orgId, id, line, async (tx, realmId, bill, { allocations }) => {
      const refused = allocations.filter(
        (one) => one.state !== 'rejected' && (proposalId === undefined || one.proposalId === proposalId),
      );
      if (refused.length === 0) {
        throw new DomainError('conflict', 'nothing_to_reject', 'No proposal bears this line.');
      }
      for (const { proposalId: of, cents } of refused) {
        await this.bills.decide(
          tx,
          { orgId, realmId, type: bill.type, qboId: bill.qboId, line, proposalId: of },
          { cents, state: 'rejected', by, at: this.clock.now() },
        );
        await this.audit.record(tx, orgId, {
          action: 'bill.rejected',
          subject: `bill:${id}`,
          proposalId: of,
          before: { line, proposal_id: of, amount_cents: cents },
        });
      }
    });
    return this.get(orgId, id);
  }

  private async changeLine(
    orgId: number,
    id: string,
    line: number,
    change: (tx: EntityManager, realmId: string, bill: Bill, line: BillLine) => Promise<void>,
  ): Promise<void> {
    const key = parseBillId(id);
    const realmId = await this.mirror.known(orgId);
    if (!key || realmId === null) throw notFound('bill', id);
    const { home } = await this.company(orgId);
    await this.dataSource.transaction(async (tx) => {
      await this.bills.lock(tx, orgId, realmId, key);
      const [bill] = await this.bills.list(orgId, realmId, home, key, tx);
      if (!bill || bill.deleted) throw notFound('bill', id);
      const found = bill.lines.find((one) => one.line === line);
      if (!found) throw invalid([{ field: 'line', message: `The bill has no line ${line}` }]);
      await change(tx, realmId, bill, found);
    });
  }

  private async company(orgId: number): Promise<{ home: string; today: CalendarDay }> {
    const { companyCurrency, currency, timeZone } = await this.settings.get(orgId);
    return { home: companyCurrency ?? currency, today: dayInZone(this.clock.now(), timeZone) };
  }
}
