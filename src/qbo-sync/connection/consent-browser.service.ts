import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { browserSecret, CONSENT_SECONDS } from './consent.service.js';

const COOKIE = 'crm_qbo_consent';
const ANSWERED_COOKIE = 'crm_qbo_answered';

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
    this.keep(reply, COOKIE, secret);
    return secret;
  }

  /** Keeps the state this browser was answered for, by which the page of the result and a second opening know it. */
  rememberAnswer(reply: FastifyReply, state: string): void {
    this.keep(reply, ANSWERED_COOKIE, state);
  }

  answeredOf(request: FastifyRequest): string | null {
    return request.cookies[ANSWERED_COOKIE] ?? null;
  }

  private keep(reply: FastifyReply, name: string, value: string): void {
    void reply.setCookie(name, value, {
      path: '/qbo/oauth',
      httpOnly: true,
      secure: this.config.production,
      sameSite: 'lax', // the way back from Intuit is a navigation from another site
      maxAge: CONSENT_SECONDS,
    });
  }

  secretOf(request: FastifyRequest): string | null {
    return request.cookies[COOKIE] ?? null;
  }
}
