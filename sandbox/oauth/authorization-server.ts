import type { AccessCheck } from '../http/access-check.ts';
import type { World } from '../world.ts';
import type { Client } from './client.ts';
import { type Grant, type RefreshValue, accessLifetimeMs, isUsable, newGrant, successorOf } from './grant.ts';
import { newAccessToken, newAuthorizationCode } from './secrets.ts';

/** Access tokens kept at most; the oldest are forgotten first. */
const accessTokensMax = 20_000;

interface Access {
  grant: Grant;
  expiresAt: number;
}

interface Code {
  clientId: string;
  realmId: string;
  redirectUri: string;
  scopes: readonly string[];
  expiresAt: number;
}

/** Clients, grants and tokens as JSON; grants are named by their number. */
export interface AuthorizationState {
  clients: Client[];
  grants: Grant[];
  codes: [value: string, code: Code][];
  access: [token: string, grant: number, expiresAt: number][];
  refresh: [value: RefreshValue, grant: number][];
}

/** Fresh tokens of a grant, with the instants (epoch milliseconds) of their issue and their ends. */
export interface Tokens {
  grant: Grant;
  issuedAt: number;
  accessToken: string;
  accessExpiresAt: number;
  refresh: RefreshValue;
}

/** Why no tokens were given. `stale refresh token` is a value that a newer one has replaced. */
export type Refusal = 'bad code' | 'unknown refresh token' | 'dead refresh token' | 'stale refresh token';

/** Gives, renews and withdraws the right to use a company's books. Knows no HTTP. */
export class AuthorizationServer implements AccessCheck {
  readonly clients = new Map<string, Client>();
  readonly #world: World;
  readonly #codes = new Map<string, Code>();
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, { grant: Grant; refresh: RefreshValue }>();
  readonly #grants = new Set<Grant>();
  readonly #initialClients: readonly Client[];

  constructor(world: World, clients: readonly Client[]) {
    this.#world = world;
    this.#initialClients = clients;
    this.reset();
  }

