import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { normalizedEmail } from '../../platform/text/email-address.js';
import { ACCOUNT_PATH } from '../account/account-addresses.js';
import { refusalOf, STALE } from '../account/pages/account-form.js';
import { textOf } from '../../platform/http/pages/page-form.js';
import { addressLeadingTo, returnTo } from './return-to.js';
import { PressesService } from '../sessions/presses.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeNeededError, ticketOver } from './sign-in-refusals.js';
import { SignInTicketService } from './sign-in-ticket.service.js';
import { type ProvenPerson, SignInService } from './sign-in.service.js';

const DOCS_PATH = '/docs';

/** What a browser sends when a person signs in: a form, so every field may be anything. */
export interface SentForm {
  fields: Record<string, unknown>;
  /** The form was shown by us to this browser. */
  isOwn: boolean;
  /** What the browser has of the step before: that the password was right. */
  ticket: string | null;
  ip: string;
  userAgent?: string;
}

/** What to show where somebody is not signed in. */
export interface RefusedSignIn {
  step: 'refused';
  status: number;
  refusal: string;
  email: string;
  location: string;
  retryAfterSeconds?: number;
  /** The code is not to be asked for any more: the sign-in begins anew. */
  isOver: boolean;
}

/** The cookie to set and where to go; that the code is asked for next; or what to show instead. */
export type BrowserSignIn =
  | { step: 'done'; cookie: string; location: string }
  | { step: 'code'; ticket: string; location: string }
  | RefusedSignIn;

/** Signs people in with forms. What programs are told as a problem, people are told in a sentence. */
@Injectable()
export class BrowserSignInService {
  constructor(
    private readonly signIn: SignInService,
    private readonly tickets: SignInTicketService,
    private readonly sessions: SessionsService,
    private readonly presses: PressesService,
    private readonly config: Config,
  ) {}

  /** Where a browser goes after signing in: to the place it asked for, else to the documentation or the account. */
  placeAfter(wanted: unknown): string {
    return returnTo(wanted, this.usualPlace);
  }

  /** The address of a page of the sign-in, and of its form, that leads to a place afterwards. */
  addressLeadingTo(path: string, place: string): string {
    return addressLeadingTo(path, place, this.usualPlace);
  }

  private get usualPlace(): string {
    return this.config.docsEnabled ? DOCS_PATH : ACCOUNT_PATH;
  }

  /** True while the code may be asked for: the password was right in this browser, minutes ago. */
  awaitsCode(ticket: string | null): boolean {
    return this.tickets.read(ticket) !== null;
  }

  /** The first step: e-mail and password. */
  async submit(form: SentForm): Promise<BrowserSignIn> {
    const { fields, ip } = form;
    const email = normalizedEmail(textOf(fields.email));
    if (!form.isOwn) return this.stale(form);
    try {
      return await this.done(form, this.signIn.verify({ email, password: textOf(fields.password), ip }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (!(error instanceof CodeNeededError)) return this.refused(form, error);
      const ticket = this.tickets.issue(error.ticket);
      return { step: 'code', ticket, location: this.placeAfter(fields.return_to) };
    }
  }

  /** The second step: the code, for whom the first one gave a ticket. */
  async submitCode(form: SentForm): Promise<BrowserSignIn> {
    if (!form.isOwn) return this.stale(form);
    try {
      const ticket = this.tickets.read(form.ticket);
      if (!ticket) throw ticketOver();
      const { sessionId } = ticket;
      const isPressedTwice = (): Promise<boolean> => this.presses.hasBegun(ticket);
      const code = { totp: textOf(form.fields.totp), ip: form.ip, isPressedTwice };
      return await this.done(form, this.signIn.verifyCode(ticket, code), sessionId);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return this.refused(form, error);
    }
  }

  private async done(
    { fields, ip, userAgent }: SentForm,
    proving: Promise<ProvenPerson>,
    sessionId?: string,
  ): Promise<BrowserSignIn> {
    const { user, hasFactor } = await proving;
    const cookie = await this.sessions.beginInBrowser(user, { ip, userAgent }, { hasFactor, sessionId });
    return { step: 'done', cookie, location: this.placeAfter(fields.return_to) };
  }

  private stale(form: SentForm): RefusedSignIn {
    return { ...this.refused(form, ticketOver()), status: 403, refusal: STALE, isOver: false };
  }

  private refused({ fields }: SentForm, error: DomainError): RefusedSignIn {
    const { code, kind, hints } = error;
    const { retryAfterSeconds } = hints;
    const { status: usual, refusal } = refusalOf(error);
    const status = kind === 'unauthenticated' ? 401 : usual;
    const email = normalizedEmail(textOf(fields.email));
    const isOver = code === 'sign_in_over' || code === 'session_ended';
    const location = this.placeAfter(fields.return_to);
    return { step: 'refused', status, refusal, email, location, retryAfterSeconds, isOver };
  }
}
