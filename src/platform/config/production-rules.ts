import { databaseHosts, hostOf, isPublicHost } from '../network/host.js';
import { DEVELOPMENT_ENCRYPTION_KEYS, DEVELOPMENT_JWT_SECRET } from './development-secrets.js';
import type { EncryptionKey } from './encryption-keys.js';
import type { Environment } from './environment.js';

/** What goes over these in the clear can be read and changed on its way: tokens, books, sign-ins. */
const ADDRESSES = [
  'CRM_PUBLIC_URL',
  'PORTAL_PUBLIC_URL',
  'QBO_REDIRECT_URI',
  'QBO_API_BASE_URL',
  'QBO_AUTHORIZE_URL',
  'QBO_TOKEN_URL',
  'QBO_REVOKE_URL',
  'STRIPE_API_BASE_URL',
  'SLACK_WEBHOOK_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const;
/** What an address ends in that leads to us without a proxy that rewrites it. */
const OUR_PATHS = { PORTAL_PUBLIC_URL: '/portal', QBO_REDIRECT_URI: '/qbo/oauth/callback' } as const;
const SECRET_LENGTH_MIN = 16;
/** Fewer different characters or bytes than this are typed by a person, not drawn at random. */
const DIFFERENT_MIN = 10;

/** What production refuses, each as a sentence that names its variable. Pure. */
export function productionProblems(env: Environment): string[] {
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
  for (const name of plainAddresses(env)) {
    if (isPublicHost(hostOf(env[name]!))) problems.push(`${name} is plain http to a public host; use https`);
  }
  if (env.SMTP_URL && URL.canParse(env.SMTP_URL) && isPublicHost(hostOf(env.SMTP_URL))) {
    const tls = new URL(env.SMTP_URL).searchParams.get('ignoreTLS');
    if (tls === 'true') problems.push('SMTP_URL switches TLS off to a public host; leave ignoreTLS out');
  }
  return problems;
}

/** What production starts with and says at each start, by the name of the variable. Pure; holds no secret. */
export function productionWarnings(env: Environment, keys: readonly EncryptionKey[]): string[] {
  const warnings: string[] = [];
  if (new Set(env.JWT_SECRET_KEY).size < DIFFERENT_MIN) {
    warnings.push('JWT_SECRET_KEY is weak: take one drawn at random, such as of openssl rand -hex 32');
  }
  if (keys.some(({ secret }) => new Set(secret).size < DIFFERENT_MIN)) {
    warnings.push('TOKEN_ENCRYPTION_KEYS holds a weak key: take one of openssl rand -base64 32');
  }
  for (const name of ['STRIPE_WEBHOOK_SECRET', 'QBO_WEBHOOK_VERIFIER_TOKEN', 'METRICS_TOKEN'] as const) {
    const isShort = (env[name] ?? '').split(',').some((secret) => secret.trim().length < SECRET_LENGTH_MIN);
    if (env[name] && isShort) {
      warnings.push(`${name} is weak: shorter than ${SECRET_LENGTH_MIN} characters can be guessed`);
    }
  }
  for (const name of plainAddresses(env)) {
    if (!isPublicHost(hostOf(env[name]!))) {
      warnings.push(`${name} is plain http; right for this machine or a private network only`);
    }
  }
  for (const [name, path] of Object.entries(OUR_PATHS) as [keyof typeof OUR_PATHS, string][]) {
    const url = env[name];
    if (URL.canParse(url) && !new URL(url).pathname.replace(/\/+$/, '').endsWith(path)) {
      warnings.push(
        `${name} does not end in ${path}, where we answer; right only where a proxy leads from it there`,
      );
    }
  }
  if (env.SMTP_URL && URL.canParse(env.SMTP_URL)) {
    const { protocol, username } = new URL(env.SMTP_URL);
    if (protocol === 'smtp:' && username !== '' && !isPublicHost(hostOf(env.SMTP_URL))) {
      warnings.push('SMTP_URL signs in without TLS where the mail server offers none; use smtps://');
    }
  }
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_MIGRATE_URL'] as const) {
    const url = env[name];
    if (url && URL.canParse(url) && databaseHosts(url).some(isPublicHost) && !provesServer(url)) {
      warnings.push(`${name} is without TLS that proves a public host; add ?sslmode=verify-full`);
    }
  }
  if (env.REDIS_URL && URL.canParse(env.REDIS_URL)) {
    const isPlain = new URL(env.REDIS_URL).protocol === 'redis:';
    if (isPlain && isPublicHost(hostOf(env.REDIS_URL))) {
      warnings.push('REDIS_URL is without TLS to a public host; use rediss://');
    }
  }
  return warnings;
}

function plainAddresses(env: Environment): (typeof ADDRESSES)[number][] {
  return ADDRESSES.filter((name) => {
    const url = env[name];
    return url !== undefined && URL.canParse(url) && url.toLowerCase().startsWith('http:');
  });
}

/** True where the driver asks for TLS and for a certificate of this host: by any mode but those that do not. */
function provesServer(url: string): boolean {
  const { searchParams } = new URL(url);
  const mode = searchParams.get('sslmode');
  if (mode === 'verify-full') return true;
  if (mode === null) return /^(true|1)$/.test(searchParams.get('ssl') ?? '');
  return mode !== 'disable' && mode !== 'no-verify' && searchParams.get('uselibpqcompat') !== 'true';
}
