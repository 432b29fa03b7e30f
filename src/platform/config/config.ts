import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type EncryptionKey, parseEncryptionKeys } from './encryption-keys.js';
import {
  DEVELOPMENT_ENCRYPTION_KEYS,
  DEVELOPMENT_JWT_SECRET,
  developmentSecrets,
} from './development-secrets.js';
import { Environment } from './environment.js';
import { unusableMailAddresses } from '../mail/sender-address.js';
import { isLoopbackHost } from '../network/host.js';
import { liveProblems, qboEnvironmentOf } from './live-facts.js';
import { productionProblems, productionWarnings } from './production-rules.js';
import { stripeProblems } from './stripe-secrets.js';

export type QboEnvironment = 'sandbox' | 'production';
export type ProcessRole = 'all' | 'api' | 'worker';

/** The settings of one running process: read once, validated together, never changed. */
export class Config {
  readonly production!: boolean;
  readonly port!: number;
  /** The address HTTP listens on. */
  readonly host!: string;
  /** A second port for `/metrics` and `/health*` alone, without a token. */
  readonly operationsPort?: number;
  /** Who may read `/metrics`: with a token whoever has it, else everybody or nobody. */
  readonly metrics!: { token?: string; open: boolean };
  /** Whether `/docs` and `/openapi.json` are there. */
  readonly docsEnabled!: boolean;
  /** Origins whose pages may call the API with a bearer token. */
  readonly corsOrigins!: readonly string[];
  /** What a link to a page or route of this installation begins with; no slash at its end. */
  readonly publicUrl!: string;
  /** What is allowed and should not stay so, to be logged at the start. */
  readonly warnings!: readonly string[];
  readonly role!: ProcessRole;
  /** From SIGTERM until the listener closes; balancers have that time to look elsewhere. */
  readonly shutdownDelaySeconds!: number;
  readonly logLevel!: string;
  /** Reverse proxies whose word about the caller's address is believed. */
  readonly trustedProxies!: readonly string[];
  readonly database!: {
    url?: string;
    /** The same database past a pooler: for what a session must hold over transactions. */
    directUrl?: string;
    /** The same database as the owner of the tables: for migrations alone. */
    migrateUrl?: string;
    dataDir: string;
    poolMax: number;
    migrate: boolean;
  };
  readonly auth!: {
    jwtSecret: string;
    accessTokenMinutes: number;
    /** What one signed-in person may ask of one process. */
    requestsPerMinuteMax: number;
  };
  readonly encryptionKeys!: readonly EncryptionKey[];
  readonly seed!: { enabled: boolean; adminPassword?: string };
  readonly qbo!: {
    clientId: string;
    clientSecret: string;
    redirectUri: string;
    env: QboEnvironment;
    /** Scheme and host alone; paths start with `/v3/company/`. */
    apiBaseUrl: string;
    authorizeUrl: string;
    tokenUrl: string;
    revokeUrl: string;
    pollIntervalMinutes: number;
    /** Of companies whose webhooks prove to reach us; never shorter than the usual one. */
    webhookFedPollIntervalMinutes: number;
    requestTimeoutMs: number;
    /** What we send to one company at most, all replicas together. */
    requestsPerSecond: number;
    requestsPerMinute: number;
    requestsAtOnce: number;
    /** Several in the days of a rotation; none: webhooks cannot be proven. */
    webhookVerifierTokens: string[];
    readBudgetPerMonth: number;
  };
  /** What the people of one organisation may ask for in 24 hours; payments and dates make invoices beside it. */
  readonly invoicesPerDayMax!: number;
  /** What an organisation gets until it sets its own. */
  readonly orgDefaults!: { depositPercent: number; depositItemName: string; recordPayments: boolean };
  readonly stripe!: { secretKey: string; webhookSecrets: string[]; apiBaseUrl?: string };
  readonly portalPublicUrl!: string;
  readonly alerts!: { smtpUrl?: string; emailTo?: string; slackWebhookUrl?: string };
  readonly redisUrl?: string;
  /** Where spans go, and how many; undefined: nothing is traced. */
  readonly tracing?: { endpoint: string; serviceName: string; share: number; everyMs: number };
}

/** All that is wrong with the environment, in one message, so that one restart mends it. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

const LOOPBACK = '127.0.0.1';
const EVERYWHERE = '0.0.0.0';
/** Longer than the second or two in which balancers usually look. */
const PRODUCTION_SHUTDOWN_DELAY_SECONDS = 3;
const POLL_MINUTES_MIN = 0.001;
/** A year. */
const POLL_MINUTES_MAX = 525_600;
const QBO_HOSTS: Record<QboEnvironment, string> = {
  sandbox: 'https://sandbox-quickbooks.api.intuit.com',
  production: 'https://quickbooks.api.intuit.com',
};

