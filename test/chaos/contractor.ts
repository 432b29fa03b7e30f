import type { Installation } from './installation.ts';

const READY_WITHIN_MS = 8_000;

// oxlint-disable-next-line no-explicit-any -- an answer is read as what the route promises
type Json = any;

export interface Answer {
  /** 0 where nobody answered. */
  status: number;
  body: Json;
}

/** A customer's job as far as the people of the organisation know it. */
export interface Job {
  proposalId: number;
  customerId: number;
}

/** An organisation with its company, whose people call the API and whose customers pay. */
export class Contractor {
  readonly orgId: number;
  readonly realmId: string;
  readonly jobs: Job[] = [];
  readonly intents: string[] = [];
  readonly sessionsAtBank: string[] = [];
  readonly refunds: string[] = [];
  readonly disputes: string[] = [];
  readonly #at: Installation;
  readonly token: string;
  readonly #password: string;
  /** Whether the last try to connect succeeded. The CRM may not know yet that its access is gone. */
  isConnected = false;

  private constructor(
    at: Installation,
    who: { orgId: number; realmId: string; token: string; password: string },
  ) {
    this.#at = at;
    this.orgId = who.orgId;
    this.realmId = who.realmId;
    this.token = who.token;
    this.#password = who.password;
  }

  /** Signed in and connected to a company of its own over HTTP, as people do. */
  static async open(
    at: Installation,
    { orgId, email, password }: { orgId: number; email: string; password: string },
  ): Promise<Contractor> {
    const company = await at.control.createCompany({ name: `Chaos Roofing ${orgId}`, fixtures: 'sales' });
    const answer = await fetch(`${at.api.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const contractor = new Contractor(at, { orgId, realmId: company.realm_id, token, password });
    if (!(await contractor.connect())) throw new Error(`Organisation ${orgId} could not be connected`);
    return contractor;
  }

  /** A request as one of its people, who prove again who they are where that is wanted. */
  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.#askOnce(method, path, body);
    if (answer.body?.code !== 'reauthentication_required') return answer;
    await this.#askOnce('POST', '/auth/confirm', { password: this.#password });
    return this.#askOnce(method, path, body);
  }

  /** Status 0 where the API is away or takes too long. */
  async #askOnce(method: string, path: string, body?: object): Promise<Answer> {
    try {
      const response = await fetch(`${this.#at.api.url}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${this.token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(READY_WITHIN_MS),
      });
      const text = await response.text();
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
    } catch {
      return { status: 0, body: {} };
    }
  }

  /** Start, consent page and callback, as a person does. Answers whether it is connected. */
  async connect(): Promise<boolean> {
    this.isConnected = false;
    const start = await this.ask('GET', '/qbo/oauth/start');
    if (start.status !== 200) return false;
    const { location } = (await this.#at.sandboxCall('POST', '/oauth/consent', {
      url: start.body.authorization_url as string,
      realm_id: this.realmId,
    })) as { location: string };
    const { pathname, search } = new URL(location);
    this.isConnected = (await this.ask('GET', `${pathname}${search}`)).status === 200;
    return this.isConnected;
  }
}
