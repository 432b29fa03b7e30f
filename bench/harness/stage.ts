import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { SandboxControl } from '../../sandbox/control-client.ts';
import { pin, type Placement, spread } from './cores.ts';
import type { Database, Postgres } from './postgres.ts';
import { noteStatements, profilingArguments, watchStatements } from './profile.ts';
import { freePort, type Program, startProgram } from './program.ts';
import { ROOT } from './root.ts';
import { familyOf } from './usage.ts';

export const VERIFIER_TOKEN = 'verifier-token-of-the-bench';

/** How `npm run start:prod` starts Node. */
const startArguments = manifest.scripts['start:prod'].split(' ').slice(1, -1);

/** What the compose file gives a worker more. */
const WORKER = { NODE_OPTIONS: '--max-semi-space-size=8' };

const CLIENT = { id: 'crm-of-the-bench', secret: randomBytes(16).toString('hex') };

/** A whole installation beside a QuickBooks, each part a process of its own: the ground of one scenario. */
export interface Stage {
  readonly database: Database;
  readonly postgres: Postgres;
  readonly sandbox: Program;
  readonly control: SandboxControl;
  readonly api: Program;
  /** One more API; the scenario's own settings may be changed for it. */
  startApi(env?: Record<string, string>): Promise<Program>;
  /** A program that is not the product, on the cores that the API has. */
  startOther(file: string, env: Record<string, string>, readyPath: string): Promise<Program>;
  /** One more worker; the scenario's own settings may be changed for it. */
  startWorker(env?: Record<string, string>): Promise<Program>;
  /** The environment the product runs in, for a tool of it. */
  readonly env: Record<string, string>;
  /** From now on the API of QuickBooks answers so much later. */
  setLatency(ms: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Builds the ground: an empty, migrated database, a sandbox and the API. `env` is what the product gets beside the
 * necessary.
 */
export async function openStage(
  postgres: Postgres,
  name: string,
  {
    env = {},
    placement = spread,
    policies = true,
    logFile,
  }: {
    env?: Record<string, string>;
    placement?: Placement;
    /** False: no row-level security, to measure what it costs. */
    policies?: boolean;
    /** Where the product's log goes; none: it is read, for `logged`. */
    logFile?: string;
  } = {},
): Promise<Stage> {
  pin(placement.others, [process.pid, ...familyOf(postgres.pid)]);
  const database = await postgres.createDatabase(`bench_${name}`);
  const programs: Program[] = [];
  const start = async (script: Parameters<typeof startProgram>[0]): Promise<Program> => {
    const program = await startProgram(script);
    programs.unshift(program);
    return program;
  };

  const sandboxPort = await freePort();
  const sandbox = await start({
    file: join(ROOT, 'sandbox/main.ts'),
    env: {
      SANDBOX_PORT: String(sandboxPort),
      SANDBOX_CLIENT_ID: CLIENT.id,
      SANDBOX_CLIENT_SECRET: CLIENT.secret,
    },
    cores: placement.sandbox,
    port: sandboxPort,
    readyPath: '/sandbox/clock',
  });
  const control = new SandboxControl(sandbox.url);

  let workerCount = 0;
  const apiPort = await freePort();
  const installation = { ...environment(database, sandbox.url, `http://127.0.0.1:${apiPort}`), ...env };
  const product = (role: string, port: number, more: Record<string, string> = {}): Promise<Program> =>
    start({
      file: join(ROOT, 'dist/src/main.js'),
      args: [
        ...startArguments,
        ...(role === 'worker' ? profilingArguments : []),
        ...(policies ? [] : ['--import', join(import.meta.dirname, 'without-scope.ts')]),
      ],
      env: {
        ...installation,
        ...(role === 'worker' ? WORKER : {}),
        ...more,
        CRM_ROLE: role,
        PORT: String(port),
      },
      cores: role === 'worker' ? placement.worker(workerCount++) : placement.others,
      logFile,
      port,
      readyPath: '/health/ready',
    });
  const api = await product('api', apiPort, { DB_MIGRATE: 'true' });
  if (!policies) await dropPolicies(database);

  return {
    database,
    postgres,
    sandbox,
    control,
    api,
    env: installation,
    startApi: async (more) => product('api', await freePort(), more),
    startOther: async (file, more, readyPath) => {
      const port = await freePort();
      const settings = { ...installation, ...more, PORT: String(port) };
      return start({ file: join(ROOT, file), env: settings, cores: placement.others, port, readyPath });
    },
    startWorker: async (more) => {
      await watchStatements(database);
      return product('worker', await freePort(), more);
    },
    setLatency: async (ms) => {
      await control.clearFaults();
      if (ms > 0) await control.planFault({ kind: 'slow', rate: 1, delay_ms: ms });
    },
    close: async () => {
      await noteStatements(database, name);
      for (const program of programs) await program.stop();
      await database.close();
    },
  };
}

async function dropPolicies(database: Database): Promise<void> {
  const tables = await database.query<{ name: string }>(
    'select oid::regclass::text as name from pg_class where relrowsecurity',
  );
  if (tables.length === 0) throw new Error('There were no policies to drop');
  for (const { name } of tables) await database.query(`alter table ${name} disable row level security`);
}

/** As an operator sets it for production; nothing here makes the product faster than its defaults. */
function environment({ appUrl, ownerUrl }: Database, qboUrl: string, apiUrl: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: appUrl,
    DATABASE_MIGRATE_URL: ownerUrl,
    DB_MIGRATE: 'false',
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
    STRIPE_API_BASE_URL: qboUrl, // of no effect without a key
    QBO_READ_BUDGET_PER_MONTH: '100000000',
  };
}
