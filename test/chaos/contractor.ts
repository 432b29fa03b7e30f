import type { Installation } from './installation.ts';
import type { Breach, Colleague } from './staff.ts';

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
  readonly staff: Colleague[] = [];
  /** Whom the office let go. */
  readonly formerStaff: Colleague[] = [];
  /** What an answer did that none may do. */
  readonly breaches: Breach[] = [];
  /** Home units of a euro, today. */
  rate = 1.08;
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
    await keepEuros(at, company.realm_id);
    const answer = await fetch(`${at.api.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const contractor = new Contractor(at, { orgId, realmId: company.realm_id, token, password });
    await contractor.#settle();
    if (!(await contractor.connect())) throw new Error(`Organisation ${orgId} could not be connected`);
    return contractor;
  }

  /**
   * Half of the organisations withhold retainage from the start. Customers are reminded two weeks before an invoice is
   * due, which is the day it is made, in a zone in which it is day now.
   */
  async #settle(): Promise<void> {
    await this.ask('PATCH', '/org/settings', {
      retainage_percent: this.orgId % 2 === 0 ? 10 : 0,
      terms_days: 14,
      time_zone: zoneAtTen(),
      reminders: { days_before: [14], days_after: [], send_at: '08:00' },
    });
  }

  /** A request as one of its people, who prove again who they are where that is wanted. */
  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.askAs(this.token, method, path, body);
    if (answer.body?.code !== 'reauthentication_required') return answer;
    await this.askAs(this.token, 'POST', '/auth/confirm', { password: this.#password });
    return this.askAs(this.token, method, path, body);
  }

  breach(law: string, what: string): void {
    this.breaches.push({ law, what });
  }

  /** As whoever has this access token, or as nobody. Status 0 where the API is away or takes too long. */
  async askAs(token: string, method: string, path: string, body?: object): Promise<Answer> {
    try {
      const response = await fetch(`${this.#at.api.url}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(token !== '' && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(READY_WITHIN_MS),
      });
      const text = await response.text();
      if (response.status === 500) this.breach('no answer is an accident', `${method} ${path}: ${text}`);
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

/** The company sells in euros too, at a rate of its own; Stripe credits them at another. */
async function keepEuros({ control }: Installation, realmId: string): Promise<void> {
  await control.setPreferences(realmId, { MultiCurrencyEnabled: true });
  await control.listCurrency(realmId, 'EUR');
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await control.rateCurrency(realmId, 'EUR', 1.08, yesterday);
  await control.stripe.configureBalance({ exchange_rates: { eur: 1.1 } });
}

/** A zone in which it is the hour after ten. */
function zoneAtTen(): string {
  const ahead = 10 - new Date().getUTCHours();
  const hours = ahead < -12 ? ahead + 24 : ahead;
  return hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}
