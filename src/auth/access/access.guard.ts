import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { correlation } from '../../platform/correlation/correlation.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { wantsPage } from '../../platform/http/accepts.js';
import { IS_PUBLIC } from '../../platform/http/decorators/public.decorator.js';
import { Clock } from '../../platform/time/clock.js';
import { ALLOWED_ROLES } from './allow.decorator.js';
import { BROWSER_SESSION, SIGN_IN_PATH } from './browser-session.decorator.js';
import type { UserRole } from './permissions.js';
import type { SessionUser } from './authenticated-users.service.js';
import { AuthenticatorService } from './authenticator.service.js';
import { OWN_SIGN_IN } from './own-sign-in.decorator.js';
import { notAllowed } from './not-allowed.js';
import { factorMissing } from '../second-factor/factor-missing.js';
import { assertRecentProof } from './step-up-refusal.js';
import { STEP_UP } from './step-up.decorator.js';

const PASSWORD_OF_PROXY = /^basic /i;

interface Access {
  readonly isPublic: boolean;
  /** Undefined: open to nobody. */
  readonly allowed: readonly UserRole[] | undefined;
  readonly takesCookie: boolean;
  /** Wants a recent proof of who the person is. */
  readonly wantsProof: boolean;
  /** Open also to who lacks the second factor that the organisation asks for. */
  readonly isOwnSignIn: boolean;
}

/** Closed by default: a route is open to all by `@Public()`, to some by `@Allow(roles)`, and else to nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  /** What the decorators of a route say, by its handler and class. */
  private readonly accesses = new WeakMap<object, WeakMap<object, Access>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: AuthenticatorService,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.accessOf(context);
    return access.isPublic || this.admit(access, context.switchToHttp());
  }

  private async admit(
    { allowed, takesCookie, wantsProof, isOwnSignIn }: Access,
    http: ReturnType<ExecutionContext['switchToHttp']>,
  ): Promise<boolean> {
    if (!allowed) throw new DomainError('forbidden', 'forbidden', 'This route is open to nobody.');
    const request = http.getRequest<FastifyRequest & { user?: SessionUser }>();
    const reply = http.getResponse<FastifyReply>();
    const person = await this.identify(request, reply, takesCookie);
    if (!person) throw notSignedIn(takesCookie ? request : undefined);
    // Before anything is refused: the line of the log is to say who tried.
    const work = correlation();
    if (work) work.actor = person;
    if (!person.roles.some((role) => allowed.includes(role))) throw notAllowed(allowed);
    const page = takesCookie && wantsPage(request.headers.accept) ? request : undefined;
    if (person.lacksFactor && !isOwnSignIn) throw factorMissing(page);
    if (wantsProof) assertRecentProof(person.confirmedAt, this.clock.now(), page);
    request.user = person;
    return true;
  }

  private accessOf(context: ExecutionContext): Access {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    let ofHandler = this.accesses.get(handler);
    if (!ofHandler) this.accesses.set(handler, (ofHandler = new WeakMap()));
    let access = ofHandler.get(controller);
    if (!access) ofHandler.set(controller, (access = this.readAccess([handler, controller])));
    return access;
  }

  private readAccess(targets: Parameters<Reflector['getAllAndOverride']>[1]): Access {
    const { reflector } = this;
    return {
      isPublic: reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets) ?? false,
      allowed: reflector.getAllAndOverride<readonly UserRole[] | undefined>(ALLOWED_ROLES, targets),
      takesCookie: reflector.getAllAndOverride<boolean | undefined>(BROWSER_SESSION, targets) ?? false,
      wantsProof: reflector.getAllAndOverride<boolean | undefined>(STEP_UP, targets) ?? false,
      isOwnSignIn: reflector.getAllAndOverride<boolean | undefined>(OWN_SIGN_IN, targets) ?? false,
    };
  }

  /**
   * A bearer token, where one is sent, is the only thing that counts. A proxy may ask browsers for a password of its
   * own: that they send with each request, and it is no token.
   */
  private async identify(
    request: FastifyRequest,
    reply: FastifyReply,
    takesCookie: boolean,
  ): Promise<SessionUser | null> {
    const { authorization } = request.headers;
    if (authorization !== undefined && !PASSWORD_OF_PROXY.test(authorization)) {
      return this.authenticator.byBearer(request, reply);
    }
    return takesCookie && cookieMayCount(request) ? this.authenticator.byCookie(request, reply) : null;
  }
}

/** Another site may lead a browser here, but not make it change anything. */
function cookieMayCount(request: FastifyRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.headers.host;
}

/**
 * A browser is led to the sign-in and back to what it asked for: of a form that came after the sign-in was over, to the
 * form's address, which leads to its page (`human-pages.ts`). What was typed is not kept.
 */
function notSignedIn(page?: FastifyRequest): DomainError {
  const ofBrowser = page && wantsPage(page.headers.accept) ? page : undefined;
  if (ofBrowser && !cookieMayCount(ofBrowser)) {
    return unauthenticated(
      'This form did not come from a page of this site. Open the page again, and send it there.',
    );
  }
  return unauthenticated(
    'Sign in first: send a valid bearer token from POST /auth/login.',
    ofBrowser ? { leadsTo: `${SIGN_IN_PATH}?return_to=${encodeURIComponent(ofBrowser.url)}` } : {},
  );
}

function unauthenticated(detail: string, hints: DomainError['hints'] = {}): DomainError {
  return new DomainError('unauthenticated', 'unauthenticated', detail, undefined, hints);
}
