import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { SandboxControl } from '../../sandbox/control-client.ts';
import { ConnectionService } from '../../src/qbo-sync/connection/connection.service.js';
import { CustomerMirrorService } from '../../src/qbo-sync/pull/customers/customer-mirror.service.js';
import type { TestApp } from './app.js';
import type { TestDatabase } from './database.js';
import { type Answer, provingAgain, type Session } from './people.js';

/** The company every sandbox begins with. */
export const REALM = '9341457021722202';

const CLIENT = { id: 'crm-under-test', secret: 'client-secret-under-test' };
/** Our own limits, out of the way: without the sandbox's there is nothing to keep to. */
const UNHURRIED = {
  QBO_REQUESTS_PER_SECOND: '1000',
  QBO_REQUESTS_PER_MINUTE: '60000',
  QBO_REQUESTS_AT_ONCE: '1000',
};
const REDIRECT_URI = 'http://localhost:8089/qbo/oauth/callback';

/** A QuickBooks of the test's own. */
export interface TestQbo extends AsyncDisposable {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly control: SandboxControl;
  /** What `startApp` needs in its `env` to speak to it. */
  readonly env: NodeJS.ProcessEnv;
  /** One of the sandbox's own OAuth routes: `expire-access`, `expire-refresh`, `revoke`, `faults`. */
  oauth(action: string, body: object): Promise<void>;
  tokenCalls(): Promise<TokenCalls>;
}

/** What the token endpoint was asked so far. */
export interface TokenCalls {
  total: number;
  by_grant_type: { refresh_token?: Record<string, number>; authorization_code?: Record<string, number> };
  concurrent_refreshes: number;
  stale_refreshes: number;
}

/** Starts a QuickBooks stand-in on a free port, without rate limits, its and ours, unless they are asked for. */
export async function startQbo(options: SandboxOptions = {}): Promise<TestQbo> {
  const sandbox = await startSandbox({
    companies: [{ realmId: REALM, name: 'Sandbox Company_US_1', fixtures: 'sales' }],
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    redirectUris: [REDIRECT_URI],
    ...options,
  });
  const { url } = sandbox;
  return {
    url,
    sandbox,
    control: new SandboxControl(url),
    env: {
      QBO_CLIENT_ID: CLIENT.id,
      QBO_CLIENT_SECRET: CLIENT.secret,
      QBO_REDIRECT_URI: REDIRECT_URI,
      QBO_API_BASE_URL: url,
      QBO_AUTHORIZE_URL: `${url}/connect/oauth2`,
      QBO_TOKEN_URL: `${url}/oauth2/v1/tokens/bearer`,
      QBO_REVOKE_URL: `${url}/v2/oauth2/tokens/revoke`,
      STRIPE_API_BASE_URL: url, // of no effect without a key
      ...(options.limits ? {} : UNHURRIED),
    },
    oauth: async (action, body) => {
      const answer = await fetch(`${url}/sandbox/oauth/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
    },
    tokenCalls: async () => (await (await fetch(`${url}/sandbox/oauth/calls`)).json()) as TokenCalls,
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

export interface ConsentChoice {
  realmId?: string;
  decision?: 'approve' | 'deny';
  replaceCompany?: boolean;
}

/**
 * Connects the organisation of this session as a person would: start, consent page, callback; and waits until the
 * customers of the company have been read. Throws where that fails.
 */
export async function connect(app: TestApp, session: Session, choice: ConsentChoice = {}): Promise<void> {
  const answer = await tryToConnect(session, choice);
  if (answer.status !== 200) throw new Error(`not connected: ${JSON.stringify(answer.body)}`);
  const companies = await app.app.get(ConnectionService).connected();
  const company = companies.find(({ realmId }) => realmId === (choice.realmId ?? REALM));
  if (company) await app.app.get(CustomerMirrorService).ensureFilled(company);
}

/** The same, and what the callback answered. */
export async function tryToConnect(
  session: Session,
  choice: ConsentChoice = {},
): Promise<Answer<Record<string, unknown>>> {
  const callback = await answerConsent(await beginConsent(session, choice), choice);
  return session.get(callback, { accept: 'application/json' });
}

/** The authorize URL of a new consent. */
export async function beginConsent(session: Session, choice: ConsentChoice = {}): Promise<string> {
  const path = `/qbo/oauth/start?replace_company=${choice.replaceCompany ?? false}`;
  const start = await provingAgain(session, () => session.get(path, { accept: 'application/json' }));
  if (start.status !== 200) throw new Error(`no consent begun: ${JSON.stringify(start.body)}`);
  return start.body.authorization_url as string;
}

/** Fills the consent page in and answers the path and query that the browser is sent back to. */
export async function answerConsent(authorizeUrl: string, choice: ConsentChoice = {}): Promise<string> {
  const page = await (await fetch(authorizeUrl)).text();
  const csrfToken = /name="csrf_token"\s+value="([^"]+)"/.exec(page)?.[1];
  if (csrfToken === undefined) throw new Error(`no consent page: ${page.slice(0, 300)}`);
  const { realmId = REALM, decision = 'approve' } = choice;
  const answer = await fetch(new URL('/connect/oauth2', authorizeUrl), {
    method: 'POST',
    body: new URLSearchParams({ csrf_token: csrfToken, realm_id: realmId, decision }),
    redirect: 'manual',
  });
  const { pathname, search } = new URL(answer.headers.get('location') ?? '');
  return pathname + search;
}

/** Ends the minute for which a company is left alone after a 429, as time would. */
export async function endPauses(database: TestDatabase): Promise<void> {
  await database.query('update qbo_limits set blocked_until = null');
}
