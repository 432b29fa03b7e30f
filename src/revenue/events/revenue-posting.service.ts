import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { Clock } from '../../platform/time/clock.js';
import { contractEvents } from './contract-events.js';
import { ContractFactsRepository } from './contract-facts.repository.js';
import { ContractFingerprintsRepository } from './contract-fingerprints.repository.js';
import { eventDifference } from './event-difference.js';
import { RevenueEventsRepository } from './revenue-events.repository.js';

const CONTRACTS_PER_TURN = 500;

/**
 * Keeps the journal of revenue in step with its facts: whoever reads it asks first, and only contracts whose facts
 * changed since are derived again. Promise: whatever changes, the sum of the posted events of a contract is what its
 * facts come to, and no posted event of a closed month is altered or added.
 */
@Injectable()
export class RevenuePostingService {
  /** The look of an organisation that is under way in this process, and the one that comes after it. */
  private readonly running = new Map<number, Promise<void>>();
  private readonly next = new Map<number, Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly fingerprints: ContractFingerprintsRepository,
    private readonly facts: ContractFactsRepository,
    private readonly events: RevenueEventsRepository,
    private readonly settings: OrgSettingsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Posts what changed since the last time. Of an organisation one look at a time, and who asks meanwhile has the next
   * one together: it goes through all facts, and ten readers of a report would hold every connection for its minutes.
   */
  async catchUp(orgId: number): Promise<void> {
    const running = this.running.get(orgId);
    if (!running) return this.begin(orgId);
    const next =
      this.next.get(orgId) ??
      running
        .catch(() => {}) // those who asked for it are told
        .then(() => {
          this.next.delete(orgId);
          return this.begin(orgId);
        });
    this.next.set(orgId, next);
    return next;
  }

  private async begin(orgId: number): Promise<void> {
    const look = this.postChanged(orgId);
    this.running.set(orgId, look);
    try {
      await look;
    } finally {
      this.running.delete(orgId);
    }
  }

  private async postChanged(orgId: number): Promise<void> {
    const { timeZone } = await this.settings.get(orgId);
    const stale = await this.dataSource.transaction((tx) => this.fingerprints.listStale(tx, orgId, timeZone));
    for (let start = 0; start < stale.length; start += CONTRACTS_PER_TURN) {
      const turn = stale.slice(start, start + CONTRACTS_PER_TURN);
      await this.dataSource.transaction(async (tx) => {
        await this.events.lock(tx, orgId);
        await this.post(tx, orgId, turn, timeZone);
      });
    }
  }

  /** The same within a transaction, which is the only one that posts until it ends. */
  async catchUpIn(tx: EntityManager, orgId: number): Promise<void> {
    const { timeZone } = await this.settings.get(orgId, tx);
    await this.events.lock(tx, orgId);
    await this.post(tx, orgId, await this.fingerprints.listStale(tx, orgId, timeZone), timeZone);
  }

  private async post(
    tx: EntityManager,
    orgId: number,
    stale: readonly { contractId: number; fingerprint: string }[],
    timeZone: string,
  ): Promise<void> {
    if (stale.length === 0) return;
    const ids = stale.map(({ contractId }) => contractId);
    const fingerprints = new Map(stale.map(({ contractId, fingerprint }) => [contractId, fingerprint]));
    const firstOpenDay = await this.events.firstOpenDay(orgId, tx);
    const posted = Map.groupBy(await this.events.listSums(tx, orgId, ids), ({ contractId }) => contractId);
    const facts = await this.facts.list(tx, orgId, ids, timeZone);
    const postings = facts.map((one) => ({
      contractId: one.contractId,
      proposalId: one.proposalId,
      currency: one.currency,
      fingerprint: fingerprints.get(one.contractId)!,
      events: eventDifference(contractEvents(one), posted.get(one.contractId) ?? [], firstOpenDay),
    }));
    await this.events.append(tx, orgId, postings, this.clock.now());
  }
}
