import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Backoff, pauseMs } from '../../../jobs/backoff.js';
import { DataSource } from 'typeorm';
import { EncryptionError } from '../../../platform/encryption/encryption.js';
import { Clock } from '../../../platform/time/clock.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { AccessTokenCacheService } from './access-token-cache.service.js';
import { ConnectionLossService } from '../connection-loss.service.js';
import { IntuitOauthClient, type TokenReply } from '../intuit-oauth.client.js';
import type { QboConnection } from '../qbo-connection.entity.js';
import { QboConnectionsRepository } from '../qbo-connections.repository.js';
import { tokenPairColumns } from './token-pair-columns.js';
import type { TokenPair } from './token-response.js';
import { TokenVaultService } from './token-vault.service.js';

const STORE_BACKOFF: Backoff = { firstMs: 100, maxMs: 5_000, jitter: 0 };

/** No refresh at the moment, and no verdict on the tokens: they are kept. */
export class NotNow extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotNow';
  }
}

/**
 * Refreshes the tokens of one connection, for whoever holds its lease. Promise: a pair once received is stored, however
 * long the database takes; a refusal is final only when nobody has stored newer tokens; anything else changes nothing.
 * No transaction is open while Intuit is asked.
 */
@Injectable()
export class TokenRefresherService implements OnApplicationShutdown {
  private readonly logger = new Logger('QuickBooks tokens');
  private stopping = false;

  constructor(
    private readonly intuit: IntuitOauthClient,
    private readonly connections: QboConnectionsRepository,
    private readonly vault: TokenVaultService,
    private readonly losses: ConnectionLossService,
    private readonly cache: AccessTokenCacheService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Throws NotNow when Intuit gave no verdict or blames our own client id. */
  async refresh(company: QboCompany, connection: QboConnection): Promise<void> {
    const refreshToken = await this.opened(company, connection);
    if (refreshToken === null) return;
    const reply = await this.ask(refreshToken);
    switch (reply.kind) {
      case 'pair':
        return this.store(company, connection, reply.pair);
      case 'invalid_grant':
        return this.giveUp(connection, 'Intuit no longer accepts the refresh token');
      case 'refused':
        this.logger.error(
          `Intuit refuses our client: ${reply.error}. Check QBO_CLIENT_ID and QBO_CLIENT_SECRET.`,
        );
        throw new NotNow(`Intuit refuses this installation (${reply.error})`);
      case 'unavailable':
      case 'silent':
        throw new NotNow(reply.why);
      default:
        throw reply satisfies never;
    }
  }

  /** Gives up a connection whose encrypted tokens were damaged. A missing key can come back, so it changes nothing. */
  async giveUpUnreadable(connection: QboConnection, error: EncryptionError): Promise<void> {
    this.logger.error({ org_id: connection.orgId }, `Stored tokens cannot be opened: ${error.message}`);
    if (error.reason !== 'unknown_key') await this.giveUp(connection, 'The stored tokens cannot be opened');
  }

  onApplicationShutdown(): void {
    this.stopping = true;
  }

  /** A lost answer may hide a new pair: the old token is tried once more, which works where Intuit grants it grace. */
  private async ask(refreshToken: string): Promise<TokenReply> {
    const reply = await this.intuit.refresh(refreshToken);
    return reply.kind === 'silent' && reply.lost ? this.intuit.refresh(refreshToken) : reply;
  }

  private async store(company: QboCompany, replaced: QboConnection, pair: TokenPair): Promise<void> {
    const receivedAt = this.clock.now();
    const encrypted = tokenPairColumns(pair, receivedAt, (column, token) =>
      this.vault.encrypt(company, column, token),
    );
    for (let failed = 1; ; failed += 1) {
      try {
        await this.cache.raiseTo(company, replaced.tokenVersion + 1);
        const stored = await this.connections.storePair(replaced, encrypted, receivedAt);
        if (stored) await this.dataSource.transaction((tx) => this.losses.end(tx, company));
        if (!stored)
          this.logger.warn({ org_id: company.orgId }, 'A refreshed pair came too late: the row moved on');
        return;
      } catch (error) {
        this.logger.error({ err: error, org_id: company.orgId }, 'A refreshed pair is not stored yet');
        if (this.stopping) throw error;
        await pause(pauseMs(STORE_BACKOFF, failed, 0));
      }
    }
  }

  /** A sibling may have stored newer tokens meanwhile; then they are the truth and nothing is given up. */
  private async giveUp(connection: QboConnection, why: string): Promise<void> {
    await this.cache.raiseTo(connection, connection.tokenVersion + 1);
    if (await this.connections.markNeedsReauth(connection, why, this.clock.now())) {
      this.logger.warn({ org_id: connection.orgId, realm_id: connection.realmId }, `${why}: connect again`);
      await this.losses.begin(connection.orgId);
    }
  }

  private async opened(company: QboCompany, connection: QboConnection): Promise<string | null> {
    try {
      return this.vault.decrypt(company, 'refresh_token_sealed', connection.refreshTokenEncrypted ?? '');
    } catch (error) {
      if (!(error instanceof EncryptionError)) throw error;
      await this.giveUpUnreadable(connection, error);
      if (error.reason === 'unknown_key') throw new NotNow(error.message);
      return null;
    }
  }
}