/**
 * Reads the environment into a Config. Throws ConfigError that lists every bad variable.
 * In production there is no default for a secret, and the development secrets are refused.
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const env = plainToInstance(Environment, set, { exposeDefaultValues: true });
  const problems = validateSync(env).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((message) =>
      message.includes(error.property) ? message : `${error.property}: ${message}`,
    ),
  );
  const production = env.NODE_ENV === 'production';
  problems.push(...(production ? productionProblems(env) : liveProblems(env)));
  const encryptionKeys = readEncryptionKeys(env, production, problems);
  problems.push(...emptyLists(env), ...hostProblems(env), ...linkProblems(env), ...listenProblems(env));
  problems.push(...databaseProblems(env), ...mailProblems(env), ...stripeProblems(env));
  if (problems.length > 0) throw new ConfigError(problems);

  const qboEnv: QboEnvironment = qboEnvironmentOf(env);
  return Object.freeze(
    Object.assign(new Config(), {
      production,
      port: env.PORT,
      host: env.HOST ?? (developmentSecrets(env).length > 0 ? LOOPBACK : EVERYWHERE),
      operationsPort: env.OPERATIONS_PORT,
      metrics: { token: env.METRICS_TOKEN, open: env.METRICS_OPEN ?? !production },
      docsEnabled: env.DOCS_ENABLED ?? !production,
      corsOrigins: listOf(env.CORS_ORIGINS),
      publicUrl: (env.CRM_PUBLIC_URL ?? new URL(env.PORTAL_PUBLIC_URL).origin).replace(/\/+$/, ''),
      warnings: production ? productionWarnings(env, encryptionKeys) : [],
      role: env.CRM_ROLE as ProcessRole,
      shutdownDelaySeconds:
        env.SHUTDOWN_DELAY_SECONDS ?? (production ? PRODUCTION_SHUTDOWN_DELAY_SECONDS : 0),
      logLevel: env.LOG_LEVEL,
      trustedProxies: listOf(env.TRUST_PROXY),
      database: {
        url: env.DATABASE_URL,
        directUrl: env.DATABASE_DIRECT_URL,
        migrateUrl: env.DATABASE_MIGRATE_URL,
        dataDir: env.CRM_DATA_DIR,
        poolMax: env.DB_POOL_MAX,
        migrate: env.DB_MIGRATE,
      },
      auth: {
        jwtSecret: env.JWT_SECRET_KEY ?? DEVELOPMENT_JWT_SECRET,
        accessTokenMinutes: env.JWT_ACCESS_TOKEN_EXPIRE_MINUTES,
        requestsPerMinuteMax: env.API_REQUESTS_PER_MINUTE,
      },
      encryptionKeys,
      seed: {
        enabled: env.CRM_ENABLE_SEED,
        adminPassword: env.SEED_ADMIN_PASSWORD ?? (production ? undefined : 'password'),
      },
      qbo: {
        clientId: env.QBO_CLIENT_ID,
        clientSecret: env.QBO_CLIENT_SECRET,
        redirectUri: env.QBO_REDIRECT_URI,
        env: qboEnv,
        apiBaseUrl: (env.QBO_API_BASE_URL ?? QBO_HOSTS[qboEnv]).replace(/\/+$/, ''),
        authorizeUrl: env.QBO_AUTHORIZE_URL,
        tokenUrl: env.QBO_TOKEN_URL,
        revokeUrl: env.QBO_REVOKE_URL,
        pollIntervalMinutes: pollIntervalOf(env),
        webhookFedPollIntervalMinutes: Math.max(
          pollIntervalOf(env),
          env.QBO_WEBHOOK_FED_POLL_INTERVAL_MIN ?? 0,
        ),
        requestTimeoutMs: env.QBO_REQUEST_TIMEOUT_MS,
        requestsPerSecond: env.QBO_REQUESTS_PER_SECOND,
        requestsPerMinute: env.QBO_REQUESTS_PER_MINUTE,
        requestsAtOnce: env.QBO_REQUESTS_AT_ONCE,
        webhookVerifierTokens: listOf(env.QBO_WEBHOOK_VERIFIER_TOKEN),
        readBudgetPerMonth: env.QBO_READ_BUDGET_PER_MONTH,
      },
      invoicesPerDayMax: env.INVOICES_PER_DAY,
      orgDefaults: {
        depositPercent: env.DEPOSIT_PERCENT,
        depositItemName: env.QBO_ITEM_NAME_DEPOSIT,
        recordPayments: env.QBO_RECORD_PAYMENTS,
      },
      stripe: {
        secretKey: env.STRIPE_SECRET_KEY,
        webhookSecrets: listOf(env.STRIPE_WEBHOOK_SECRET),
        apiBaseUrl: env.STRIPE_API_BASE_URL?.replace(/\/+$/, ''),
      },
      portalPublicUrl: env.PORTAL_PUBLIC_URL.replace(/\/+$/, ''),
      alerts: { smtpUrl: env.SMTP_URL, emailTo: env.ALERT_EMAIL_TO, slackWebhookUrl: env.SLACK_WEBHOOK_URL },
      redisUrl: env.REDIS_URL,
      tracing: tracingOf(env),
    } satisfies Config),
  );
}

/** No calendar holds the day of the next poll after too long a time, and less than a moment would never be over. */
function pollIntervalOf({ QBO_INVOICE_POLL_INTERVAL_MIN: minutes }: Environment): number {
  return Math.min(Math.max(minutes, POLL_MINUTES_MIN), POLL_MINUTES_MAX);
}

