import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../bench/harness/clock.ts';
import { freePort } from '../../bench/harness/program.ts';
import { ROOT } from '../../bench/harness/root.ts';
import { SandboxControl } from '../../sandbox/control-client.ts';
import { type BuiltVersion, builtVersionIn } from './built-version.ts';
import { Postbox } from './postbox.ts';
import { ChaosPostgres } from './postgres.ts';
import { type Command, Replica } from './replica.ts';

const run = promisify(execFile);
const CLIENT = { id: 'crm-in-chaos', secret: randomBytes(16).toString('hex') };
const VERIFIER_TOKEN = 'verifier-token-in-chaos';
const WEBHOOK_SECRET = 'whsec_in_chaos';
const PASSWORD = 'ladder-shingle-42';
export const STRIPE_KEY = 'sk_test_in_chaos';
const LATER = ['--import', join(import.meta.dirname, 'later.ts')];
const UPGRADED_WITHIN_MS = 240_000;

/**
 * The built product as one API and two workers beside its PostgreSQL, QuickBooks and Stripe: a process each, and a
 * mail server. It may begin as an earlier version.
 */
export class Installation {
  readonly postgres: ChaosPostgres;
  readonly postbox: Postbox;
  readonly sandbox: Replica;
  readonly control: SandboxControl;
  readonly api: Replica;
  readonly workers: readonly Replica[];
  readonly #env: Record<string, string>;
  /** The version that runs. */
  #version: BuiltVersion;

  private constructor(
    version: BuiltVersion,
    {
      postgres,
      postbox,
      sandbox,
      ports,
    }: { postgres: ChaosPostgres; postbox: Postbox; sandbox: Replica; ports: readonly number[] },
  ) {
    this.postgres = postgres;
    this.postbox = postbox;
    this.sandbox = sandbox;
    this.control = new SandboxControl(sandbox.url);
    this.#version = version;
    this.#env = {
      ...environment(postgres, sandbox.url, `http://127.0.0.1:${ports[0]}`),
      SMTP_URL: postbox.smtpUrl,
    };
    const [api, ...workers] = this.#commands(ports);
    this.api = new Replica('the API', api!);
    this.workers = workers.map((command, index) => new Replica(`worker ${index + 1}`, command));
  }

  static async open(version: BuiltVersion): Promise<Installation> {
    const sandbox = await aSandbox();
    sandbox.launch();
    const ports = [await freePort(), await freePort(), await freePort()];
    const postgres = await ChaosPostgres.start();
    const postbox = await Postbox.open();
    const installation = new Installation(version, { postgres, postbox, sandbox, ports });
    installation.api.launch();
    await Promise.all([sandbox.untilReady(), installation.api.untilReady()]);
    for (const worker of installation.workers) worker.launch();
    await installation.#listen();
    return installation;
  }

  get #replicas(): readonly Replica[] {
    return [this.api, ...this.workers];
  }

  /** What the version wants to know; one from before the roles of the database signs in as the owner. */
  get #settings(): Record<string, string> {
    return this.#version.knowsOwner
      ? this.#env
      : { ...this.#env, DATABASE_URL: this.#env.DATABASE_MIGRATE_URL! };
  }

  /** How the version's processes are started: the API, which migrates, and the workers. */
  #commands(ports: readonly number[]): Command[] {
    return ports.map((port, index) => {
      const role = index === 0 ? 'api' : 'worker';
      return {
        args: [...(index === 0 ? [] : LATER), ...this.#version.start],
        env: { ...this.#settings, CRM_ROLE: role, DB_MIGRATE: String(role === 'api'), PORT: String(port) },
        port,
        readyPath: '/health/ready',
      };
    });
  }

  /**
   * Every process is killed at once, in the middle of what it does, and this version takes its place, as long as that
   * takes: whatever ends while the database is away is started again.
   */
  async upgrade(): Promise<string> {
    const before = this.#version;
    this.#version = builtVersionIn(ROOT);
    const commands = this.#commands(this.#replicas.map(({ port }) => port));
    for (const [index, replica] of this.#replicas.entries()) replica.become(commands[index]!);
    await Promise.all(this.#replicas.map((replica) => replica.kill()));
    for (const replica of this.#replicas)
      await eventually(
        async () => {
          replica.launch();
          await replica.askReady();
        },
        UPGRADED_WITHIN_MS,
        100,
      );
    return `from ${before.version} in ${before.root}`;
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

  /** So many organisations by the product's own tool, with an admin each. */
  async found(count: number): Promise<{ orgId: number; email: string; password: string }[]> {
    const { createOrg } = this.#version;
    const found = async (number: number) => {
      const email = `owner-${number}@chaos.test`;
      const admin = ['--name', `Chaos Roofing ${number}`, '--email', email, '--password', PASSWORD];
      const env = { PATH: process.env.PATH, ...this.#settings };
      const { stdout } = await run(process.execPath, [createOrg, ...admin], { env });
      return { orgId: (JSON.parse(stdout) as { org_id: number }).org_id, email, password: PASSWORD };
    };
    return Promise.all(Array.from({ length: count }, async (_, index) => found(index + 1)));
  }

  /** Every process of the product runs, and for the workers half an hour has passed. */
  async restLater(): Promise<void> {
    for (const replica of this.#replicas) {
      replica.thaw();
      replica.launch();
    }
    await Promise.all(this.#replicas.map((replica) => replica.untilReady()));
    for (const worker of this.workers) worker.signal('SIGUSR2');
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.kill()));
    await this.sandbox.kill();
    await this.postbox.close();
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
