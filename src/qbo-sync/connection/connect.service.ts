import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Clock } from '../../platform/time/clock.js';
import type { QboCompany } from '../api/model/qbo-company.js';
import { QboError } from '../api/errors/qbo-error.js';
import { QboClient } from '../api/qbo.client.js';
import {
  accessDenied,
  badCallback,
  clientRefused,
  codeRefused,
  companyNotConfirmed,
  consentFailureOf,
} from './connect-refusals.js';
import { type CompanyCurrencies, ConnectionStoreService } from './connection-store.service.js';
import { ConnectionService } from './connection.service.js';
import { ConsentService, type Finisher } from './consent/consent.service.js';
import { IntuitOauthClient } from './intuit-oauth.client.js';
import type { Consent } from './consent/oauth-states.repository.js';
import type { QboConnection } from './qbo-connection.entity.js';
import type { TokenPair } from './tokens/token-response.js';
import { inOrganisation } from '../../platform/database/scope/scope.js';

/** What Intuit's redirect brought. Anybody can call the callback, so nothing in it is believed. */
export interface Callback {
  state?: unknown;
  code?: unknown;
  realmId?: unknown;
  error?: unknown;
}

export interface Connected {
  company: QboCompany;
  companyName: string | null;
}

/**
 * Turns a person's consent into a connection. Promise: without a state of ours nothing is stored and Intuit is not
 * asked; a code is exchanged once and never again; a company that another organisation holds, or that is not the one
 * our links point into, is refused.
 */
@Injectable()
export class ConnectService {
  private readonly logger = new Logger('QuickBooks connection');

  constructor(
    private readonly config: Config,
    private readonly consents: ConsentService,
    private readonly intuit: IntuitOauthClient,
    private readonly client: QboClient,
    private readonly connectionStore: ConnectionStoreService,
    private readonly service: ConnectionService,
    private readonly clock: Clock,
  ) {}

  /**
   * Connects the company of an answer that its own starter brings. Throws DomainError that says what stood in the way
   * and what to do; QboError where Intuit did not answer.
   */
  async finish(callback: Callback, finisher: Finisher): Promise<Connected> {
    const consent = await this.consents.finish(callback.state, finisher);
    try {
      return await inOrganisation(consent.orgId, () => this.connectBy(consent, callback));
    } catch (error) {
      await this.consents.keepFailure(consent, callback.state, consentFailureOf(error));
      throw error;
    }
  }

  private async connectBy(consent: Consent, callback: Callback): Promise<Connected> {
    const { code, realmId } = accepted(callback);
    const company: QboCompany = { orgId: consent.orgId, realmId, env: this.config.qbo.env };
    const pair = await this.exchange(code);
    const receivedAt = this.clock.now();
    const companyName = await this.confirmedName(company, pair.accessToken);
    const currencies = await this.currencies(company, pair.accessToken);
    const granted = { company, companyName, currencies, pair, receivedAt };
    const before = await this.connectionStore.store(granted, consent);
    this.logger.log(`Organisation ${company.orgId} connected company ${realmId} (${company.env})`);
    if (before && before.realmId !== realmId) await this.leave(before);
    return { company, companyName };
  }

  private async exchange(code: string): Promise<TokenPair> {
    const reply = await this.intuit.exchange(code);
    if (reply.kind === 'pair') return reply.pair;
    if (reply.kind === 'invalid_grant') throw codeRefused();
    if (reply.kind === 'refused') throw clientRefused(reply.error);
    throw new QboError(
      'transient',
      'QuickBooks did not answer. Begin again at /qbo/oauth/start in a minute.',
      {
        operation: 'token.exchange',
      },
    );
  }

  /**
   * The company's name, by which it confirms that the token is for it. A refusal means it is not, and ends here. Where
   * QuickBooks merely does not answer, the name stays unknown and the connection is made all the same: the consent
   * cannot be used a second time, and a token for another company would be refused by the first call.
   */
  private async confirmedName(company: QboCompany, accessToken: string): Promise<string | null> {
    try {
      return (await this.client.company.infoWith(company, accessToken)).companyName;
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      if (error.kind === 'forbidden' || error.detail.httpStatus === 401) throw companyNotConfirmed();
      return null;
    }
  }

  /** In which currencies the company keeps its books; null where QuickBooks does not say now: it is read later. */
  private async currencies(company: QboCompany, accessToken: string): Promise<CompanyCurrencies | null> {
    try {
      const preferences = await this.client.company.preferencesWith(company, accessToken);
      const { homeCurrency, multiCurrency, bookCloseDate } = preferences;
      const listed = multiCurrency
        ? await this.client.company.listActiveCurrenciesWith(company, accessToken)
        : [];
      return {
        homeCurrency,
        multiCurrency,
        activeCurrencies: listed.filter((code) => code !== homeCurrency),
        closedThrough: bookCloseDate,
      };
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      return null;
    }
  }

  /** Gives the old company's tokens back. If Intuit does not answer they simply end by themselves. */
  private async leave(before: QboConnection): Promise<void> {
    const refreshToken = this.service.refreshTokenOf(before);
    if (refreshToken !== null) await this.intuit.revoke(refreshToken);
  }
}

function accepted({ error, code, realmId }: Callback): { code: string; realmId: string } {
  if (error === 'access_denied') throw accessDenied();
  const usable =
    error === undefined &&
    typeof code === 'string' &&
    /^[\x21-\x7e]{1,1024}$/.test(code) &&
    typeof realmId === 'string' &&
    /^\d{1,32}$/.test(realmId);
  if (!usable) throw badCallback();
  return { code, realmId };
}
