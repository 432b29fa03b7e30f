import { databaseHosts, hostOf, isLoopbackHost, isPublicHost } from '../network/host.js';
import { developmentSecrets } from './development-secrets.js';
import type { Environment } from './environment.js';

const PUBLIC_ADDRESSES = ['QBO_REDIRECT_URI', 'PORTAL_PUBLIC_URL', 'CRM_PUBLIC_URL'] as const;
const PRODUCTION_API_HOST = 'quickbooks.api.intuit.com';

/** Which of Intuit's environments is called; `QBO_ENV` wins over `QBO_SANDBOX_MODE`. Pure. */
export function qboEnvironmentOf({ QBO_ENV, QBO_SANDBOX_MODE }: Environment): 'sandbox' | 'production' {
  if (QBO_ENV !== undefined) return QBO_ENV as 'sandbox' | 'production';
  return QBO_SANDBOX_MODE ? 'sandbox' : 'production';
}

/**
 * What shows that real money, real books or other people's machines are at stake, whatever `NODE_ENV` says: each as the
 * beginning of a sentence. Pure.
 */
function liveFacts(env: Environment): string[] {
  const live: string[] = [];
  if (isLiveStripeKey(env)) live.push('STRIPE_SECRET_KEY is a live key');
  if (qboEnvironmentOf(env) === 'production') {
    live.push(
      env.QBO_ENV === undefined
        ? 'QBO_SANDBOX_MODE=false calls real companies'
        : 'QBO_ENV=production calls real companies',
    );
  }
  if (isUrl(env.QBO_API_BASE_URL) && hostOf(env.QBO_API_BASE_URL) === PRODUCTION_API_HOST) {
    live.push('QBO_API_BASE_URL calls real companies');
  }
  for (const name of publicAddresses(env)) live.push(`${name} is a public address`);
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'DATABASE_MIGRATE_URL'] as const) {
    const url = env[name];
    if (isUrl(url) && !databaseHosts(url).every(isLoopbackHost)) {
      live.push(`${name} names a database on another machine`);
    }
  }
  return live;
}

/**
 * What stands against starting outside production: live facts with the published secrets of development, unsigned
 * events of a live Stripe key, the published password beside live keys. Pure.
 */
export function liveProblems(env: Environment): string[] {
  const secrets = developmentSecrets(env);
  const problems =
    secrets.length === 0
      ? []
      : liveFacts(env).map(
          (live) =>
            `${live}, but ${secrets.join(' and ')} ${secrets.length === 1 ? 'is' : 'are'} the published ` +
            'development secret: set your own (openssl rand -hex 32; k1:$(openssl rand -base64 32)), and ' +
            'NODE_ENV=production',
        );
  if (isLiveStripeKey(env) && !env.STRIPE_WEBHOOK_SECRET) {
    problems.push(
      'STRIPE_WEBHOOK_SECRET must be set beside a live STRIPE_SECRET_KEY: anybody could report payments',
    );
  }
  if (env.CRM_ENABLE_SEED && (env.SEED_ADMIN_PASSWORD ?? 'password') === 'password') {
    const isLive = isLiveStripeKey(env) || qboEnvironmentOf(env) === 'production';
    const [open] = publicAddresses(env);
    if (isLive || open) {
      const beside = isLive ? 'live keys' : `the public address of ${open}`;
      problems.push(`SEED_ADMIN_PASSWORD must be set beside ${beside}: the demo password is published`);
    }
  }
  return problems;
}

/** The variables that say that browsers of the internet reach this installation. */
function publicAddresses(env: Environment): (typeof PUBLIC_ADDRESSES)[number][] {
  return PUBLIC_ADDRESSES.filter((name) => {
    const url = env[name];
    return isUrl(url) && new URL(url).protocol === 'https:' && isPublicHost(hostOf(url));
  });
}

/** Also of a key that kept the quotes or blanks of the file it was written in. */
function isLiveStripeKey({ STRIPE_SECRET_KEY }: Environment): boolean {
  return /[sr]k_live_/i.test(STRIPE_SECRET_KEY);
}

function isUrl(url: string | undefined): url is string {
  return url !== undefined && URL.canParse(url);
}
