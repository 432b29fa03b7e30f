import type { Environment } from './environment.js';

/** What people are told of an environment variable: in docs/configuration.md and `.env.example`. */
export interface Variable {
  /** In one sentence, with unit and limits. Markdown. */
  meaning: string;
  /** What holds where it is empty, if the class `Environment` does not say it by a default of its own. Markdown. */
  fallback?: string;
}

const APP = 'id and secret of the app at <https://developer.intuit.com>';
const ALERTS = 'where alerts go, once when trouble begins and once when it is over; empty: not there';
const WHOLE_URL = 'whole URL, for a stand-in or a proxy';

/** Every variable that `Environment` reads. The compiler holds this table complete, a test the pages made from it. */
export const VARIABLES: Record<keyof Environment, Variable> = {
  NODE_ENV: {
    meaning:
      '`development`, `test` or `production`; the last has no default secrets and no unsigned webhooks',
  },
  PORT: { meaning: 'port of HTTP; 0 takes a free one, which the log names' },
  HOST: {
    meaning:
      'address to listen on; with the published secrets of development only this machine’s is accepted',
    fallback: '`127.0.0.1` with the secrets of development, else `0.0.0.0`',
  },
  OPERATIONS_PORT: {
    meaning: 'a second port for `/metrics` and `/health*` alone, without a token; keep it inside',
    fallback: 'none',
  },
  METRICS_TOKEN: {
    meaning: '`/metrics` asks for it as `Authorization: Bearer`, else 401; the worker too',
    fallback: 'see `METRICS_OPEN`',
  },
  METRICS_OPEN: {
    meaning: 'whether `/metrics` answers everybody where no `METRICS_TOKEN` is set; else 404',
    fallback: '`false` in production, else `true`',
  },
  DOCS_ENABLED: {
    meaning: 'whether `/docs` and `/openapi.json` are there',
    fallback: '`false` in production, else `true`',
  },
  CORS_ORIGINS: {
    meaning: 'origins whose pages may call the API with a bearer token, comma separated; no cookies',
  },
  CRM_PUBLIC_URL: {
    meaning: 'what links in alerts and mails begin with',
    fallback: 'the origin of `PORTAL_PUBLIC_URL`',
  },
  CRM_ROLE: { meaning: '`all`, `api` (HTTP only) or `worker` (jobs, timers, `/health` and `/metrics`)' },
  SHUTDOWN_DELAY_SECONDS: {
    meaning:
      'seconds after SIGTERM in which `/health/ready` is 503 and requests are still served, 0 to 10; fractions allowed',
    fallback: '3 in production, else 0',
  },
  DATABASE_URL: {
    meaning:
      'a PostgreSQL of version 14 or later, with a role that only reads and writes rows (such as `crm_app`)',
    fallback: 'the embedded PostgreSQL',
  },
  DATABASE_DIRECT_URL: {
    meaning: 'the same database past a pooler such as PgBouncer, for migrations and the job queue',
    fallback: '`DATABASE_URL`',
  },
  DATABASE_MIGRATE_URL: {
    meaning: 'the same database with the role that owns the tables, past a pooler: for migrations alone',
    fallback: '`DATABASE_DIRECT_URL`',
  },
  CRM_DATA_DIR: { meaning: 'folder of the embedded PostgreSQL' },
  DB_POOL_MAX: {
    meaning: 'connections of one process, 2 to 500; the job queue takes up to half as many beside them',
  },
  DB_MIGRATE: { meaning: 'run migrations at start' },
  JWT_SECRET_KEY: {
    meaning: 'signs access tokens and forms; at least 32 characters',
    fallback: 'none in production',
  },
  JWT_ACCESS_TOKEN_EXPIRE_MINUTES: { meaning: 'life of an access token in minutes, 1 to 1440' },
  API_REQUESTS_PER_MINUTE: { meaning: 'requests of one signed-in person to one process; beyond: 429' },
  TRUST_PROXY: {
    meaning:
      'addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` is believed, comma separated',
  },
  TOKEN_ENCRYPTION_KEYS: {
    meaning: '`id:base64(32 bytes)` pairs, comma separated; the first encrypts, all decrypt',
    fallback: 'none in production',
  },
  CRM_ENABLE_SEED: { meaning: 'write the demo data at start, where no organisation exists' },
  SEED_ADMIN_PASSWORD: {
    meaning: 'password of `admin@peakpro.io`; at least 8 characters',
    fallback: '`password`; none in production',
  },
  QBO_CLIENT_ID: { meaning: APP },
  QBO_CLIENT_SECRET: { meaning: APP },
  QBO_REDIRECT_URI: { meaning: 'address of the callback as registered at Intuit, byte for byte' },
  QBO_SANDBOX_MODE: { meaning: '`false`: Intuit’s production' },
  QBO_ENV: { meaning: '`sandbox` or `production`; wins over `QBO_SANDBOX_MODE`', fallback: 'unset' },
  QBO_API_BASE_URL: {
    meaning: 'scheme and host alone, for a stand-in or a proxy',
    fallback: 'Intuit’s, by `QBO_ENV`',
  },
  QBO_AUTHORIZE_URL: { meaning: WHOLE_URL },
  QBO_TOKEN_URL: { meaning: WHOLE_URL },
  QBO_REVOKE_URL: { meaning: WHOLE_URL },
  QBO_INVOICE_POLL_INTERVAL_MIN: {
    meaning:
      'minutes between two polls of a company, above 0; fractions allowed. Less than 0.001 counts as that, ' +
      'more than a year as a year',
  },
  QBO_WEBHOOK_FED_POLL_INTERVAL_MIN: {
    meaning: 'the same for companies whose webhooks prove to arrive, at most 1440; saves metered reads',
    fallback: '`QBO_INVOICE_POLL_INTERVAL_MIN`',
  },
  QBO_REQUEST_TIMEOUT_MS: { meaning: 'whole time of one call to QuickBooks in milliseconds, 100 to 120000' },
  QBO_REQUESTS_PER_SECOND: { meaning: 'calls a second to one company, over all replicas; Intuit allows 10' },
  QBO_REQUESTS_PER_MINUTE: { meaning: 'calls a minute to one company, over all replicas; Intuit allows 500' },
  QBO_REQUESTS_AT_ONCE: { meaning: 'calls to one company in flight at once, over all replicas' },
  QBO_WEBHOOK_VERIFIER_TOKEN: {
    meaning: 'Intuit’s verifier token; two, comma separated, while one replaces the other',
    fallback: 'in production `POST /qbo/webhooks` answers 503',
  },
  QBO_ITEM_NAME_DEPOSIT: {
    meaning:
      'product or service of the invoice line, found by name or created; an organisation can choose its own',
  },
  QBO_RECORD_PAYMENTS: {
    meaning: 'post Stripe payments to QuickBooks; default of new connections, kept per organisation',
  },
  QBO_READ_BUDGET_PER_MONTH: {
    meaning: 'metered reads the whole installation may use in a month; past 80 % polls come less often',
  },
  INVOICES_PER_DAY: {
    meaning: 'invoices that the people of one organisation may ask for in 24 hours; more gets 429',
  },
  STRIPE_SECRET_KEY: { meaning: 'Stripe’s secret key', fallback: 'dev mode; in production no payments' },
  STRIPE_WEBHOOK_SECRET: {
    meaning: 'signing secret of the webhook; several, comma separated',
    fallback: 'unsigned events are taken, never in production',
  },
  STRIPE_API_BASE_URL: { meaning: 'scheme and host alone, for a stand-in', fallback: 'Stripe’s' },
  PORTAL_PUBLIC_URL: { meaning: 'what customers’ links begin with' },
  DEPOSIT_PERCENT: {
    meaning: 'above 0, at most 100, two decimals; an organisation can choose its own',
  },
  SMTP_URL: {
    meaning:
      '`smtp://user:password@host:587` or `smtps://…`; `?from=` names the sender, `&bounces=` the mailbox that mail ' +
      'which cannot be delivered is sent back to (else the sender)',
    fallback: 'no e-mail',
  },
  ALERT_EMAIL_TO: { meaning: ALERTS, fallback: 'off' },
  SLACK_WEBHOOK_URL: { meaning: `${ALERTS}; in production its host has to be public`, fallback: 'off' },
  REDIS_URL: {
    meaning: 'a Redis that keeps access tokens, encrypted, for a minute; works without',
    fallback: 'unset',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning:
      'where an OpenTelemetry collector takes traces by OTLP over HTTP, such as `http://collector:4318`',
    fallback: 'no traces',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    meaning: 'headers for the collector, such as its key: `name=value`, comma separated, percent-encoded',
    fallback: 'none',
  },
  OTEL_SERVICE_NAME: { meaning: '`service.name` of the traces' },
  OTEL_TRACES_SAMPLER_ARG: { meaning: 'share of the traces that is kept, 0 to 1' },
  OTEL_BSP_SCHEDULE_DELAY: { meaning: 'milliseconds between two deliveries of spans, 50 to 60000' },
  LOG_LEVEL: { meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`' },
};