function tracingOf(env: Environment): Config['tracing'] {
  // Some collectors are named by the whole address that traces go to.
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '').replace(/\/v1\/traces$/, '');
  if (endpoint === undefined) return undefined;
  const { OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER_ARG, OTEL_BSP_SCHEDULE_DELAY } = env;
  return {
    endpoint,
    serviceName: OTEL_SERVICE_NAME,
    share: OTEL_TRACES_SAMPLER_ARG,
    everyMs: OTEL_BSP_SCHEDULE_DELAY,
  };
}

function listOf(commaSeparated: string): string[] {
  return commaSeparated
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

/** Such as `${NEW},${OLD}` with neither set: it looks set, and nothing is in it. */
function emptyLists(env: Environment): string[] {
  return (['STRIPE_WEBHOOK_SECRET', 'QBO_WEBHOOK_VERIFIER_TOKEN'] as const)
    .filter((name) => env[name] !== '' && listOf(env[name]).length === 0)
    .map((name) => `${name} has commas and no secret`);
}

/** Published secrets open the door to whoever can knock: with them only this machine may. */
function listenProblems(env: Environment): string[] {
  const problems = listOf(env.CORS_ORIGINS)
    .filter((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
    .map((origin) => `CORS_ORIGINS: "${origin}" is no origin, such as https://app.example.com`);
  const secrets = developmentSecrets(env);
  if (env.HOST !== undefined && secrets.length > 0 && !isLoopbackHost(env.HOST)) {
    problems.push(
      `HOST=${env.HOST} lets other machines in, but the secrets of development are published: set your own ` +
        `${secrets.join(' and ')} (openssl rand -hex 32; k1:$(openssl rand -base64 32)), or leave HOST out`,
    );
  }
  if (env.OPERATIONS_PORT !== undefined && env.OPERATIONS_PORT === env.PORT && env.PORT !== 0) {
    problems.push('OPERATIONS_PORT is the same as PORT');
  }
  return problems;
}

/** Without `DATABASE_URL` the embedded PostgreSQL is used, and not the database that is meant. */
function databaseProblems(env: Environment): string[] {
  if (env.DATABASE_URL !== undefined) return [];
  return (['DATABASE_DIRECT_URL', 'DATABASE_MIGRATE_URL'] as const)
    .filter((name) => env[name] !== undefined)
    .map(
      (name) => `${name} is set without DATABASE_URL, which names the database that the product works with`,
    );
}

/** Another sender than the one that is named would be one that the mail server may not send for. */
function mailProblems({ SMTP_URL: url }: Environment): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  return unusableMailAddresses(url).map(
    (name) =>
      `SMTP_URL: ${name}= must name an address, such as billing@example.com; a + in it is written %2B`,
  );
}

const SCHEME_AND_HOST = /^https?:\/\/[^/?#@]+\/*$/i;

/** An override of the API base names a host, not a path: the paths are QBO's own. */
function hostProblems(env: Environment): string[] {
  const bases = { QBO_API_BASE_URL: env.QBO_API_BASE_URL, STRIPE_API_BASE_URL: env.STRIPE_API_BASE_URL };
  return Object.entries(bases)
    .filter(([, url]) => url && !SCHEME_AND_HOST.test(url))
    .map(([name]) => `${name} must be scheme and host alone, without a path, query or password`);
}

/** Links are made by writing behind these addresses, which a query or fragment would swallow. */
function linkProblems(env: Environment): string[] {
  const beginnings = { PORTAL_PUBLIC_URL: env.PORTAL_PUBLIC_URL, CRM_PUBLIC_URL: env.CRM_PUBLIC_URL };
  return Object.entries(beginnings)
    .filter(([, url]) => url && /[?#]/.test(url))
    .map(([name]) => `${name} must end before ? and #: links are made by writing behind it`);
}

function readEncryptionKeys(env: Environment, production: boolean, problems: string[]): EncryptionKey[] {
  const text = env.TOKEN_ENCRYPTION_KEYS ?? (production ? undefined : DEVELOPMENT_ENCRYPTION_KEYS);
  if (text === undefined) return [];
  try {
    return parseEncryptionKeys(text);
  } catch (error) {
    problems.push(`TOKEN_ENCRYPTION_KEYS is unusable: ${(error as Error).message}`);
    return [];
  }
}
