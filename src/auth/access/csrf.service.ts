import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';

export const CSRF_COOKIE = 'crm_csrf';

/**
 * Proves that a form was shown by us to the browser that sends it: the form and a cookie carry the same token, and the
 * token is signed, so that a cookie planted by someone else is worth nothing.
 */
@Injectable()
export class CsrfService {
  constructor(private readonly config: Config) {}

  issue(): string {
    const nonce = randomBytes(16).toString('base64url');
    return `${nonce}.${this.sign(nonce)}`;
  }

  isOurs(token: string | undefined): token is string {
    const [nonce = '', signature = ''] = token?.split('.') ?? [];
    return same(signature, this.sign(nonce));
  }

  holds(cookie: string | undefined, field: string): boolean {
    return this.isOurs(cookie) && same(cookie, field);
  }

  private sign(nonce: string): string {
    return createHmac('sha256', this.config.auth.jwtSecret).update(`csrf:${nonce}`).digest('base64url');
  }
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
