import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { NO_MONEY_CODES } from '../../messages/inbox-messages.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { addMonths, dayInZone, isMonth, lastDayOf } from '../../platform/time/calendar-day.js';
import { Clock } from '../../platform/time/clock.js';
import { CompanyBooksReaderService } from '../../qbo-sync/pull/currencies/company-books-reader.service.js';
import { RevenueEventsRepository } from '../events/revenue-events.repository.js';
import { RevenuePostingService } from '../events/revenue-posting.service.js';
import { type PackFigures, packHash } from './close-pack.js';
import { ClosePackService } from './close-pack.service.js';
import { type FrozenPack, type PackHeader, type Period, periodsOf } from './period.js';
import { type PeriodCheck, periodChecks } from './period-checks.js';
import { PeriodClosingsRepository } from './period-closings.repository.js';

/** A pack is drawn anew so often at most while its figures go on changing. */
const DRAWINGS_MAX = 5;

interface Drawing {
  month: string;
  previousHash: string | null;
  readAging: (tx: EntityManager) => Promise<PackHeader['aging']>;
}

/** A month with what is to know before it is closed. */
export interface PeriodStatus extends Period {
  checks: PeriodCheck[];
}

/** A month's pack: as it was frozen, or, of an open month, as it would be now. */
export interface Pack extends Period {
  figures: FrozenPack['figures'];
  header: FrozenPack['header'];
  /** Of a closed month: whether the journal still gives the figures that were frozen. */
  isVerified: boolean | null;
}

