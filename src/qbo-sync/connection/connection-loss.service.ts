import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../inbox/inbox.repository.js';
import { connectionLostReason } from '../../messages/connection-messages.js';
import { type LostConnection, QboConnectionsRepository } from './qbo-connections.repository.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';

/**
 * Has a connection that Intuit ended stand in the inbox, one item a company, with what waits behind it. It closes
 * itself when the company is connected again, or disconnected by a person.
 */
@Injectable()
export class ConnectionLossService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: QboConnectionsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Brings the items in line with the connections: opens those that are missing, but none that a person closed since
   * the loss; states anew what waits; closes those that are over.
   */
  async refresh(): Promise<void> {
    const tx = this.dataSource.manager;
    for (const lost of await this.connections.listLost(tx)) {
      await inOrganisation(lost.orgId, () => this.dataSource.transaction((own) => this.report(own, lost)));
    }
    for (const { orgId, subject } of await this.connections.listEndedLosses(tx)) {
      await inOrganisation(orgId, () =>
        this.dataSource.transaction((own) => this.inbox.resolveSubject(own, orgId, subject)),
      );
    }
  }

  /** Opens the item of an organisation whose connection was lost just now. Nothing where it is not lost any more. */
  async begin(orgId: number): Promise<void> {
    await inOrganisation(orgId, () =>
      this.dataSource.transaction(async (tx) => {
        const lost = await this.connections.findLost(tx, orgId);
        if (lost) await this.report(tx, lost);
      }),
    );
  }

  /** The company is connected, or was given up by a person. Part of the caller's transaction. */
  async end(tx: EntityManager, { orgId, realmId }: { orgId: number; realmId: string }): Promise<void> {
    await this.inbox.resolveSubject(tx, orgId, subjectOf(realmId));
  }

  private async report(tx: EntityManager, lost: LostConnection): Promise<void> {
    // Who connects it meanwhile closes what is open, and would not see an item that is opened after that.
    if (!(await this.connections.isStillLost(tx, lost))) return;
    const { orgId, realmId, companyName, lostAt } = lost;
    const subject = subjectOf(realmId);
    const reason = connectionLostReason(companyName, await this.connections.countWaiting(tx, orgId));
    if (await this.inbox.restate(tx, orgId, subject, reason)) return;
    if ((await this.inbox.decisionSince(tx, orgId, subject, lostAt)) !== null) return;
    await this.inbox.open(tx, { orgId, subject, code: 'connection_lost', reason });
  }
}

function subjectOf(realmId: string): string {
  return `company.connection:${realmId}`;
}
