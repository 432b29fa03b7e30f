import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { type CompanyBooks, CompanyBooksRepository } from '../../currencies/company-books.repository.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import { retryOnConflict } from '../../platform/database/failures/retry.js';
import { violatesForeignKey } from '../../platform/database/failures/sqlstate.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import { AccessTokenCacheService } from './tokens/access-token-cache.service.js';
import { CompanyLinksRepository } from './company-links.repository.js';
import { companyTaken, otherCompany } from './connect-refusals.js';
import { judgeConnection } from './connection-choice.js';
import { ConnectionLossService } from './connection-loss.service.js';
import { ConnectionService } from './connection.service.js';
import type { Consent } from './consent/oauth-states.repository.js';
import type { QboConnection } from './qbo-connection.entity.js';
import { QboConnectionsRepository } from './qbo-connections.repository.js';
import { tokenPairColumns } from './tokens/token-pair-columns.js';
import type { TokenPair } from './tokens/token-response.js';
import { TokenVaultService } from './tokens/token-vault.service.js';

/** In which currencies a company keeps its books, and until which day they are closed. */
export type CompanyCurrencies = Pick<
  CompanyBooks,
  'homeCurrency' | 'multiCurrency' | 'activeCurrencies' | 'closedThrough'
>;

/** A company that a person consented to, as Intuit and QuickBooks told it. */
export interface GrantedCompany {
  company: QboCompany;
  /** Null where QuickBooks did not say. */
  companyName: string | null;
  /** Null where QuickBooks did not say: they are read later. */
  currencies: CompanyCurrencies | null;
  pair: TokenPair;
  receivedAt: Date;
}

/** Makes a granted company the one that its organisation is connected to: all that hangs on it at once, or nothing. */
@Injectable()
export class ConnectionStoreService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: QboConnectionsRepository,
    private readonly links: CompanyLinksRepository,
    private readonly service: ConnectionService,
    private readonly vault: TokenVaultService,
    private readonly settings: OrgSettingsService,
    private readonly books: CompanyBooksRepository,
    private readonly cache: AccessTokenCacheService,
    private readonly losses: ConnectionLossService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Answers the connection that was there before. Throws DomainError where another organisation holds the company, or
   * our links point into another one.
   */
  async store(granted: GrantedCompany, consent: Consent): Promise<QboConnection | null> {
    try {
      // A consent is good for one code: it is not given up where a write that ends at this moment is in its way.
      return await retryOnConflict(() =>
        this.dataSource.transaction((tx) => this.storeIn(tx, granted, consent)),
      );
    } catch (error) {
      throw violatesForeignKey(error, 'qbo_tokens_company_fkey') ? companyTaken() : error;
    }
  }

  private async storeIn(
    tx: EntityManager,
    granted: GrantedCompany,
    consent: Consent,
  ): Promise<QboConnection | null> {
    const { company } = granted;
    await this.connections.lockForConnecting(tx, company.orgId);
    const before = await this.connections.findForUpdate(tx, company.orgId);
    await this.judge(tx, granted, consent, before);
    const version = (before?.tokenVersion ?? 0) + 1;
    await this.write(tx, granted, consent, before, version);
    await this.cache.raiseTo(company, version);
    if (before) await this.cache.raiseTo(before, version);
    await this.keepCurrencies(tx, granted);
    if (before && before.realmId !== company.realmId) {
      const companies = { from: before.realmId, to: company.realmId };
      await this.settings.changeCompany(tx, company.orgId, companies);
    }
    await this.losses.end(tx, company);
    if (before) await this.losses.end(tx, before);
    await this.service.announce(tx, company);
    return before;
  }

  private async judge(
    tx: EntityManager,
    { company, companyName }: GrantedCompany,
    { replaceCompany }: Consent,
    before: QboConnection | null,
  ): Promise<void> {
    const verdict = judgeConnection({
      ...company,
      replaceCompany,
      holder: await this.connections.holderOf(tx, company),
      before: before && {
        realmId: before.realmId,
        hasLinks: await this.links.has(tx, company.orgId, before.realmId),
      },
    });
    if (verdict === 'taken') throw companyTaken();
    if (verdict === 'other_company') {
      throw otherCompany(before!.companyName ?? before!.realmId, companyName ?? company.realmId);
    }
  }

  /** The connection itself, its tokens encrypted, and who made it. */
  private async write(
    tx: EntityManager,
    { company, companyName, pair, receivedAt }: GrantedCompany,
    { userId }: Consent,
    before: QboConnection | null,
    version: number,
  ): Promise<void> {
    const { orgId, realmId, env } = company;
    const encrypted = tokenPairColumns(pair, receivedAt, (column, token) =>
      this.vault.encrypt(company, column, token),
    );
    const keptName = before?.realmId === realmId ? before.companyName : null;
    const connection = {
      ...encrypted,
      company,
      companyName: companyName ?? keptName,
      connectedBy: userId,
      connectedAt: receivedAt,
    };
    if (before && before.realmId !== realmId) await this.links.keep(tx, before);
    await this.connections.connect(tx, connection, version);
    await this.audit.record(tx, orgId, {
      action: 'connection.connected',
      subject: `company:${realmId}`,
      userId,
      before: before && { realm_id: before.realmId, state: before.state },
      after: { realm_id: realmId, env, company_name: connection.companyName },
    });
  }

  private async keepCurrencies(
    tx: EntityManager,
    { company, currencies, receivedAt }: GrantedCompany,
  ): Promise<void> {
    const { orgId, realmId } = company;
    await this.settings.keepCompanyCurrency(tx, orgId, currencies?.homeCurrency ?? null);
    if (currencies) await this.books.save(tx, { orgId, realmId, ...currencies, readAt: receivedAt });
    else await this.books.delete(tx, orgId);
  }
}
