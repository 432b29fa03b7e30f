import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { OrgSettingsService } from '../orgs/settings/org-settings.service.js';
import { DomainError, notFound, invalid } from '../platform/errors/domain-error.js';
import { type CalendarDay, dayInZone } from '../platform/time/calendar-day.js';
import { Clock } from '../platform/time/clock.js';
import { notApprovedReason } from '../proposals/proposal-lifecycle.js';
import { ProposalsRepository } from '../proposals/rows/proposals.repository.js';
import { CompanyMirrorService, qboNotConnected } from '../reports/company-mirror.service.js';
import {
  type Bill,
  type BillBooks,
  type BillLine,
  type BillState,
  type BorneCost,
  billState,
  leftCents,
  parseBillId,
} from './bill.js';
import type { HeadFilter } from './bill-heads.repository.js';
import { type BillPosition, billPosition, type BillsSort } from './bills-order.js';
import { type AllocationFilter, BillsRepository } from './bills.repository.js';
import { CostJobsRepository } from './allocation/cost-jobs.repository.js';
import type { BooksOf } from '../messages/quickbooks-links.js';

export interface BillAt {
  bill: Bill;
  state: BillState;
  /** Of the company in whose books it is. */
  books: BooksOf;
}

/** What jobs cost, as far as books were read. */
export interface KnownCosts {
  /** Of the company that is connected. */
  batches: AsyncGenerator<BorneCost[]>;
  /** Of those that were connected before, as they stood then. */
  former: readonly AsyncGenerator<BorneCost[]>[];
  /** Jobs with costs in a company that was connected before and was never read. */
  unread: ReadonlySet<number>;
  /** The chart of accounts may not be read: a line on an account that costs nothing is among them. */
  lacksAccounts: boolean;
  /** The company that is connected. */
  books: BooksOf;
}

/** A part of a bill's line for a proposal; all that is left of it where no amount is named. */
export interface AllocationOrder {
  proposalId: number;
  cents: number | undefined;
  /** Every other line of the same sub-customer or project too, of now and later. */
  wholeProject: boolean;
  by: number;
}

