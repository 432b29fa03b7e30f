import { randomBytes } from 'node:crypto';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { type Config, ConfigError, readConfig } from './config.js';

const OWN_SECRETS = {
  JWT_SECRET_KEY: randomBytes(32).toString('hex'),
  TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};
const PRODUCTION = { NODE_ENV: 'production', ...OWN_SECRETS };

function problemsOf(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** Each shows that real money, books or machines are at stake, though NODE_ENV does not say so. */
const LIVE: { says: string; variables: Record<string, string> }[] = [
  {
    says: 'STRIPE_SECRET_KEY',
    variables: { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
  },
  {
    says: 'STRIPE_SECRET_KEY',
    variables: { STRIPE_SECRET_KEY: 'rk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
  },
  { says: 'QBO_ENV', variables: { QBO_ENV: 'production' } },
  { says: 'QBO_SANDBOX_MODE', variables: { QBO_SANDBOX_MODE: 'false' } },
  { says: 'QBO_REDIRECT_URI', variables: { QBO_REDIRECT_URI: 'https://crm.example.com/qbo/oauth/callback' } },
  { says: 'PORTAL_PUBLIC_URL', variables: { PORTAL_PUBLIC_URL: 'https://pay.example.com/portal' } },
  { says: 'CRM_PUBLIC_URL', variables: { CRM_PUBLIC_URL: 'https://crm.example.com' } },
  {
    says: 'STRIPE_SECRET_KEY',
    variables: { STRIPE_SECRET_KEY: ' "sk_live_1"', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
  },
  { says: 'QBO_API_BASE_URL', variables: { QBO_API_BASE_URL: 'https://quickbooks.api.intuit.com' } },
  { says: 'CRM_PUBLIC_URL', variables: { CRM_PUBLIC_URL: 'HTTPS://CRM.example.com' } },
  {
    says: 'DATABASE_MIGRATE_URL',
    variables: {
      DATABASE_URL: 'postgres://crm:x@localhost/crm',
      DATABASE_MIGRATE_URL: 'postgres://owner:x@db.example.com/crm',
    },
  },
  { says: 'DATABASE_URL', variables: { DATABASE_URL: 'postgres://crm:x@db.internal:5432/crm' } },
  { says: 'DATABASE_URL', variables: { DATABASE_URL: 'postgres://crm:x@localhost/crm?host=10.0.0.7' } },
];

describe('A start that is production by its facts', () => {
  it.each(LIVE)('is refused with the published secrets, and says why: $variables', ({ says, variables }) => {
    for (const NODE_ENV of ['development', 'test']) {
      const [problem, ...others] = problemsOf({ ...variables, NODE_ENV });
      expect(others).toEqual([]);
      expect(problem).toContain(says);
      expect(problem).toContain('JWT_SECRET_KEY and TOKEN_ENCRYPTION_KEYS');
    }
  });

  it.each(LIVE)('goes on with secrets of its own: $variables', ({ variables }) => {
    expect(problemsOf({ ...OWN_SECRETS, ...variables })).toEqual([]);
  });

  it.each([
    { QBO_ENV: 'sandbox', QBO_SANDBOX_MODE: 'false' },
    { STRIPE_SECRET_KEY: 'sk_test_1' },
    { PORTAL_PUBLIC_URL: 'https://localhost:8443/portal' },
    { DATABASE_URL: 'postgres://crm:x@127.0.0.1:5432/crm' },
    { DATABASE_URL: 'postgres://crm:x@[::1]:5432/crm' },
    { DATABASE_URL: 'postgres:///crm?host=/var/run/postgresql' },
  ])('is no start on one machine with test keys: %s', (variables) => {
    expect(problemsOf(variables)).toEqual([]);
  });

  it('takes neither unsigned events of live money nor the published password beside live keys', () => {
    expect(problemsOf({ ...OWN_SECRETS, STRIPE_SECRET_KEY: 'sk_live_1', CRM_ENABLE_SEED: 'true' })).toEqual([
      expect.stringContaining('STRIPE_WEBHOOK_SECRET'),
      expect.stringContaining('SEED_ADMIN_PASSWORD'),
    ]);
    const open = { PORTAL_PUBLIC_URL: 'https://pay.example.com/portal', CRM_ENABLE_SEED: 'true' };
    expect(problemsOf({ ...OWN_SECRETS, ...open })).toEqual([expect.stringContaining('PORTAL_PUBLIC_URL')]);
    expect(problemsOf({ ...OWN_SECRETS, ...open, SEED_ADMIN_PASSWORD: 'ladder-shingle-42' })).toEqual([]);
  });
});

describe('The address it listens on', () => {
  it('is this machine alone with the published secrets, else every one', () => {
    expect(readConfig({}).host).toBe('127.0.0.1');
    expect(readConfig({ JWT_SECRET_KEY: OWN_SECRETS.JWT_SECRET_KEY }).host).toBe('127.0.0.1');
    expect(readConfig(OWN_SECRETS).host).toBe('0.0.0.0');
    expect(readConfig({ ...OWN_SECRETS, HOST: '10.0.0.7' }).host).toBe('10.0.0.7');
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'crm.example.com'])('is not %s with them', (HOST) => {
    expect(problemsOf({ HOST })).toEqual([
      expect.stringContaining(
        `HOST=${HOST} lets other machines in, but the secrets of development are published: set your own ` +
          'JWT_SECRET_KEY and TOKEN_ENCRYPTION_KEYS',
      ),
    ]);
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('may be %s with them', (HOST) => {
    expect(readConfig({ HOST }).host).toBe(HOST);
  });
});

describe('The doors of production', () => {
  const doors = ({ metrics, docsEnabled }: Config) => ({ metrics, docsEnabled });

  it('are closed, and open where nothing is at stake', () => {
    const closed = { metrics: { open: false, token: undefined }, docsEnabled: false };
    expect(doors(readConfig(PRODUCTION))).toEqual(closed);
    expect(doors(readConfig({}))).toEqual({ metrics: { open: true, token: undefined }, docsEnabled: true });
  });

  it('lead to addresses that are whole: by default those of the customers’ page', () => {
    expect(readConfig({ PORTAL_PUBLIC_URL: 'https://pay.acme.test/offers/' }).publicUrl).toBe(
      'https://pay.acme.test',
    );
    expect(readConfig({ CRM_PUBLIC_URL: 'https://crm.acme.test/' }).publicUrl).toBe('https://crm.acme.test');
  });

  it('let in pages of origins only', () => {
    expect(readConfig({ CORS_ORIGINS: 'https://a.test, http://localhost:3000' }).corsOrigins).toHaveLength(2);
    expect(problemsOf({ CORS_ORIGINS: '*, https://a.test/path' })).toHaveLength(2);
  });
});

describe('The proxies that are believed', () => {
  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/00', '10.0.0.0/33', '127.0.0.1, proxy-1', '*', '10.0.0.0/0.0.0.0'])(
    'are not %s, with which the server would not start',
    (TRUST_PROXY) => {
      expect(problemsOf({ TRUST_PROXY })).toEqual([expect.stringContaining('TRUST_PROXY must name')]);
    },
  );

  it.each(['', '10.0.0.0/8, 127.0.0.1', 'fd00::/8,::1', 'loopback', '10.0.0.0/255.0.0.0'])(
    'may be named as "%s"',
    (TRUST_PROXY) => {
      const { trustedProxies } = readConfig({ TRUST_PROXY });
      expect(() => fastify({ trustProxy: [...trustedProxies] })).not.toThrow();
    },
  );
});

describe('Production', () => {
  it.each([
    { QBO_TOKEN_URL: 'http://evil.example/token' },
    { QBO_API_BASE_URL: 'http://qbo.example.com' },
    { QBO_REDIRECT_URI: 'http://crm.example.com/qbo/oauth/callback' },
    { PORTAL_PUBLIC_URL: 'http://8.8.8.8/portal' },
    { SLACK_WEBHOOK_URL: 'http://hooks.slack.com/x' },
    { SMTP_URL: 'smtp://u:p@mail.example.com:587?ignoreTLS=true' },
  ])('refuses to speak in the clear to a public host: %s', (variables) => {
    expect(problemsOf({ ...PRODUCTION, ...variables })).toEqual([
      expect.stringContaining(Object.keys(variables)[0]!),
    ]);
  });

  it.each([
    { JWT_SECRET_KEY: 'a'.repeat(36) },
    { TOKEN_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}` },
    { STRIPE_WEBHOOK_SECRET: 'x' },
    { QBO_WEBHOOK_VERIFIER_TOKEN: 'x' },
    { METRICS_TOKEN: 'x' },
    { QBO_API_BASE_URL: 'http://sandbox:8090' },
    { STRIPE_API_BASE_URL: 'http://sandbox.localhost:8090' },
    { SMTP_URL: 'smtp://u:p@mailpit:1025' },
    { DATABASE_URL: 'postgres://crm:x@db.example.com/crm' },
    { DATABASE_URL: 'postgres://crm:x@db.example.com/crm?sslmode=no-verify' },
    { DATABASE_URL: 'postgres://crm:x@db.example.com/crm?sslmode=require&uselibpqcompat=true' },
    {
      DATABASE_MIGRATE_URL: 'postgres://owner:x@db.example.com/crm',
      DATABASE_URL: 'postgres://crm:x@localhost/crm',
    },
    { REDIS_URL: 'redis://:x@cache.example.com:6379' },
    { PORTAL_PUBLIC_URL: 'https://crm.example.com' },
    { PORTAL_PUBLIC_URL: 'https://crm.example.com/portal/p' },
    { QBO_REDIRECT_URI: 'https://crm.example.com/' },
  ])('starts with %s, and says at each start that it should not stay', (variables) => {
    const [name] = Object.keys(variables);
    const { warnings } = readConfig({ ...PRODUCTION, ...HTTPS, ...variables });
    expect(warnings).toEqual([expect.stringContaining(name!)]);
    expect(warnings.join()).not.toContain(Object.values(variables)[0]);
  });

  it.each([
    {},
    { DATABASE_URL: 'postgres://crm:x@db.example.com/crm?sslmode=verify-full' },
    { DATABASE_URL: 'postgres://crm:x@db.example.com/crm?sslmode=require' },
    { DATABASE_URL: 'postgres://crm:x@db.internal/crm' },
    { REDIS_URL: 'rediss://:x@cache.example.com:6379', TRUST_PROXY: '10.0.0.0/8,127.0.0.1' },
    { PORTAL_PUBLIC_URL: 'https://example.com/crm/portal/' },
  ])('says nothing of one that is set up well: %s', (variables) => {
    expect(readConfig({ ...PRODUCTION, ...HTTPS, ...variables }).warnings).toEqual([]);
  });
});

/** The two addresses whose defaults are of this machine. */
const HTTPS = {
  QBO_REDIRECT_URI: 'https://crm.example.com/qbo/oauth/callback',
  PORTAL_PUBLIC_URL: 'https://crm.example.com/portal',
};
