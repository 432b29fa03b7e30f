import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../../platform/config/config.js';
import { Clock } from '../../../platform/time/clock.js';
import { type ReadsSoFar, stretchedIntervalMs, pollFactor } from './poll-stretch.js';
import { forecastOf, monthOf } from '../../../platform/time/month-forecast.js';
import { UsageRepository } from './usage.repository.js';

/** How the whole installation stands with its metered reads. */
export interface BudgetStanding extends ReadsSoFar {
  month: string;
  /** How many times longer the interval between polls is for now; 1 is the usual pace. */
  factor: number;
}

/** What one organisation used. The budget is the whole installation's. */
export interface OrgUsage extends ReadsSoFar {
  month: string;
  byOperation: Record<string, number>;
}

const WARN_AGAIN_MS = 3_600_000;

/** Watches over the metered reads of the month and slows the polls, by rule and aloud, before they are used up. */
@Injectable()
export class ReadBudgetService {
  private readonly logger = new Logger(ReadBudgetService.name);
  private warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly usage: UsageRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async standing(tx?: EntityManager): Promise<BudgetStanding> {
    const now = this.clock.now();
    const used = await this.usage.reads(monthOf(now), tx);
    const reads = { used, forecast: forecastOf(used, now), budget: this.config.qbo.readBudgetPerMonth };
    return { month: monthOf(now), ...reads, factor: pollFactor(reads) };
  }

  async usageOf(orgId: number): Promise<OrgUsage> {
    const now = this.clock.now();
    const byOperation = await this.usage.readsByOperation(orgId, monthOf(now));
    const used = Object.values(byOperation).reduce((sum, reads) => sum + reads, 0);
    const budget = this.config.qbo.readBudgetPerMonth;
    return { month: monthOf(now), used, forecast: forecastOf(used, now), budget, byOperation };
  }

  /** How intervals between polls, in milliseconds, are to be stretched for now. Warns once an hour while they are. */
  async stretch(): Promise<(usualMs: number) => number> {
    const standing = await this.standing();
    if (standing.factor > 1) this.warn(standing);
    return (usualMs) => stretchedIntervalMs(usualMs, standing.factor);
  }

  private warn(standing: BudgetStanding): void {
    const nowMs = this.clock.now().getTime();
    if (nowMs - this.warnedAtMs < WARN_AGAIN_MS) return;
    this.warnedAtMs = nowMs;
    this.logger.warn(
      standing,
      `The read budget of QuickBooks runs short: polls are ${standing.factor} times slower`,
    );
  }
}
