import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LeasesService } from '../../../jobs/leases/leases.service.js';
import { EncryptionError } from '../../../platform/encryption/encryption.js';
import { Clock } from '../../../platform/time/clock.js';
import type { AccessTokens } from '../../api/pipeline/access-tokens.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { AccessTokenCacheService } from './access-token-cache.service.js';
import type { QboConnection } from '../qbo-connection.entity.js';
import { QboConnectionsRepository, REFRESH_LEASE } from '../qbo-connections.repository.js';
import { NotNow, TokenRefresherService } from './token-refresher.service.js';
import { TokenVaultService } from './token-vault.service.js';

/** A token this close to its end is replaced before it is used. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A token this close to its end is not worth sending. */
const USABLE_MS = 10_000;
/** Longer than two token calls can take, and than the lease of a process that died lasts. */
const WAIT_MAX_MS = 65_000;
const POLL_MS = { min: 50, max: 250 };
const CALM_MS = 30_000;

/**
 * The access token to call a company with. Promise: at most one refresh of a connection is on its way at any time,
 * whatever the number of callers and processes; a new pair is stored before anyone uses it; tokens that Intuit refuses
 * for good end as `needs_reauth` and are never tried again.
 */
@Injectable()
export class TokenService implements AccessTokens {
  private readonly flights = new Map<number, Promise<void>>();
  /** Until when a token that still works is used without asking the token endpoint again, by organisation. */
  private readonly calmUntil = new Map<number, number>();

  constructor(
    private readonly connections: QboConnectionsRepository,
    private readonly refresher: TokenRefresherService,
    private readonly vault: TokenVaultService,
    private readonly cache: AccessTokenCacheService,
    private readonly leases: LeasesService,
    private readonly clock: Clock,
  ) {}

  async accessToken(company: QboCompany, { rejected }: { rejected?: string } = {}): Promise<string> {
    const cached = rejected === undefined ? await this.cached(company) : null;
    if (cached !== null) return cached;
    const deadline = performance.now() + WAIT_MAX_MS;
    for (;;) {
      const connection = await this.usable(company);
      const token = await this.opened(company, connection);
      const left = this.leftMs(connection.accessExpiresAt);
      if (token !== rejected && left > RENEW_BEFORE_MS) {
        await this.keep(company, connection);
        return token;
      }
      const works = token !== rejected && left > USABLE_MS;
      if (works && this.isCalm(company.orgId)) return token;
      try {
        await this.renew(company, connection, deadline);
      } catch (error) {
        if (!(error instanceof NotNow)) throw error;
        if (!works) throw unavailable(error.message);
        this.calmUntil.set(company.orgId, this.clock.now().getTime() + CALM_MS);
        return token;
      }
      if (performance.now() > deadline) throw unavailable('the refresh takes too long');
    }
  }

  /** The token in the cache, where there is one that lasts; what cannot be decrypted is as good as none. */
  private async cached(company: QboCompany): Promise<string | null> {
    const entry = await this.cache.get(company);
    if (entry === null || this.leftMs(entry.accessExpiresAt) <= RENEW_BEFORE_MS) return null;
    try {
      return this.vault.decrypt(company, 'access_token_sealed', entry.accessTokenEncrypted);
    } catch (error) {
      if (error instanceof EncryptionError) return null;
      throw error;
    }
  }

  private async keep(company: QboCompany, connection: QboConnection): Promise<void> {
    const { tokenVersion: version, accessTokenEncrypted, accessExpiresAt } = connection;
    if (accessTokenEncrypted === null || accessExpiresAt === null) return;
    await this.cache.put(company, { version, accessTokenEncrypted, accessExpiresAt });
  }

  private leftMs(expiresAt: Date | null): number {
    return (expiresAt?.getTime() ?? 0) - this.clock.now().getTime();
  }

  /** Joins the refresh this process has under way, or begins one, or waits for another process's. */
  private async renew(company: QboCompany, connection: QboConnection, deadline: number): Promise<void> {
    const underway = this.flights.get(company.orgId);
    if (underway) return within(underway, deadline);
    const flight = this.refreshUnderLease(company, connection).finally(() => {
      this.flights.delete(company.orgId);
    });
    this.flights.set(company.orgId, flight);
    return within(flight, deadline);
  }

  private async refreshUnderLease(company: QboCompany, connection: QboConnection): Promise<void> {
    const lease = await this.leases.take(REFRESH_LEASE, [company.orgId]);
    if (!lease) {
      await pause(randomInt(POLL_MS.min, POLL_MS.max));
      return;
    }
    try {
      const now = await this.connections.find(company.orgId);
      if (now?.tokenVersion !== connection.tokenVersion) return; // another process has just refreshed them
      await this.leases.keep(lease, () => this.refresher.refresh(company, connection));
    } finally {
      await this.leases.release(lease).catch(() => {});
    }
  }

  private async usable(company: QboCompany): Promise<QboConnection> {
    const connection = await this.connections.find(company.orgId);
    if (
      connection === null ||
      connection.state === 'disconnected' ||
      connection.realmId !== company.realmId ||
      connection.env !== company.env
    ) {
      throw new QboError('not_connected', 'This QuickBooks company is not connected.', {
        operation: 'token.read',
      });
    }
    if (connection.state === 'needs_reauth') throw needsReauth();
    return connection;
  }

  private async opened(company: QboCompany, connection: QboConnection): Promise<string> {
    try {
      return this.vault.decrypt(company, 'access_token_sealed', connection.accessTokenEncrypted ?? '');
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
      await this.refresher.giveUpUnreadable(connection, error);
      throw error.reason === 'unknown_key' ? unavailable(error.message) : needsReauth();
    }
  }

  private isCalm(orgId: number): boolean {
    return this.clock.now().getTime() < (this.calmUntil.get(orgId) ?? 0);
  }
}

function needsReauth(): QboError {
  return new QboError(
    'needs_reauth',
    'QuickBooks no longer accepts our access: an administrator has to connect the company again.',
    { operation: 'token.refresh' },
  );
}

function unavailable(why: string): QboError {
  return new QboError('transient', `No access token could be had from Intuit: ${why}.`, {
    operation: 'token.refresh',
  });
}

/** The flight's end, or NotNow when the deadline comes first; the flight goes on by itself. */
async function within(flight: Promise<void>, deadline: number): Promise<void> {
  const timer = new AbortController();
  const late = pause(Math.max(deadline - performance.now(), 0), undefined, { signal: timer.signal }).then(
    () => {
      throw new NotNow('the refresh takes too long');
    },
    () => {},
  );
  try {
    await Promise.race([flight, late]);
  } finally {
    timer.abort();
  }
}
