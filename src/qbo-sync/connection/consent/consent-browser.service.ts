import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionUser } from '../../../auth/access/authenticated-users.service.js';
import { AuthenticatorService } from '../../../auth/access/authenticator.service.js';
import { assertRecentProof, proofTooOld } from '../../../auth/access/step-up-refusal.js';
import { Config } from '../../../platform/config/config.js';
import { wantsJson, wantsPage } from '../../../platform/http/accepts.js';
import { cookieName, isSecure } from '../../../platform/http/cookies.js';
import { Clock } from '../../../platform/time/clock.js';
import type { Callback } from '../connect.service.js';
import type { CallbackVisit } from './consent-callback.service.js';
import { browserSecret, CONSENT_SECONDS } from './consent.service.js';

const COOKIE = 'crm_qbo_consent';
const ANSWERED_COOKIE = 'crm_qbo_answered';
const PENDING_COOKIE = 'crm_qbo_pending';

/**
 * Binds a consent to whoever began it, by a cookie no script can read: a browser and a program with a bearer token
 * alike. Without it, somebody could begin a consent for a company of theirs and have another person finish it.
 */
@Injectable()
export class ConsentBrowserService {
  constructor(
    private readonly config: Config,
    private readonly authenticator: AuthenticatorService,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws unless the person lately proved who they are: a company is not left for good by whoever got hold of a
   * session. A browser that a page of others led here is asked in any case, since that page may have made it up.
   */
  assertProven({ confirmedAt }: SessionUser, request: FastifyRequest): void {
    const page = wantsPage(request.headers.accept) ? request : undefined;
    if (page && isLedByOthers(request)) throw proofTooOld(page);
    assertRecentProof(confirmedAt, this.clock.now(), page);
  }

  /** The secret of the browser that asks: its own, or one it is given now. */
  remember(request: FastifyRequest, reply: FastifyReply): string {
    const secret = browserSecret(this.read(request, COOKIE));
    this.keep(reply, COOKIE, secret);
    return secret;
  }

  secretOf(request: FastifyRequest): string | null {
    return this.read(request, COOKIE) ?? null;
  }

  /** Who brings an answer of QuickBooks with this request. */
  async visitOf(request: FastifyRequest, reply: FastifyReply): Promise<CallbackVisit> {
    const bearer = await this.authenticator.byBearer(request, reply);
    return {
      browser: this.secretOf(request),
      answered: this.answeredOf(request),
      bearer,
      signedIn: bearer ?? (await this.authenticator.byCookie(request, reply)),
      wants: wantedBy(request),
    };
  }

  /** Keeps the state this browser was answered for, by which the page of the result and a second opening know it. */
  rememberAnswer(reply: FastifyReply, state: string): void {
    this.keep(reply, ANSWERED_COOKIE, state);
  }

  answeredOf(request: FastifyRequest): string | null {
    return this.read(request, ANSWERED_COOKIE) ?? null;
  }

  /** Keeps the answer of QuickBooks in the browser until the person has confirmed it, out of every address. */
  rememberPending(reply: FastifyReply, { state, code, realmId, error }: Callback): void {
    const text = JSON.stringify({ state, code, realmId, error });
    this.keep(reply, PENDING_COOKIE, Buffer.from(text).toString('base64url'));
  }

  /** The answer that waits to be confirmed; empty where there is none. Nothing in a cookie is believed. */
  pendingOf(request: FastifyRequest): Callback {
    try {
      const kept: unknown = JSON.parse(
        Buffer.from(this.read(request, PENDING_COOKIE) ?? '', 'base64url').toString('utf8'),
      );
      return typeof kept === 'object' && kept !== null ? kept : {};
    } catch {
      return {};
    }
  }

  forgetPending(reply: FastifyReply): void {
    const { name, path, secure } = this.cookieOf(reply.request, PENDING_COOKIE);
    void reply.clearCookie(name, { path, secure, httpOnly: true, sameSite: 'lax' });
  }

  private keep(reply: FastifyReply, name: string, value: string): void {
    const cookie = this.cookieOf(reply.request, name);
    void reply.setCookie(cookie.name, value, {
      path: cookie.path,
      httpOnly: true,
      secure: cookie.secure,
      sameSite: 'lax', // the way back from Intuit is a navigation from another site
      maxAge: CONSENT_SECONDS,
    });
  }

  private read(request: FastifyRequest, name: string): string | undefined {
    return request.cookies[this.cookieOf(request, name).name];
  }

  /** By https no other host of the domain can plant one: who plants the binding of a start of theirs finishes it. */
  private cookieOf(request: FastifyRequest, name: string): { name: string; path: string; secure: boolean } {
    const secure = isSecure(request, this.config.qbo.redirectUri);
    return { name: cookieName(name, secure), path: secure ? '/' : '/qbo/oauth', secure };
  }
}

function isLedByOthers({ headers: { authorization, 'sec-fetch-site': site } }: FastifyRequest): boolean {
  return !/^bearer /i.test(authorization ?? '') && (site === 'cross-site' || site === 'same-site');
}

/** What the client is to be answered with. */
export function wantedBy({ headers: { accept } }: FastifyRequest): CallbackVisit['wants'] {
  if (wantsJson(accept)) return 'json';
  return wantsPage(accept) ? 'page' : 'anything';
}