/** What the company's jobs cost, as its books have it, and which job bears it. */
@Injectable()
export class BillsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mirror: CompanyMirrorService,
    private readonly bills: BillsRepository,
    private readonly costJobs: CostJobsRepository,
    private readonly proposals: ProposalsRepository,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * A page of the costs that fit, with what changed in the last minute; while no company is connected those of the last
   * one, as they were read. Throws `conflict` while it is being read.
   */
  async page(
    orgId: number,
    filter: Pick<HeadFilter, 'vendor' | 'state'> & AllocationFilter,
    order: { sort: BillsSort; limit: number; after: BillPosition | undefined },
  ): Promise<{ bills: BillAt[]; next: BillPosition | null }> {
    const company = await this.mirror.shown(orgId);
    if (!company) return { bills: [], next: null };
    const { books, today, address } = await this.booksOf(orgId, company);
    const found = await this.bills.page(books, { ...filter, today }, order);
    const shown = found.slice(0, order.limit);
    const last = found.length > order.limit ? shown.at(-1) : undefined;
    return {
      bills: shown.map((bill) => ({ bill, state: billState(bill, today), books: address })),
      next: last ? billPosition(order.sort, last) : null,
    };
  }

  /**
   * The costs of these days in batches, with what changed in the last minute; of one proposal those that may be its own
   * or its customer's. What jobs cost in a company that was connected before stays theirs. Null where no company is
   * connected: costs are not known then.
   */
  async known(orgId: number, window: Parameters<BillsRepository['batches']>[1]): Promise<KnownCosts | null> {
    if (!(await this.mirror.isConnected(orgId))) return null;
    const company = await this.mirror.fresh(orgId);
    const { books, address } = await this.booksOf(orgId, company);
    const former = await this.bills.listFormerRealms(books);
    return {
      batches: this.bills.batches(books, window),
      former: former.map((realmId) => this.bills.batches({ ...books, realmId }, window)),
      unread: await this.bills.listUnread(books, window.from),
      lacksAccounts: (await this.mirror.lacks(company)).length > 0,
      books: address,
    };
  }

  /** Throws not found. */
  async get(orgId: number, id: string): Promise<BillAt> {
    const key = parseBillId(id);
    const company = key && ((await this.mirror.known(orgId)) ?? (await this.mirror.shown(orgId)));
    if (!company) throw notFound('bill', id);
    const { books, today, address } = await this.booksOf(orgId, company);
    const bill = await this.bills.find(books, key);
    if (!bill) throw notFound('bill', id);
    return { bill, state: billState(bill, today), books: address };
  }

  /**
   * Has a proposal bear a part of a line, in the bill's currency, whatever the proposal's is. Throws not found, or
   * `conflict` where more than is left of the line, or where the proposal was never approved: it is no job then, whose
   * margin could show the cost. For a whole project throws `invalid` where the line names none.
   */
  async allocate(orgId: number, id: string, line: number, order: AllocationOrder): Promise<BillAt> {
    await this.changeLine(orgId, id, line, async (tx, realmId, bill, found) => {
      const proposal = await this.proposals.findLeadInOrg(tx, orgId, order.proposalId);
      if (!proposal) throw notFound('proposal', order.proposalId);
      if (!(await this.costJobs.isJob(tx, orgId, order.proposalId))) {
        const reason = notApprovedReason(order.proposalId, proposal.status);
        throw new DomainError('conflict', 'proposal_not_approved', reason);
      }
      const others = found.allocations.filter(
        ({ id: stored, proposalId }) => stored !== null && proposalId !== order.proposalId,
      );
      const left = leftCents({ cents: found.cents, allocations: others });
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
      if (order.wholeProject) {
        const project = { orgId, realmId, qboCustomerId: projectOf(found), proposalId: order.proposalId };
        await this.costJobs.saveProject(tx, project, { by: order.by, at: this.clock.now() });
      }
      const allocated = { line, proposal_id: order.proposalId, amount_cents: cents };
      await this.audit.record(tx, orgId, {
        action: 'bill.allocated',
        subject: `bill:${id}`,
        proposalId: order.proposalId,
        after: order.wholeProject ? { ...allocated, whole_project: projectOf(found) } : allocated,
      });
    });
    return this.get(orgId, id);
  }

  /**
   * Says that a line is not of this proposal, or of none that it seems to be of; for a whole project also that its
   * other lines are no longer of the proposal that it was given to.
   */
  async reject(
    orgId: number,
    id: string,
    line: number,
    { proposalId, wholeProject, by }: { proposalId: number | undefined; wholeProject: boolean; by: number },
  ): Promise<BillAt> {
    await this.changeLine(orgId, id, line, async (tx, realmId, bill, found) => {
      const refused = refusable(found, proposalId);
      if (refused.length === 0) {
        throw new DomainError('conflict', 'nothing_to_reject', 'No proposal bears this line, or seems to.');
      }
      if (wholeProject) {
        await this.costJobs.removeProject(tx, { orgId, realmId, qboCustomerId: projectOf(found) });
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
    const company = key && (await this.mirror.kept(orgId));
    if (!key || !company) throw notFound('bill', id);
    const { books } = await this.booksOf(orgId, company);
    const isConnected = await this.mirror.isConnected(orgId);
    await this.dataSource.transaction(async (tx) => {
      await this.bills.lock(tx, books, key);
      const bill = await this.bills.find(books, key, tx);
      if (!bill || bill.deleted) throw notFound('bill', id);
      const found = bill.lines.find((one) => one.line === line);
      if (!found) throw notFound('line', line);
      await change(tx, books.realmId, bill, found);
      // Last, and undoing it: what is not there, or does not go, is so whatever is connected.
      if (!isConnected) throw qboNotConnected();
    });
  }

  private async booksOf(
    orgId: number,
    { realmId, env: environment }: Awaited<ReturnType<CompanyMirrorService['fresh']>>,
  ): Promise<{ books: BillBooks; today: CalendarDay; address: BooksOf }> {
    const { companyCurrency, currency, timeZone } = await this.settings.get(orgId);
    const today = dayInZone(this.clock.now(), timeZone);
    return {
      books: { orgId, realmId, homeCurrency: companyCurrency ?? currency, timeZone },
      today,
      address: { environment, realmId },
    };
  }
}

/** The sub-customer or project on a line. Throws `invalid` where it names none, or a customer of ours itself. */
function projectOf({ party }: BillLine): string {
  if (party && !party.isOwnCustomer) return party.qboId;
  const message = 'The line names no sub-customer or project of QuickBooks, so leave whole_project out';
  throw invalid([{ field: 'whole_project', message }]);
}

/** What of a line can be refused: what bears it, what is proposed, and a candidate that is named. */
function refusable(
  { allocations, candidates }: BillLine,
  proposalId: number | undefined,
): { proposalId: number; cents: number }[] {
  const standing = allocations.filter(
    (one) => one.state !== 'rejected' && (proposalId === undefined || one.proposalId === proposalId),
  );
  if (standing.length > 0 || proposalId === undefined) return standing;
  return candidates.filter((one) => one.proposalId === proposalId).map(() => ({ proposalId, cents: 0 }));
}
