import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../../platform/database/statements/prepared.js';
import { Clock } from '../../platform/time/clock.js';
import {
  HEARTBEAT_MS,
  heldStatement,
  type Lease,
  type LeaseTable,
  LostLeaseError,
  releaseStatement,
  renewStatement,
  takeStatement,
} from './lease.js';

/**
 * Who works on which row. Promise: of any row at most one holder has a lease that is in force; the row of a holder that
 * was killed is free LEASE_MS after its last heartbeat. What is written under a lease names its token, so that a holder
 * that was too slow changes nothing any more.
 */
@Injectable()
export class LeasesService {
  private readonly logger = new Logger(LeasesService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Takes a row; null where another holds it, or it may not be taken. */
  async take<Row extends object = object>(
    of: LeaseTable,
    key: readonly (string | number)[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Lease<Row> | null> {
    const { text, asksForNow } = takeStatement(of);
    const values = asksForNow ? [...key, this.clock.now()] : [...key];
    const [rows] = await tx.query<[(Row & { leaseToken: string })[], number]>(prepared(text), values);
    const [row] = rows;
    return row ? { of, key, token: row.leaseToken, row } : null;
  }

  /**
   * Works on a row with a heartbeat beside it. The signal aborts when the row has passed to another holder. The lease
   * is not given back here: the statement that writes the result ends it, or `release`; a row whose work threw is
   * free again when its lease runs out.
   */
  async keep<T>(lease: Lease, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const lost = new AbortController();
    const heartbeat = setInterval(() => void this.renew(lease, lost), HEARTBEAT_MS);
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(heartbeat);
    }
  }

  /**
   * Throws LostLeaseError where a lease is not in force any more: what a holder read that slept meanwhile is older than
   * what others have written since.
   */
  async assertHeld(lease: Lease, tx: EntityManager = this.dataSource.manager): Promise<void> {
    const { of, key, token } = lease;
    const rows = await tx.query<unknown[]>(prepared(heldStatement(of)), [...key, token]);
    if (rows.length === 0) throw new LostLeaseError(lease);
  }

  /** Gives a row back. Answers false where it has passed to another holder. */
  async release({ of, key, token }: Lease, tx: EntityManager = this.dataSource.manager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(prepared(releaseStatement(of)), [...key, token]);
    return count === 1;
  }

  /** A database that does not answer leaves the lease as it is: the next heartbeat tries again. */
  private async renew({ of, key, token }: Lease, lost: AbortController): Promise<void> {
    try {
      const text = prepared(renewStatement(of));
      const [, count] = await this.dataSource.query<[unknown, number]>(text, [...key, token]);
      if (count === 0) lost.abort();
    } catch (error) {
      this.logger.warn({ err: error, table: of.table, key }, 'A lease could not be renewed yet');
    }
  }
}
