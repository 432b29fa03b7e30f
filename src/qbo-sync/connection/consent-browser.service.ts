import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { browserSecret, CONSENT_SECONDS } from './consent.service.js';

const COOKIE = 'crm_qbo_consent';

/**
 * Binds a consent to the browser that began it, by a cookie no script can read. Without it, somebody could begin a
 * consent for a company of theirs and have another person's browser finish it.
 */
@Injectable()
export class ConsentBrowserService {
  constructor(private readonly config: Config) {}

  /** The secret of the browser that asks, given to it anew; null for a program, which comes with a bearer token. */
  remember(request: FastifyRequest, reply: FastifyReply): string | null {
    if (request.headers.authorization !== undefined) return null;
    const secret = browserSecret(request.cookies[COOKIE]);
    void reply.setCookie(COOKIE, secret, {
      path: '/qbo/oauth',
      httpOnly: true,
      secure: this.config.production,
      sameSite: 'lax', // the way back from Intuit is a navigation from another site
      maxAge: CONSENT_SECONDS,
    });
    return secret;
  }

  secretOf(request: FastifyRequest): string | null {
    return request.cookies[COOKIE] ?? null;
  }
}
