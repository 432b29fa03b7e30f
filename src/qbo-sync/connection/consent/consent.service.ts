import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { Config } from '../../../platform/config/config.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Clock } from '../../../platform/time/clock.js';
import { badState } from '../connect-refusals.js';
import { IntuitOauthClient } from '../intuit-oauth.client.js';
import type { ConsentFailure } from './oauth-state.entity.js';
import { type Consent, OauthStatesRepository, type SpentConsent } from './oauth-states.repository.js';
import { after } from '../../../platform/time/after.js';

/** How long a person may take over Intuit's pages. */
export const CONSENT_SECONDS = 600;
const SECRET = /^[\w-]{43}$/;

/** Sends people to Intuit's consent page and recognises them when they come back. Stores hashes, never the secrets. */
@Injectable()
export class ConsentService {
  constructor(
    private readonly config: Config,
    private readonly states: OauthStatesRepository,
    private readonly intuit: IntuitOauthClient,
    private readonly audit: AuditService,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a consent for the caller's organisation. `browser` is the secret in the cookie that the answer sets: whoever
   * brings it back can finish, and so can the caller, signed in. Throws DomainError where QuickBooks is not set up.
   */
  async begin(user: AuthenticatedUser, browser: string, replaceCompany: boolean): Promise<{ url: string }> {
    if (!this.config.qbo.clientId || !this.config.qbo.clientSecret) {
      throw new DomainError(
        'conflict',
        'qbo_not_configured',
        'QuickBooks is not set up on this installation: set QBO_CLIENT_ID, QBO_CLIENT_SECRET and ' +
          'QBO_REDIRECT_URI, then restart.',
      );
    }
    const now = this.clock.now();
    const state = newSecret();
    await this.states.add({
      stateHash: hashOf(state),
      orgId: user.orgId,
      userId: user.userId,
      browserHash: hashOf(browser),
      replaceCompany,
      createdAt: now,
      expiresAt: after(now, CONSENT_SECONDS * 1000),
    });
    const deed = { action: 'connection.started', subject: `org:${user.orgId}` } as const;
    await this.audit.record(this.dataSource.manager, user.orgId, {
      ...deed,
      after: { replace_company: replaceCompany },
    });
    return { url: this.intuit.authorizeUrl(state) };
  }

  /** Whose consent this is. A state is used once; throws DomainError `qbo_bad_state` after that. */
  async finish(state: unknown, { browser, person }: Finisher): Promise<Consent> {
    if (!isSecret(state)) throw badState();
    const key = { stateHash: hashOf(state), browserHash: browser === null ? null : hashOf(browser), person };
    const consent = await this.states.spend(key, this.clock.now());
    if (consent) return consent;
    throw badState();
  }

  /** The organisation that an open consent is for which the browser with this secret began; null where it did not. */
  async orgBegunIn(state: unknown, browser: string | null): Promise<{ id: number; name: string } | null> {
    if (!isSecret(state) || browser === null) return null;
    return this.states.findOrgBegunIn(hashOf(state), hashOf(browser), this.clock.now());
  }

  /** The organisation that this person's open consent is for; null where it is not theirs there, used or too old. */
  async orgOfOpen(state: unknown, person: AuthenticatedUser): Promise<string | null> {
    return isSecret(state) ? this.states.findOrgOfOpen(hashOf(state), person, this.clock.now()) : null;
  }

  /** Keeps why a consent failed, for the page of its result. `state` was finished before. */
  async keepFailure({ orgId }: Consent, state: unknown, failure: ConsentFailure): Promise<void> {
    await this.states.keepFailure(orgId, hashOf(state as string), failure);
  }

  /** What came of a state that this browser, or its starter, has brought before; null where not. Stores nothing. */
  async findSpent({ state, browser, answered, person }: AnsweredBrowser): Promise<SpentConsent | null> {
    if (!isSecret(state)) return null;
    return this.states.findSpent({
      stateHash: hashOf(state),
      browserHash: browser === null ? null : hashOf(browser),
      answeredHash: answered === null ? null : hashOf(answered),
      person,
    });
  }
}

/** Who brings the answer of QuickBooks: the secret of the browser's cookie, and who is signed in with a proof of it. */
export interface Finisher {
  browser: string | null;
  person: AuthenticatedUser | null;
}

/** A consent in the browser that gave it: its state, the browser's two cookies, and who confirms it there. */
export interface AnsweredBrowser {
  state: unknown;
  browser: string | null;
  answered: string | null;
  person: AuthenticatedUser | null;
}

/** The browser's secret in its cookie, or a new one where there is no usable one. */
export function browserSecret(cookie: string | undefined): string {
  return cookie !== undefined && SECRET.test(cookie) ? cookie : newSecret();
}

function isSecret(text: unknown): text is string {
  return typeof text === 'string' && SECRET.test(text);
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
