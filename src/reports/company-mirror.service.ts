import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/errors/domain-error.js';
import type { QboCompany } from '../qbo-sync/api/model/qbo-company.js';
import { ConnectionService } from '../qbo-sync/connection/connection.service.js';
import { fillText, waitText } from './company-mirror.view.js';
import { COUNTED_BY_ACCOUNT, type CountedByAccount } from './counted-by-account.js';
import type { DocumentMirrorState } from '../qbo-sync/pull/documents/document-mirrors.repository.js';
import { DocumentMirrorService } from '../qbo-sync/pull/documents/document-mirror.service.js';

const RETRY_AFTER_SECONDS = 10;
const RETRY_WAITING_AFTER_SECONDS = 3_600;

/** The mirror of an organisation's QuickBooks company, as reports ask for it. */
@Injectable()
export class CompanyMirrorService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly mirror: DocumentMirrorService,
    private readonly config: Config,
  ) {}

  /**
   * The company, with a mirror that is at most a minute old, or not older than `since`. Throws `conflict` where it is
   * not connected or the mirror takes longer than the caller waits; then the detail says how far it is.
   */
  async fresh(orgId: number, since?: Date): Promise<QboCompany> {
    const company = await this.connected(orgId);
    if (await this.mirror.refresh(company, since)) return company;
    const { progress = {}, totals = {}, waits = null } = (await this.mirror.find(company)) ?? {};
    const detail = waits ? waitText(waits) : fillText(progress, totals);
    throw new DomainError('conflict', 'mirror_not_ready', detail, undefined, {
      retryAfterSeconds: waits ? RETRY_WAITING_AFTER_SECONDS : RETRY_AFTER_SECONDS,
    });
  }

  /** How far the connected company has been read; a state of null: never. Throws `conflict` where none is connected. */
  async state(orgId: number): Promise<{ realmId: string; state: DocumentMirrorState | null }> {
    const company = await this.connected(orgId);
    return { realmId: company.realmId, state: await this.mirror.find(company) };
  }

  /** Of the company that is connected, else of the installation. */
  async environment(orgId: number): Promise<QboCompany['env']> {
    return (await this.connections.company(orgId))?.env ?? this.config.qbo.env;
  }

  /** Of the company that is connected, else of the last one; null where there was none. */
  async lastRealm(orgId: number): Promise<string | null> {
    return (await this.connections.lastCompany(orgId))?.realmId ?? null;
  }

  async isConnected(orgId: number): Promise<boolean> {
    return (await this.connections.company(orgId)) !== null;
  }

  /** What no report over a company has, as its chart of accounts may not be read. */
  async lacks(company: QboCompany): Promise<readonly CountedByAccount[]> {
    return (await this.mirror.hasChart(company)) ? [] : COUNTED_BY_ACCOUNT;
  }

  /** The company whose documents are mirrored, however old; null where none are. Reads nothing from QuickBooks. */
  async known(orgId: number): Promise<QboCompany | null> {
    const company = await this.connections.company(orgId);
    return company && (await this.mirror.isFilled(company)) ? company : null;
  }

  /**
   * The company whose documents a list shows: the connected one, with a fresh mirror, else the last one, as it was read
   * then. Null where there are none.
   */
  async shown(orgId: number): Promise<QboCompany | null> {
    return (await this.isConnected(orgId)) ? this.fresh(orgId) : this.kept(orgId);
  }

  /** The company that is or was connected, where its documents were read. */
  async kept(orgId: number): Promise<QboCompany | null> {
    const last = await this.connections.lastCompany(orgId);
    return last && (await this.mirror.find(last))?.filledAt ? last : null;
  }

  private async connected(orgId: number): Promise<QboCompany> {
    const company = await this.connections.company(orgId);
    if (company) return company;
    throw qboNotConnected();
  }
}

export function qboNotConnected(): DomainError {
  return new DomainError(
    'conflict',
    'qbo_not_connected',
    'QuickBooks is not connected, so its documents cannot be shown. Connect it at /qbo/oauth/start; reports of our ' +
      'own documents, such as GET /reports/aging?scope=ours, need no connection.',
  );
}
