import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { normalizedText } from '../platform/text/normalized-text.js';
import { ACCOUNT_PATH } from './account/account-addresses.js';
import { returnTo } from './return-to.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

const DOCS_PATH = '/docs';

/** What a browser sends when a person signs in: a form, so every field may be anything. */
export interface SentForm {
  fields: Record<string, unknown>;
  /** The form was shown by us to this browser. */
  isOwn: boolean;
  ip: string;
  userAgent?: string;
}

/** Either the cookie to set and where to go, or what to show instead. */
export type BrowserSignIn =
  | { ok: true; cookie: string; location: string }
  | {
      ok: false;
      status: number;
      refusal: string;
      email: string;
      location: string;
      retryAfterSeconds?: number;
    };

/** Signs people in with a form. What programs are told as a problem, people are told in a sentence. */
@Injectable()
export class BrowserSignInService {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly config: Config,
  ) {}

  /** Where a browser goes after signing in: to the place it asked for, else to the documentation or the account. */
  placeAfter(wanted: unknown): string {
    return returnTo(wanted, this.config.docsEnabled ? DOCS_PATH : ACCOUNT_PATH);
  }

  async submit({ fields, isOwn, ip, userAgent }: SentForm): Promise<BrowserSignIn> {
    const location = this.placeAfter(fields.return_to);
    const email = normalizedText(text(fields.email));
    if (!isOwn) {
      const refusal = 'This page was open for too long. Please try once more.';
      return { ok: false, status: 403, refusal, email, location };
    }
    try {
      const user = await this.signIn.verify({ email, password: text(fields.password), ip });
      return { ok: true, cookie: await this.sessions.beginInBrowser(user, { ip, userAgent }), location };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { retryAfterSeconds } = error.hints;
      const status = error.kind === 'too_many_requests' ? 429 : 401;
      return { ok: false, status, refusal: error.message, email, location, retryAfterSeconds };
    }
  }
}

/** A field as text; PostgreSQL takes no NUL. */
function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '').slice(0, 512) : '';
}