/** Closes months, one after the other, and takes a closing back, the last one first. */
@Injectable()
export class PeriodsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly closings: PeriodClosingsRepository,
    private readonly packs: ClosePackService,
    private readonly posting: RevenuePostingService,
    private readonly events: RevenueEventsRepository,
    private readonly books: CompanyBooksReaderService,
    private readonly settings: OrgSettingsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Every month from the first with entries, or the first closed one, to the one it is, newest first. */
  async list(orgId: number): Promise<{ periods: Period[]; qboClosingDate: string | null }> {
    await this.posting.catchUp(orgId);
    const tx = this.dataSource.manager;
    const current = await this.currentMonth(orgId);
    const closings = await this.closings.list(orgId);
    const [first = current] = await this.closings.listMonthsWithEvents(tx, orgId, current);
    const earliest = closings[0] && closings[0].month < first ? closings[0].month : first;
    const books = await this.books.current(orgId);
    return { periods: periodsOf(earliest, current, closings), qboClosingDate: books?.closedThrough ?? null };
  }

  /** Throws not found for a month that is none. */
  async get(orgId: number, month: string): Promise<PeriodStatus> {
    assertMonth(month);
    await this.posting.catchUp(orgId);
    const tx = this.dataSource.manager;
    return {
      month,
      closing: await this.closings.find(orgId, month),
      checks: await this.checks(tx, orgId, month),
    };
  }

  /** Closed twice is closed once. Throws a conflict where something stands against it. */
  async close(
    { orgId, userId }: AuthenticatedUser,
    month: string,
    { force, reason }: { force: boolean; reason: string | null },
  ): Promise<Period> {
    assertMonth(month);
    await this.posting.catchUp(orgId);
    const qboClosingDate = (await this.books.current(orgId))?.closedThrough ?? null;
    // Everything that takes a connection of its own is read before the transaction has one.
    const readAging = await this.packs.receivablesByAge(orgId, month);
    await this.dataSource.transaction(async (tx) => {
      await this.posting.catchUpIn(tx, orgId);
      if (await this.closings.find(orgId, month, tx)) return;
      assertClosable(month, await this.checks(tx, orgId, month), force);
      const { timeZone } = await this.settings.get(orgId, tx);
      const previousHash = (await this.closings.find(orgId, addMonths(month, -1), tx))?.packHash ?? null;
      const { figures, aging } = await this.drawnTogether(tx, orgId, { month, previousHash, readAging });
      const closing = {
        month,
        closedAt: this.clock.now(),
        closedBy: userId,
        forceReason: force ? reason : null,
        qboClosingDate,
        packHash: packHash(figures),
        previousHash,
      };
      const header = await this.packs.header(tx, orgId, { month, timeZone, qboClosingDate, aging });
      await this.closings.insert(tx, orgId, { ...closing, figures, header });
      await this.audit.record(tx, orgId, {
        action: 'period.closed',
        subject: `period:${month}`,
        after: { pack_hash: closing.packHash, force_reason: closing.forceReason },
      });
    });
    return { month, closing: await this.closings.find(orgId, month) };
  }

  /** Throws a conflict where the month is open, a later one is closed, or QuickBooks' books of it are closed. */
  async reopen({ orgId, userId: by }: AuthenticatedUser, month: string, reason: string): Promise<Period> {
    assertMonth(month);
    const books = await this.books.current(orgId);
    await this.dataSource.transaction(async (tx) => {
      await this.events.lock(tx, orgId);
      const closings = await this.closings.list(orgId, tx);
      const closing = closings.find((one) => one.month === month);
      if (!closing) throw new DomainError('conflict', 'period_open', `${month} is not closed.`);
      const later = closings.findLast((one) => one.month > month);
      if (later) {
        throw new DomainError(
          'conflict',
          'later_month_closed',
          `${later.month} is closed. Reopen the later months first, the last one before the others.`,
        );
      }
      const closedThrough = books?.closedThrough ?? null;
      if (closedThrough !== null && closedThrough >= lastDayOf(month)) {
        throw new DomainError(
          'conflict',
          'closed_in_quickbooks',
          `QuickBooks' books are closed up to ${closedThrough}. Take that back in QuickBooks first.`,
        );
      }
      await this.closings.reopen(tx, orgId, month, { by, reason, at: this.clock.now() });
      await this.audit.record(tx, orgId, {
        action: 'period.reopened',
        subject: `period:${month}`,
        before: { pack_hash: closing.packHash },
        after: { reason },
      });
    });
    return { month, closing: null };
  }

  async pack(orgId: number, month: string): Promise<Pack> {
    assertMonth(month);
    await this.posting.catchUp(orgId);
    const tx = this.dataSource.manager;
    const frozen = await this.closings.find(orgId, month);
    if (frozen) {
      const rebuilt = await this.packs.build(tx, orgId, month, frozen.previousHash);
      const { figures, header } = frozen;
      return { month, closing: frozen, figures, header, isVerified: packHash(rebuilt) === frozen.packHash };
    }
    const { timeZone } = await this.settings.get(orgId);
    const qboClosingDate = (await this.books.current(orgId))?.closedThrough ?? null;
    const previousHash = (await this.closings.find(orgId, addMonths(month, -1)))?.packHash ?? null;
    const figures = await this.packs.build(tx, orgId, month, previousHash);
    const aging = await (await this.packs.receivablesByAge(orgId, month))(tx);
    const header = await this.packs.header(tx, orgId, { month, timeZone, qboClosingDate, aging });
    return { month, closing: null, figures, header, isVerified: null };
  }

  /** What is owed by age, and the journal, of one moment: drawn anew where something came in between. */
  private async drawnTogether(
    tx: EntityManager,
    orgId: number,
    { month, previousHash, readAging }: Drawing,
  ): Promise<{ figures: PackFigures; aging: PackHeader['aging'] }> {
    for (let round = 1; ; round += 1) {
      const aging = await readAging(tx);
      await this.posting.catchUpIn(tx, orgId);
      const figures = await this.packs.build(tx, orgId, month, previousHash);
      const isSame = isDeepStrictEqual(await readAging(tx), aging);
      if (isSame || round === DRAWINGS_MAX) return { figures, aging };
    }
  }

  private async checks(tx: EntityManager, orgId: number, month: string): Promise<PeriodCheck[]> {
    const { timeZone } = await this.settings.get(orgId, tx);
    const closed = new Set((await this.closings.list(orgId, tx)).map((closing) => closing.month));
    const currentMonth = await this.currentMonth(orgId, tx);
    const entered = await this.closings.listMonthsWithEvents(tx, orgId, currentMonth);
    const question = { month, timeZone, except: NO_MONEY_CODES };
    const books = await this.books.known(tx, orgId);
    return periodChecks({
      month,
      currentMonth,
      openBefore: entered.filter((one) => one < month && !closed.has(one)),
      firstMonth: entered[0] ?? currentMonth,
      closedAfter: closed.has(month) ? null : ([...closed].findLast((one) => one > month) ?? null),
      moneyItems: (await this.closings.listOpenInbox(tx, orgId, question)).length,
      unrecorded: await this.closings.countUnrecorded(tx, orgId, question),
      belowWhole: await this.closings.listBelowWhole(tx, orgId, lastDayOf(month)),
      qboConnected: books !== null,
      qboClosingDate: books?.closedThrough ?? null,
    });
  }

  private async currentMonth(orgId: number, tx?: EntityManager): Promise<string> {
    const { timeZone } = await this.settings.get(orgId, tx);
    return dayInZone(this.clock.now(), timeZone).slice(0, 7);
  }
}

function assertMonth(month: string): void {
  if (isMonth(month)) return;
  throw new DomainError('bad_request', 'malformed_month', 'Name the month as YYYY-MM, as in 2026-03.');
}

function assertClosable(month: string, checks: readonly PeriodCheck[], force: boolean): void {
  const against = checks.find(
    ({ ok, severity }) => !ok && (severity === 'block' || (severity === 'confirm' && !force)),
  );
  if (!against) return;
  throw new DomainError(
    'conflict',
    against.code,
    `${month} cannot be closed: ${against.found}. ${against.nextStep ?? ''}`.trim(),
  );
}
