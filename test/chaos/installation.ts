import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { freePort } from '../../bench/harness/program.ts';
import { ROOT } from '../../bench/harness/root.ts';
import { SandboxControl } from '../../sandbox/control-client.ts';
import { ChaosPostgres } from './postgres.ts';
import { Replica } from './replica.ts';

const run = promisify(execFile);
const startArguments = manifest.scripts['start:prod'].split(' ').slice(1);
const CLIENT = { id: 'crm-in-chaos', secret: randomBytes(16).toString('hex') };
const VERIFIER_TOKEN = 'verifier-token-in-chaos';
const WEBHOOK_SECRET = 'whsec_in_chaos';
const PASSWORD = 'ladder-shingle-42';
export const STRIPE_KEY = 'sk_test_in_chaos';
const LATER = ['--import', join(import.meta.dirname, 'later.ts')];

/** The built product as one API and two workers beside its PostgreSQL, QuickBooks and Stripe: a process each. */
export class Installation {
  readonly postgres: ChaosPostgres;
  readonly sandbox: Replica;
  readonly control: SandboxControl;
  readonly api: Replica;
  readonly workers: readonly Replica[];
  readonly #env: Record<string, string>;

  private constructor(
    postgres: ChaosPostgres,
    sandbox: Replica,
    product: { api: Replica; workers: readonly Replica[]; env: Record<string, string> },
  ) {
    this.postgres = postgres;
    this.sandbox = sandbox;
    this.control = new SandboxControl(sandbox.url);
    this.api = product.api;
    this.workers = product.workers;
    this.#env = product.env;
  }

  static async open(): Promise<Installation> {
    const sandbox = await aSandbox();
    sandbox.launch();
    const [apiPort, firstPort, secondPort] = [await freePort(), await freePort(), await freePort()];
    const postgres = await ChaosPostgres.start();
    const env = environment(postgres, sandbox.url, `http://127.0.0.1:${apiPort}`);
    const product = (name: string, role: string, port: number, more: Record<string, string> = {}): Replica =>
      new Replica(name, {
        args: [...(role === 'worker' ? LATER : []), ...startArguments].map((part) =>
          part.replace(/^(\.\/)?dist/, join(ROOT, 'dist')),
        ),
        env: { ...env, ...more, CRM_ROLE: role, PORT: String(port) },
        port,
        readyPath: '/health/ready',
      });
    const api = product('the API', 'api', apiPort, { DB_MIGRATE: 'true' });
    const workers = [product('worker 1', 'worker', firstPort), product('worker 2', 'worker', secondPort)];
    const installation = new Installation(postgres, sandbox, { api, workers, env });
    api.launch();
    await Promise.all([sandbox.untilReady(), api.untilReady()]);
    for (const worker of workers) worker.launch();
    await installation.#listen();
    return installation;
  }

  /** Everything the vendors have to tell of goes to the API. */
  async #listen(): Promise<void> {
    await this.control.stripe.configure({
      webhook_url: `${this.api.url}/payments/webhook`,
      webhook_secret: WEBHOOK_SECRET,
      drop: 0,
      duplicate: 0,
    });
    await this.tellOfChanges({ url: `${this.api.url}/qbo/webhooks`, verifier_token: VERIFIER_TOKEN });
  }

  /** `drop`, `duplicate`, `shuffle`, `seed`, … of Intuit's webhooks. */
  async tellOfChanges(settings: object): Promise<void> {
    await this.sandboxCall('PUT', '/webhooks', settings);
  }

  /** A control route of the sandbox that has no method of its own. Throws where it is refused. */
  async sandboxCall(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.sandbox.url}/sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    return answer.json();
  }

  /** So many organisations, the first by the product's own tool, the others as its copies; in each an admin. */
  async found(count: number): Promise<{ orgId: number; email: string; password: string }[]> {
    const tool = join(ROOT, 'dist/src/orgs/create-org.cli.js');
    const admin = ['--name', 'Chaos Roofing', '--email', 'owner@chaos.test', '--password', PASSWORD];
    await run(process.execPath, [tool, ...admin], { env: { PATH: process.env.PATH, ...this.#env } });
    await this.postgres.query(
      `with copies as (
         insert into orgs (name) select 'Chaos Roofing ' || n from generate_series(2, $1::int) n returning id
       )
       insert into org_settings (org_id) select id from copies`,
      [count],
    );
    await this.postgres.query(
      `insert into users (org_id, email, full_name, password_hash)
       select o.id, 'owner-' || o.id || '@chaos.test', u.full_name, u.password_hash
         from orgs o cross join users u where o.id <> u.org_id`,
    );
    await this.postgres.query(
      `insert into user_roles (org_id, user_id, role_id)
       select u.org_id, u.id, r.role_id from users u cross join user_roles r where u.id <> r.user_id`,
    );
    const users = await this.postgres.query<{ orgId: number; email: string }>(
      'select org_id as "orgId", email from users order by org_id',
    );
    return users.map((user) => ({ ...user, password: PASSWORD }));
  }

  /** Every process of the product runs, and for the workers half an hour has passed. */
  async restLater(): Promise<void> {
    const replicas = [this.api, ...this.workers];
    for (const replica of replicas) {
      replica.thaw();
      replica.launch();
    }
    await Promise.all(replicas.map((replica) => replica.untilReady()));
    for (const worker of this.workers) worker.signal('SIGUSR2');
  }

  async close(): Promise<void> {
    await Promise.all([this.api, ...this.workers].map((replica) => replica.kill()));
    await this.sandbox.kill();
    await this.postgres.stop();
  }
}

async function aSandbox(): Promise<Replica> {
  const port = await freePort();
  return new Replica('the sandbox', {
    args: [join(ROOT, 'sandbox/main.ts')],
    env: {
      SANDBOX_PORT: String(port),
      SANDBOX_CLIENT_ID: CLIENT.id,
      SANDBOX_CLIENT_SECRET: CLIENT.secret,
    },
    port,
    readyPath: '/sandbox/clock',
  });
}

/** As an operator sets it for production, but that time outs and polls are short. */
function environment(
  { appUrl, ownerUrl }: ChaosPostgres,
  qboUrl: string,
  apiUrl: string,
): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: appUrl,
    DATABASE_MIGRATE_URL: ownerUrl,
    DB_MIGRATE: 'false',
    SHUTDOWN_DELAY_SECONDS: '0',
    JWT_SECRET_KEY: randomBytes(48).toString('base64'),
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '120',
    TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    PORTAL_PUBLIC_URL: `${apiUrl}/portal`,
    QBO_ENV: 'sandbox',
    QBO_CLIENT_ID: CLIENT.id,
    QBO_CLIENT_SECRET: CLIENT.secret,
    QBO_REDIRECT_URI: `${apiUrl}/qbo/oauth/callback`,
    QBO_API_BASE_URL: qboUrl,
    QBO_AUTHORIZE_URL: `${qboUrl}/connect/oauth2`,
    QBO_TOKEN_URL: `${qboUrl}/oauth2/v1/tokens/bearer`,
    QBO_REVOKE_URL: `${qboUrl}/v2/oauth2/tokens/revoke`,
    QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER_TOKEN,
    QBO_REQUEST_TIMEOUT_MS: '4000',
    QBO_INVOICE_POLL_INTERVAL_MIN: '0.1',
    QBO_RECORD_PAYMENTS: 'true',
    STRIPE_API_BASE_URL: qboUrl,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  };
}
