import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { monthOf } from '../../../platform/time/month-forecast.js';
import { readsADay } from './reads-a-day.js';
import { UsageRepository } from './usage.repository.js';
import { DAY_MS } from '../../../platform/time/after.js';

/** What people of one organisation asked for in the day that is open. */
interface Asked {
  reads: number;
  readonly endsAtMs: number;
}

/**
 * Keeps people of one organisation, or a program of theirs, from reading QuickBooks so often that the month's budget,
 * which is everybody's, runs short and the companies of all others are polled less often. Counted in this process.
 */
@Injectable()
export class AskedReadsService {
  private readonly asked = new Map<number, Asked>();

  constructor(
    private readonly usage: UsageRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Counts reads that somebody of the organisation asks for. Throws where that is more than they may. */
  async take(orgId: number, reads: number): Promise<void> {
    if (await this.allows(orgId, reads)) return;
    const nowMs = this.clock.now().getTime();
    throw tooMany(this.most(), Math.ceil((this.openDay(orgId, nowMs).endsAtMs - nowMs) / 1000));
  }

  /**
   * The same, where there is an answer without them, too. False where more was asked for than a day allows, and other
   * organisations need the budget.
   */
  async allows(orgId: number, reads: number): Promise<boolean> {
    const now = this.clock.now();
    const asked = this.openDay(orgId, now.getTime());
    asked.reads += reads;
    return asked.reads <= this.most() || !(await this.usage.othersRead(orgId, monthOf(now)));
  }

  private most(): number {
    return readsADay(this.config.qbo.readBudgetPerMonth);
  }

  private openDay(orgId: number, nowMs: number): Asked {
    const known = this.asked.get(orgId);
    if (known && known.endsAtMs > nowMs) return known;
    const begun = { reads: 0, endsAtMs: nowMs + DAY_MS };
    this.asked.set(orgId, begun);
    return begun;
  }
}

function tooMany(most: number, retryAfterSeconds: number): DomainError {
  return new DomainError(
    'too_many_requests',
    'too_many_reads',
    `People of your organisation asked to have QuickBooks read ${most} times within a day. What changes there is ` +
      'seen all the same, by webhooks and with the next poll.',
    undefined,
    { retryAfterSeconds },
  );
}
