import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.ts';

export const realmId = '9341457021722202';
export const otherRealmId = '9341457021722203';
export const redirectUri = 'http://localhost:8089/qbo/oauth/callback';

export type Json = Record<string, unknown>;

interface TokenReply {
  status: number;
  headers: Headers;
  body: Json;
}

/** A sandbox with one registered app and two companies without books, for the specs. */
export function startTestSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return startSandbox({
    clientId: 'app',
    clientSecret: 'secret',
    redirectUris: [redirectUri],
    companies: [
      { realmId, name: 'Sandbox Company_US_1', fixtures: false },
      { realmId: otherRealmId, name: 'Gutters & <Sons>', fixtures: false },
    ],
    ...options,
  });
}

/** The app of the specs: does over HTTP what a real app, its user or a test would do. */
export class TestApp {
  readonly authorization = `Basic ${Buffer.from('app:secret').toString('base64')}`;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  authorizeUrl(changes: Record<string, string> = {}): string {
    const query = new URLSearchParams({
      client_id: 'app',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'com.intuit.quickbooks.accounting',
      state: 'st4te',
      ...changes,
    });
    return `${this.#url}/connect/oauth2?${query.toString()}`;
  }

  /** Opens the consent page and returns its form's token. */
  async openConsent(url = this.authorizeUrl()): Promise<string> {
    const page = await (await fetch(url)).text();
    return /name="csrf_token"\s+value="([^"]+)"/.exec(page)?.[1] ?? '';
  }

  answerConsent(form: Record<string, string>): Promise<Response> {
    return fetch(`${this.#url}/connect/oauth2`, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
  }

  /** The callback URL after the user has agreed. */
  async consent(url = this.authorizeUrl()): Promise<URL> {
    const csrf_token = await this.openConsent(url);
    const answer = await this.answerConsent({ csrf_token, realm_id: realmId, decision: 'approve' });
    return new URL(answer.headers.get('location') ?? '');
  }

  async code(): Promise<string> {
    return (await this.consent()).searchParams.get('code') ?? '';
  }

  async token(form: Record<string, string>, headers: Record<string, string> = {}): Promise<TokenReply> {
    const answer = await fetch(`${this.#url}/oauth2/v1/tokens/bearer`, {
      method: 'POST',
      headers: { authorization: this.authorization, accept: 'application/json', ...headers },
      body: new URLSearchParams(form),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
  }

  exchange(code: string, uri = redirectUri): Promise<TokenReply> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: uri });
  }

  refresh(value: unknown): Promise<TokenReply> {
    return this.token({ grant_type: 'refresh_token', refresh_token: String(value) });
  }

  /** Calls one of the sandbox's own routes, below `/sandbox/`. */
  async control(method: string, path: string, body?: object): Promise<Json> {
    const answer = await fetch(`${this.#url}/sandbox/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Json;
  }

  granted(realm = realmId): Promise<Json> {
    return this.control('POST', 'oauth/grant', { realm_id: realm });
  }

  /** What the API answers to a read with this access token. */
  async apiStatus(bearer: unknown, realm = realmId): Promise<number> {
    const answer = await fetch(`${this.#url}/v3/company/${realm}/companyinfo/${realm}`, {
      headers: { authorization: `Bearer ${String(bearer)}`, accept: 'application/json' },
    });
    await answer.text();
    return answer.status;
  }
}