  /** Forgets every code, token and grant, and every app registered since the start. */
  reset(): void {
    for (const known of [this.clients, this.#codes, this.#access, this.#refresh, this.#grants]) known.clear();
    for (const client of this.#initialClients) this.clients.set(client.id, client);
  }

  /** A code for the callback: good for one exchange, soon, by the same client with the same redirect URI. */
  issueCode(request: Omit<Code, 'expiresAt'>): string {
    const now = this.#now();
    const code = newAuthorizationCode(now);
    this.#codes.set(code, { ...request, expiresAt: now + this.#world.switches.codeLifetimeSeconds * 1000 });
    return code;
  }

  /** Spends the code, whatever the outcome. */
  exchange(client: Client, value: string, redirectUri: string): Tokens | Refusal {
    const code = this.#codes.get(value);
    if (code === undefined || code.clientId !== client.id) return 'bad code';
    this.#codes.delete(value);
    if (code.redirectUri !== redirectUri || this.#now() >= code.expiresAt) return 'bad code';
    return this.grant(client.id, code.realmId, code.scopes);
  }

  /** Grants at once, without a consent page. */
  grant(clientId: string, realmId: string, scopes: readonly string[]): Tokens {
    const now = this.#now();
    const grant = newGrant(clientId, realmId, scopes, now);
    this.#grants.add(grant);
    this.#refresh.set(grant.refresh.value, { grant, refresh: grant.refresh });
    return this.#issue(grant, now);
  }

  /** New access token, and a new refresh value when the current one is old enough. */
  refresh(client: Client, value: string): Tokens | Refusal {
    const known = this.#refresh.get(value);
    if (known === undefined || known.grant.clientId !== client.id) return 'unknown refresh token';
    const { grant, refresh } = known;
    const { switches } = this.#world;
    const now = this.#now();
    if (!isUsable(grant, refresh, now, switches)) {
      if (refresh.replacedAt === null || grant.revokedAt !== null) return 'dead refresh token';
      if (switches.revokeOnReuse) grant.revokedAt = now;
      return 'stale refresh token';
    }
    const successor = refresh.replacedAt === null ? successorOf(grant, now, switches) : null;
    if (successor) {
      grant.refresh.replacedAt = now;
      grant.refresh = successor;
      this.#refresh.set(successor.value, { grant, refresh: successor });
    }
    return this.#issue(grant, now);
  }

  /**
   * Ends the client's whole connection with the company the token belongs to. False when no living grant
   * knows the token.
   */
  revokeToken(client: Client, token: string): boolean {
    const grant = this.#refresh.get(token)?.grant ?? this.#access.get(token)?.grant;
    if (!grant || grant.clientId !== client.id || grant.revokedAt !== null) return false;
    this.disconnect(grant.realmId, client.id);
    return true;
  }

  /** The user disconnects the app (or every app) in QuickBooks. Answers how many grants that ended. */
  disconnect(realmId: string, clientId?: string): number {
    const ended = this.#living(realmId).filter((grant) => !clientId || grant.clientId === clientId);
    for (const grant of ended) grant.revokedAt = this.#now();
    return ended.length;
  }

  /** Makes every access token of the company expire now. */
  expireAccess(realmId: string): number {
    const now = this.#now();
    const living = [...this.#access.values()].filter(
      ({ grant, expiresAt }) => grant.realmId === realmId && expiresAt > now,
    );
    for (const access of living) access.expiresAt = now;
    return living.length;
  }

  /** Makes every refresh token of the company expire now, as after a hundred idle days. */
  expireRefresh(realmId: string): number {
    const living = this.#living(realmId);
    for (const grant of living) grant.refresh.expiresAt = this.#now();
    return living.length;
  }

  check(bearer: string, realmId: string): 'ok' | 'expired' | 'unknown' | 'revoked' | 'wrong_realm' {
    const access = this.#access.get(bearer);
    if (access === undefined) return 'unknown';
    if (access.grant.revokedAt !== null) return 'revoked';
    if (this.#now() >= access.expiresAt) return 'expired';
    return access.grant.realmId === realmId ? 'ok' : 'wrong_realm';
  }

  clientOf(bearer: string): string {
    return this.#access.get(bearer)?.grant.clientId ?? '';
  }

  /** The grant behind a usable access token, or null. */
  findGrant(bearer: string): Grant | null {
    const grant = this.#access.get(bearer)?.grant;
    return grant && this.check(bearer, grant.realmId) === 'ok' ? grant : null;
  }

  /** Whether any app is connected with this company: what webhooks depend on. */
  isConnected(realmId: string): boolean {
    return this.#living(realmId).length > 0;
  }

  grants(): readonly Grant[] {
    return [...this.#grants];
  }

  save(): AuthorizationState {
    const grants = [...this.#grants];
    const numberOf = (grant: Grant): number => grants.indexOf(grant);
    return {
      clients: [...this.clients.values()],
      grants,
      codes: [...this.#codes],
      access: [...this.#access].map(([token, { grant, expiresAt }]) => [token, numberOf(grant), expiresAt]),
      refresh: [...this.#refresh.values()].map(({ grant, refresh }) => [refresh, numberOf(grant)]),
    };
  }

  /** Puts what was saved in place of every client, code, token and grant. */
  load({ clients, grants, codes, access, refresh }: AuthorizationState): void {
    this.reset();
    this.clients.clear();
    for (const client of clients) this.clients.set(client.id, client);
    for (const grant of grants) this.#grants.add(grant);
    for (const [code, known] of codes) this.#codes.set(code, known);
    for (const [token, number, expiresAt] of access)
      this.#access.set(token, { grant: grants[number]!, expiresAt });
    for (const [value, number] of refresh) {
      const grant = grants[number]!;
      if (grant.refresh.value === value.value) grant.refresh = value;
      this.#refresh.set(value.value, { grant, refresh: value });
    }
  }

  #living(realmId: string): Grant[] {
    return [...this.#grants].filter((grant) => grant.realmId === realmId && grant.revokedAt === null);
  }

  #issue(grant: Grant, issuedAt: number): Tokens {
    const accessToken = newAccessToken();
    const accessExpiresAt = issuedAt + accessLifetimeMs;
    this.#access.set(accessToken, { grant, expiresAt: accessExpiresAt });
    if (this.#access.size > accessTokensMax) {
      const oldest = this.#access.keys().next().value;
      if (oldest !== undefined) this.#access.delete(oldest);
    }
    return { grant, issuedAt, accessToken, accessExpiresAt, refresh: grant.refresh };
  }

  #now(): number {
    return this.#world.clock.now().getTime();
  }
}
