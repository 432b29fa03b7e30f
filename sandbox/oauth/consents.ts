import type { World } from '../world.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { type AuthorizationRequest, redirectTo } from './authorization.ts';
import { newCsrfToken } from './secrets.ts';

/** Consent pages that may be open at once; the oldest are forgotten first. */
const openMax = 1000;
const openForMs = 30 * 60_000;

/** The consent pages shown and not yet answered. Each CSRF token answers one page, once. */
export class Consents {
  readonly #world: World;
  readonly #authorizationServer: AuthorizationServer;
  readonly #open = new Map<string, { request: AuthorizationRequest; shownAt: number }>();

  constructor(world: World, authorizationServer: AuthorizationServer) {
    this.#world = world;
    this.#authorizationServer = authorizationServer;
  }

  /** Remembers the request and returns the token its form must bring back. */
  show(request: AuthorizationRequest): string {
    const token = newCsrfToken();
    this.#open.set(token, { request, shownAt: Date.now() });
    if (this.#open.size > openMax) {
      const oldest = this.#open.keys().next().value;
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    return token;
  }

  /** The request behind a form, taken off the list; null when the token is unknown, used or too old. */
  take(token: string): AuthorizationRequest | null {
    const shown = this.#open.get(token);
    this.#open.delete(token);
    return shown && Date.now() - shown.shownAt < openForMs ? shown.request : null;
  }

  /** Where the user's answer sends the browser, or null when there is no such company. */
  answer(request: AuthorizationRequest, decision: 'approve' | 'deny', realmId: string): string | null {
    const { client, redirectUri, scopes, state } = request;
    if (decision === 'deny') return redirectTo(redirectUri, { error: 'access_denied', state });
    if (!this.#world.companies.has(realmId)) return null;
    const code = this.#authorizationServer.issueCode({ clientId: client.id, realmId, redirectUri, scopes });
    return redirectTo(redirectUri, { code, state, realmId });
  }
}
