import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Config } from '../../platform/config/config.js';
import { HealthRegistryService } from '../../health/health-registry.service.js';
import { Registrations } from '../../platform/registrations.js';
import { Clock } from '../../platform/time/clock.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import { QboError } from '../api/errors/qbo-error.js';
import { AccessTokenCacheService } from './tokens/access-token-cache.service.js';
import { ConnectionLossService } from './connection-loss.service.js';
import { IntuitOauthClient } from './intuit-oauth.client.js';
import type { QboConnection } from './qbo-connection.entity.js';
import { QboConnectionsRepository } from './qbo-connections.repository.js';
import { TokenVaultService } from './tokens/token-vault.service.js';

/** Runs inside the transaction that connects a company; what it throws undoes the connection. */
export type ConnectedListener = (tx: EntityManager, company: QboCompany) => Promise<void>;

/** Runs inside the transaction that disconnects an organisation. */
export type DisconnectedListener = (tx: EntityManager, orgId: number) => Promise<void>;

/** How the QuickBooks connection of one organisation stands. */
export interface ConnectionStatus {
  connected: boolean;
  needsReauth: boolean;
  /** The company it is or was. */
  connection: QboConnection | null;
  expired: boolean;
}

/** Which QuickBooks company belongs to which organisation, and which of them can be called. */
@Injectable()
export class ConnectionService implements OnModuleInit {
  private readonly connectedListeners = new Registrations<ConnectedListener>('act on a connection as');
  private readonly disconnectedListeners = new Registrations<DisconnectedListener>(
    'act on a disconnection as',
  );

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly connections: QboConnectionsRepository,
    private readonly vault: TokenVaultService,
    private readonly intuit: IntuitOauthClient,
    private readonly registry: HealthRegistryService,
    private readonly losses: ConnectionLossService,
    private readonly audit: AuditService,
    private readonly cache: AccessTokenCacheService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { clientId, clientSecret, env } = this.config.qbo;
    this.registry.settle('qbo', { configured: clientId !== '' && clientSecret !== '', env });
    this.registry.contribute(this, 'qbo', () => this.health());
  }

  /** Has the listener of a service called whenever a company is connected, also again. */
  onConnected(service: object, listener: ConnectedListener): void {
    this.connectedListeners.addOf(service, listener);
  }

  /** Has the listener of a service called whenever an organisation gives its company back. */
  onDisconnected(service: object, listener: DisconnectedListener): void {
    this.disconnectedListeners.addOf(service, listener);
  }

  /** Calls the listeners, as part of the transaction that connects. */
  async announce(tx: EntityManager, company: QboCompany): Promise<void> {
    for (const listener of this.connectedListeners.all()) await listener(tx, company);
  }

  /**
   * The company of an organisation; null when none is connected, when it has to be connected again, or when it lives
   * in another environment of Intuit's than this installation speaks to.
   */
  async company(orgId: number): Promise<QboCompany | null> {
    const connection = await this.connections.find(orgId);
    return connection?.state === 'connected' && this.isHere(connection) ? companyOf(connection) : null;
  }

  /** The company that is connected, or was last; null where there was never one. */
  async lastCompany(orgId: number): Promise<QboCompany | null> {
    const connection = await this.connections.find(orgId);
    return connection && companyOf(connection);
  }

  /**
   * The connected one, after a connection that is being made at this moment: for whoever has written down what waits
   * for one. Either the connection finds the row and enqueues its job, or the company is answered here.
   */
  async companyOfParked(orgId: number): Promise<QboCompany | null> {
    const known = await this.company(orgId);
    if (known) return known;
    await this.connections.awaitConnecting(orgId);
    return this.company(orgId);
  }

  /** Whether a company is the organisation's still; then it is until the transaction ends. */
  async isStill(tx: EntityManager, company: QboCompany): Promise<boolean> {
    return this.connections.isStill(tx, company);
  }

  /** The company of an organisation. Throws QboError `not_connected` or `needs_reauth`. */
  async requireCompany(orgId: number): Promise<QboCompany> {
    const connection = await this.connections.find(orgId);
    if (connection?.state === 'needs_reauth') {
      throw refusal('needs_reauth', 'QuickBooks has to be connected again: begin at /qbo/oauth/start.');
    }
    if (connection?.state !== 'connected') {
      throw refusal('not_connected', 'QuickBooks is not connected: begin at /qbo/oauth/start.');
    }
    if (!this.isHere(connection)) {
      throw refusal(
        'not_connected',
        `The connected company lives in Intuit's ${connection.env} environment, but this installation ` +
          `speaks to ${this.config.qbo.env}.`,
      );
    }
    return companyOf(connection);
  }

  async status(orgId: number): Promise<ConnectionStatus> {
    const connection = await this.connections.find(orgId);
    const expiresAt = connection?.accessExpiresAt ?? null;
    return {
      connected: connection?.state === 'connected' && this.isHere(connection),
      needsReauth: connection?.state === 'needs_reauth',
      connection,
      expired: expiresAt !== null && expiresAt <= this.clock.now(),
    };
  }

  /** Every company that can be called now, in the order of their organisations. */
  async connected(): Promise<QboCompany[]> {
    return (await this.connections.listConnected(this.config.qbo.env)).map(companyOf);
  }

  /**
   * Deletes the tokens, keeps the company and every link, then revokes the access at Intuit. That the organisation is
   * disconnected does not depend on whether Intuit answers.
   */
  async disconnect(orgId: number): Promise<void> {
    const refreshToken = await this.dataSource.transaction(async (tx) => {
      const connection = await this.connections.findForUpdate(tx, orgId);
      if (connection === null || connection.state === 'disconnected') return null;
      await this.connections.disconnect(tx, connection, this.clock.now());
      const company = { realm_id: connection.realmId, company_name: connection.companyName };
      const deed = { action: 'connection.disconnected', subject: `company:${connection.realmId}` } as const;
      await this.audit.record(tx, orgId, { ...deed, before: company });
      await this.cache.raiseTo(companyOf(connection), connection.tokenVersion + 1);
      await this.losses.end(tx, connection);
      for (const listener of this.disconnectedListeners.all()) await listener(tx, orgId);
      return this.refreshTokenOf(connection);
    });
    if (refreshToken !== null) await this.intuit.revoke(refreshToken);
  }

  /** The refresh token in clear, to give it back to Intuit; null where there is none that opens. */
  refreshTokenOf(connection: QboConnection): string | null {
    try {
      const encrypted = connection.refreshTokenEncrypted ?? '';
      return this.vault.decrypt(companyOf(connection), 'refresh_token_sealed', encrypted);
    } catch {
      return null;
    }
  }

  private isHere({ env }: QboConnection): boolean {
    return env === this.config.qbo.env;
  }

  private async health(): Promise<object> {
    const counts = await this.connections.countByState();
    return {
      connected: counts.connected ?? 0,
      needs_reauth: counts.needs_reauth ?? 0,
      disconnected: counts.disconnected ?? 0,
    };
  }
}

function companyOf({ orgId, realmId, env }: QboConnection): QboCompany {
  return { orgId, realmId, env };
}

function refusal(kind: 'not_connected' | 'needs_reauth', message: string): QboError {
  return new QboError(kind, message, { operation: 'connection.read' });
}
