import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../platform/config/config.js';
import { cookieName, isSecure } from '../../platform/http/cookies.js';
import { CSRF_COOKIE, CsrfService } from './csrf.service.js';
import { BROWSER_LIFE_MS } from '../sessions/session-life.js';
import { TICKET_LIFE_MS } from '../sign-in/sign-in-ticket.service.js';

const SESSION_COOKIE = 'crm_session';
const TICKET_COOKIE = 'crm_sign_in';

/** The cookies of signed-in browsers and their forms. No script reads them, and by https no other host plants them. */
@Injectable()
export class BrowserCookiesService {
  constructor(
    private readonly config: Config,
    private readonly csrf: CsrfService,
  ) {}

  /** The token of the signed-in browser, or null. */
  session(request: FastifyRequest): string | null {
    return this.read(request, SESSION_COOKIE) ?? null;
  }

  setSession(reply: FastifyReply, token: string): void {
    this.set(reply, SESSION_COOKIE, token, { sameSite: 'lax', maxAge: BROWSER_LIFE_MS / 1000 });
  }

  clearSession(reply: FastifyReply): void {
    this.clear(reply, SESSION_COOKIE, 'lax');
  }

  /** What says that the password was right, between the two steps of a sign-in; null where there is nothing. */
  ticket(request: FastifyRequest): string | null {
    return this.read(request, TICKET_COOKIE) ?? null;
  }

  setTicket(reply: FastifyReply, ticket: string): void {
    this.set(reply, TICKET_COOKIE, ticket, { sameSite: 'strict', maxAge: TICKET_LIFE_MS / 1000 });
  }

  clearTicket(reply: FastifyReply): void {
    this.clear(reply, TICKET_COOKIE, 'strict');
  }

  /** What a form of ours carries: the token this browser has, so that two open pages both work, or a new one. */
  formToken(reply: FastifyReply): string {
    const known = this.read(reply.request, CSRF_COOKIE);
    const token = this.csrf.isOurs(known) ? known : this.csrf.issue();
    this.set(reply, CSRF_COOKIE, token, { sameSite: 'strict' });
    return token;
  }

  /** True where the form was shown by us to this browser. */
  isOwnForm(request: FastifyRequest, formToken: unknown): boolean {
    return typeof formToken === 'string' && this.csrf.holds(this.read(request, CSRF_COOKIE), formToken);
  }

  clearFormToken(reply: FastifyReply): void {
    this.clear(reply, CSRF_COOKIE, 'strict');
  }

  private read(request: FastifyRequest, name: string): string | undefined {
    return request.cookies[cookieName(name, isSecure(request, this.config.publicUrl))];
  }

  private set(
    reply: FastifyReply,
    name: string,
    value: string,
    options: { sameSite: 'lax' | 'strict'; maxAge?: number },
  ): void {
    const secure = isSecure(reply.request, this.config.publicUrl);
    void reply.setCookie(cookieName(name, secure), value, { ...options, secure, path: '/', httpOnly: true });
  }

  private clear(reply: FastifyReply, name: string, sameSite: 'lax' | 'strict'): void {
    const secure = isSecure(reply.request, this.config.publicUrl);
    void reply.clearCookie(cookieName(name, secure), { sameSite, secure, path: '/', httpOnly: true });
  }
}
