import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type EncryptionKey, parseEncryptionKeys } from './encryption-keys.js';
import { Environment } from './environment.js';

export type QboEnvironment = 'sandbox' | 'production';
export type ProcessRole = 'all' | 'api' | 'worker';

/** The settings of one running process: read once, validated together, never changed. */
export class Config {
  readonly production!: boolean;
  readonly port!: number;
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
  /** What an organisation gets until it sets its own. */
  readonly orgDefaults!: { depositPercent: number; depositItemName: string; recordPayments: boolean };
  readonly stripe!: { secretKey: string; webhookSecrets: string[]; apiBaseUrl?: string };
  readonly portalPublicUrl!: string;
  readonly alerts!: { smtpUrl?: string; emailTo?: string; slackWebhookUrl?: string };
  readonly redisUrl?: string;
}

/** All that is wrong with the environment, in one message, so that one restart mends it. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Longer than the second or two in which balancers usually look. */
const PRODUCTION_SHUTDOWN_DELAY_SECONDS = 3;
const DEVELOPMENT_JWT_SECRET = 'development-only-secret-never-used-in-production';
const DEVELOPMENT_ENCRYPTION_KEYS = `dev:${Buffer.alloc(32, 'development only').toString('base64')}`;
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
  if (production) problems.push(...productionProblems(env));
  const encryptionKeys = readEncryptionKeys(env, production, problems);
  problems.push(...hostProblems(env));
  if (problems.length > 0) throw new ConfigError(problems);

  const qboEnv = (env.QBO_ENV ?? (env.QBO_SANDBOX_MODE ? 'sandbox' : 'production')) as QboEnvironment;
  return Object.freeze(
    Object.assign(new Config(), {
      production,
      port: env.PORT,
      role: env.CRM_ROLE as ProcessRole,
      shutdownDelaySeconds:
        env.SHUTDOWN_DELAY_SECONDS ?? (production ? PRODUCTION_SHUTDOWN_DELAY_SECONDS : 0),
      logLevel: env.LOG_LEVEL,
      trustedProxies: listOf(env.TRUST_PROXY),
      database: {
        url: env.DATABASE_URL,
        directUrl: env.DATABASE_URL && env.DATABASE_DIRECT_URL,
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
        pollIntervalMinutes: env.QBO_INVOICE_POLL_INTERVAL_MIN,
        webhookFedPollIntervalMinutes: Math.max(
          env.QBO_INVOICE_POLL_INTERVAL_MIN,
          env.QBO_WEBHOOK_FED_POLL_INTERVAL_MIN ?? 0,
        ),
        requestTimeoutMs: env.QBO_REQUEST_TIMEOUT_MS,
        requestsPerSecond: env.QBO_REQUESTS_PER_SECOND,
        requestsPerMinute: env.QBO_REQUESTS_PER_MINUTE,
        requestsAtOnce: env.QBO_REQUESTS_AT_ONCE,
        webhookVerifierTokens: listOf(env.QBO_WEBHOOK_VERIFIER_TOKEN),
        readBudgetPerMonth: env.QBO_READ_BUDGET_PER_MONTH,
      },
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
    } satisfies Config),
  );
}

function listOf(commaSeparated: string): string[] {
  return commaSeparated
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

function productionProblems(env: Environment): string[] {
  const problems: string[] = [];
  if (!env.JWT_SECRET_KEY) {
    problems.push('JWT_SECRET_KEY must be set in production: at least 32 random characters');
  } else if (env.JWT_SECRET_KEY === DEVELOPMENT_JWT_SECRET) {
    problems.push('JWT_SECRET_KEY is the development secret; production needs its own');
  }
  if (!env.TOKEN_ENCRYPTION_KEYS) {
    problems.push('TOKEN_ENCRYPTION_KEYS must be set in production, as id:base64(32 random bytes)');
  } else if (env.TOKEN_ENCRYPTION_KEYS.includes(DEVELOPMENT_ENCRYPTION_KEYS.slice('dev:'.length))) {
    problems.push('TOKEN_ENCRYPTION_KEYS holds the development key; production needs its own');
  }
  if (env.CRM_ENABLE_SEED && !env.SEED_ADMIN_PASSWORD) {
    problems.push('SEED_ADMIN_PASSWORD must be set in production when CRM_ENABLE_SEED is true');
  }
  if (env.SEED_ADMIN_PASSWORD === 'password') {
    problems.push('SEED_ADMIN_PASSWORD is the demo password; production needs its own');
  }
  if (env.STRIPE_SECRET_KEY && !env.STRIPE_WEBHOOK_SECRET) {
    problems.push('STRIPE_WEBHOOK_SECRET must be set in production: unsigned webhooks are refused');
  }
  return problems;
}

/** An override of the API base names a host, not a path: the paths are QBO's own. */
function hostProblems(env: Environment): string[] {
  const bases = { QBO_API_BASE_URL: env.QBO_API_BASE_URL, STRIPE_API_BASE_URL: env.STRIPE_API_BASE_URL };
  return Object.entries(bases)
    .filter(([, url]) => url && URL.canParse(url) && new URL(url).pathname !== '/')
    .map(([name]) => `${name} must be scheme and host alone, without a path`);
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
