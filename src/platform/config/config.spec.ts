import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.js';
import { Environment } from './environment.js';
import { parseEncryptionKeys } from './encryption-keys.js';

const aKey = (fill: string): string => Buffer.alloc(32, fill).toString('base64');

const OWN_SECRETS = {
  JWT_SECRET_KEY: 'a-secret-of-at-least-thirty-two-characters',
  TOKEN_ENCRYPTION_KEYS: `k1:${aKey('k1')}`,
};
const PRODUCTION = { NODE_ENV: 'production', ...OWN_SECRETS };

/** Every variable that is a number, also those that have no default. */
const NUMBERS = Object.entries(new Environment())
  .filter(([, value]) => typeof value === 'number')
  .map(([variable]) => variable)
  .concat('OPERATIONS_PORT', 'SHUTDOWN_DELAY_SECONDS', 'QBO_WEBHOOK_FED_POLL_INTERVAL_MIN');

function problemsOf(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('The environment', () => {
  it('needs nothing in development', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      production: false,
      port: 8089,
      role: 'all',
      database: { url: undefined, dataDir: '.data', poolMax: 10, migrate: true },
      auth: { accessTokenMinutes: 30 },
      seed: { enabled: false, adminPassword: 'password' },
      qbo: { env: 'sandbox', pollIntervalMinutes: 30, requestTimeoutMs: 30_000 },
      orgDefaults: { depositPercent: 30, depositItemName: 'Roof Deposit', recordPayments: false },
      stripe: { secretKey: '', webhookSecrets: [] },
    });
    expect(config.encryptionKeys).toHaveLength(1);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({
      port: 8089,
      database: { url: undefined },
    });
  });

  it.each(['0x10', '1e3', ' 8089', '8089 ', '+8089', '8_089', '8089.', '0b1', 'Infinity', '1'.repeat(20)])(
    'takes "%s" for no number, whichever variable it stands in',
    (text) => {
      const problems = problemsOf(Object.fromEntries(NUMBERS.map((variable) => [variable, text]))).join('\n');
      expect(NUMBERS.filter((variable) => !problems.includes(variable))).toEqual([]);
    },
  );

  it('has no second address of a database without the first: the embedded one would take its place', () => {
    const url = 'postgresql://crm:secret@db.internal/crm';
    expect(problemsOf({ ...OWN_SECRETS, DATABASE_DIRECT_URL: url, DATABASE_MIGRATE_URL: url })).toEqual(
      ['DATABASE_DIRECT_URL', 'DATABASE_MIGRATE_URL'].map((name) =>
        expect.stringMatching(new RegExp(`^${name} is set without DATABASE_URL`)),
      ),
    );
  });

  it('lists all that is wrong in one message', () => {
    const variables = {
      PORT: 'eighty',
      CRM_ROLE: 'boss',
      QBO_INVOICE_POLL_INTERVAL_MIN: '0',
      DEPOSIT_PERCENT: '130',
      DB_MIGRATE: 'maybe',
      TOKEN_ENCRYPTION_KEYS: 'nonsense',
      QBO_API_BASE_URL: 'https://localhost/v3',
      ALERT_EMAIL_TO: 'nobody',
    };
    const message = problemsOf(variables).join('\n');
    for (const name of Object.keys(variables)) expect(message).toContain(name);
  });

  it.each([
    { text: 'true', is: true },
    { text: '1', is: true },
    { text: 'Yes', is: true },
    { text: 'false', is: false },
    { text: '0', is: false },
    { text: 'off', is: false },
  ])('reads the flag $text as $is', ({ text, is }) => {
    expect(readConfig({ QBO_RECORD_PAYMENTS: text }).orgDefaults.recordPayments).toBe(is);
  });

  it.each([
    { variable: 'STRIPE_SECRET_KEY', value: 'pk_live_51H8', says: 'sk_' },
    { variable: 'STRIPE_SECRET_KEY', value: 'whsec_51H8', says: 'sk_' },
    { variable: 'STRIPE_WEBHOOK_SECRET', value: 'sk_test_51H8', says: 'whsec_' },
    { variable: 'STRIPE_WEBHOOK_SECRET', value: 'whsec_1,we_1H8', says: 'whsec_' },
    { variable: 'DB_MIGRATE', value: 'maybe', says: 'true or false' },
    { variable: 'CRM_PUBLIC_URL', value: 'crm.example.com', says: 'such as https://' },
    { variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'collector:4318', says: 'such as https://' },
  ])('says of $variable=$value what is meant: $says', ({ variable, value, says }) => {
    expect(problemsOf({ ...OWN_SECRETS, [variable]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${variable} .*${says}`)),
    ]);
  });

  it('never polls companies with webhooks more often than the others', () => {
    const fed = (text?: string) =>
      readConfig({ QBO_INVOICE_POLL_INTERVAL_MIN: '30', QBO_WEBHOOK_FED_POLL_INTERVAL_MIN: text }).qbo
        .webhookFedPollIntervalMinutes;
    expect([fed(), fed('360'), fed('5')]).toEqual([30, 360, 30]);
    expect(() => fed('1441')).toThrow(/QBO_WEBHOOK_FED_POLL_INTERVAL_MIN/);
  });

  it.each([
    { text: '0.05', minutes: 0.05 },
    { text: '20000', minutes: 20_000 },
    { text: '0.0000001', minutes: 0.001 },
    { text: '999999999999999', minutes: 525_600 },
  ])('polls every $minutes minutes where $text is set', ({ text, minutes }) => {
    const { pollIntervalMinutes, webhookFedPollIntervalMinutes } = readConfig({
      QBO_INVOICE_POLL_INTERVAL_MIN: text,
    }).qbo;
    expect([pollIntervalMinutes, webhookFedPollIntervalMinutes]).toEqual([minutes, minutes]);
  });

  it.each(['0', '0.000', '-0', '-5', 'NaN', 'Infinity', 'never'])('has no poll every %s minutes', (text) => {
    expect(() => readConfig({ QBO_INVOICE_POLL_INTERVAL_MIN: text })).toThrow(
      'QBO_INVOICE_POLL_INTERVAL_MIN must be a number of minutes greater than 0',
    );
  });

  it.each([
    { variables: {}, env: 'sandbox', host: 'https://sandbox-quickbooks.api.intuit.com' },
    {
      variables: { QBO_SANDBOX_MODE: 'false' },
      env: 'production',
      host: 'https://quickbooks.api.intuit.com',
    },
    {
      variables: { QBO_SANDBOX_MODE: 'false', QBO_ENV: 'sandbox' },
      env: 'sandbox',
      host: 'https://sandbox-quickbooks.api.intuit.com',
    },
    {
      variables: { QBO_API_BASE_URL: 'http://localhost:8090/' },
      env: 'sandbox',
      host: 'http://localhost:8090',
    },
  ])('with $variables calls $host', ({ variables, env, host }) => {
    expect(readConfig({ ...OWN_SECRETS, ...variables }).qbo).toMatchObject({ env, apiBaseUrl: host });
  });

  it.each([
    { variable: 'QBO_API_BASE_URL', value: 'http://books.test?company=1' },
    { variable: 'QBO_API_BASE_URL', value: 'http://user:word@books.test' },
    { variable: 'STRIPE_API_BASE_URL', value: 'http://stripe.test#v1' },
    { variable: 'PORTAL_PUBLIC_URL', value: 'http://localhost/portal?lang=en' },
    { variable: 'CRM_PUBLIC_URL', value: 'http://localhost/#' },
    { variable: 'METRICS_TOKEN', value: 'two words' },
    { variable: 'METRICS_TOKEN', value: 'schlüssel' },
    { variable: 'SMTP_URL', value: 'smtp://localhost:25?from=Acme%20Roofing' },
    { variable: 'SMTP_URL', value: 'smtp://localhost:25?bounces=office+bounces@acme.test' },
    { variable: 'QBO_ITEM_NAME_DEPOSIT', value: 'Roofing:Deposit' },
    { variable: 'QBO_ITEM_NAME_DEPOSIT', value: 'Roof\tDeposit' },
    { variable: 'QBO_ITEM_NAME_DEPOSIT', value: 'x'.repeat(101) },
  ])('refuses $variable=$value, of which no address, item or header can be made', ({ variable, value }) => {
    expect(problemsOf({ ...OWN_SECRETS, [variable]: value })).toEqual([expect.stringContaining(variable)]);
  });

  it.each(['STRIPE_WEBHOOK_SECRET', 'QBO_WEBHOOK_VERIFIER_TOKEN'])('refuses commas alone as %s', (name) => {
    expect(problemsOf({ ...PRODUCTION, [name]: ' , ' })).toEqual([`${name} has commas and no secret`]);
  });

  it('takes the addresses that mail comes from and goes back to, with the name of a sender or without', () => {
    const SMTP_URL = 'smtp://localhost:25?from=Acme%20%3Coffice%2Bcrm@acme.test%3E&bounces=back@acme.test';
    expect(readConfig({ SMTP_URL }).alerts.smtpUrl).toBe(SMTP_URL);
  });

  it.each([
    ['DATABASE_URL', 'postgresql://crm:a:b@127.0.0.1:5432/crm'],
    ['DATABASE_URL', 'postgresql://crm:p%40ss@127.0.0.1/crm?sslmode=disable'],
    ['DATABASE_URL', 'postgresql:///crm?host=/var/run/postgresql'],
    ['DATABASE_MIGRATE_URL', 'postgresql://owner:x@postgres_crm:5432/crm'],
    ['QBO_API_BASE_URL', 'http://qbo_sandbox:8090'],
    ['QBO_TOKEN_URL', 'http://qbo_sandbox:8090/oauth2/v1/tokens/bearer'],
    ['STRIPE_API_BASE_URL', 'http://qbo_sandbox:8090'],
    ['PORTAL_PUBLIC_URL', 'http://crm_api:8089/portal'],
    ['SMTP_URL', 'smtp://mail_hog:1025'],
    ['SMTP_URL', 'smtp://user:a:b@mail_hog:1025?from=office@acme.test'],
    ['REDIS_URL', 'redis://:a:b@redis_1:6379/0'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://otel_collector:4318'],
  ])('takes %s=%s, as containers are named and passwords drawn', (name, value) => {
    const database =
      name === 'DATABASE_MIGRATE_URL' ? { DATABASE_URL: 'postgresql://crm:x@postgres_crm/crm' } : {};
    expect(() => readConfig({ ...OWN_SECRETS, ...database, [name]: value })).not.toThrow();
  });

  it.each([
    ['DATABASE_URL', 'mysql://crm:x@127.0.0.1/crm'],
    ['DATABASE_URL', 'postgresql://one,other/crm'],
    ['DATABASE_URL', 'postgresql://crm:pass word@127.0.0.1/crm'],
    ['DATABASE_URL', 'postgresql'],
    ['DATABASE_URL', 'postgresql://crm@/crm?host=/var/run/postgresql'],
    ['SMTP_URL', 'smtp://'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['QBO_API_BASE_URL', 'ftp://qbo_sandbox'],
  ])('says of %s=%s that it is no such address', (name, value) => {
    expect(problemsOf({ ...OWN_SECRETS, [name]: value }).join('\n')).toMatch(
      new RegExp(`^${name} must be a`, 'm'),
    );
  });

  it.each(['http://collector:4318', 'http://collector:4318/', 'http://collector:4318/v1/traces'])(
    'sends traces to %s, whichever way the collector is named',
    (OTEL_EXPORTER_OTLP_ENDPOINT) => {
      expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT }).tracing?.endpoint).toBe('http://collector:4318');
    },
  );

  it('takes several webhook secrets, for the days of a change', () => {
    expect(readConfig({ STRIPE_WEBHOOK_SECRET: 'whsec_a, whsec_b' }).stripe.webhookSecrets).toEqual([
      'whsec_a',
      'whsec_b',
    ]);
  });
});

describe('The environment of production', () => {
  it('is usable with its own secrets', () => {
    expect(readConfig(PRODUCTION)).toMatchObject({ production: true, seed: { adminPassword: undefined } });
  });

  it('has no default for a secret', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringContaining('JWT_SECRET_KEY'),
      expect.stringContaining('TOKEN_ENCRYPTION_KEYS'),
    ]);
  });

  it.each([
    {
      name: 'JWT_SECRET_KEY',
      variables: { JWT_SECRET_KEY: readConfig({}).auth.jwtSecret },
    },
    {
      name: 'TOKEN_ENCRYPTION_KEYS',
      variables: {
        TOKEN_ENCRYPTION_KEYS: `mine:${readConfig({}).encryptionKeys[0]!.secret.toString('base64')}`,
      },
    },
    { name: 'SEED_ADMIN_PASSWORD', variables: { SEED_ADMIN_PASSWORD: 'password' } },
    { name: 'SEED_ADMIN_PASSWORD', variables: { CRM_ENABLE_SEED: 'true' } },
    { name: 'STRIPE_WEBHOOK_SECRET', variables: { STRIPE_SECRET_KEY: 'sk_live_123' } },
  ])('refuses $variables', ({ name, variables }) => {
    expect(problemsOf({ ...PRODUCTION, ...variables })).toEqual([expect.stringContaining(name)]);
  });
});

describe('The encryption keys', () => {
  it('are read in their order: the first encrypts', () => {
    const keys = parseEncryptionKeys(`new:${aKey('n')}, old:${aKey('o')}`);
    expect(keys.map((key) => key.id)).toEqual(['new', 'old']);
    expect(keys[0]!.secret).toEqual(Buffer.alloc(32, 'n'));
  });

  it.each([
    { what: 'no key', text: ' , ', says: 'no key' },
    { what: 'no id', text: aKey('a'), says: 'needs an id' },
    { what: 'a short key', text: `k1:${Buffer.alloc(16, 'a').toString('base64')}`, says: '"k1"' },
    { what: 'no base64', text: `k1:${'*'.repeat(44)}`, says: '"k1"' },
    { what: 'one id twice', text: `k1:${aKey('a')},k1:${aKey('b')}`, says: 'the same id' },
  ])('are refused with $what, without telling them', ({ text, says }) => {
    expect(() => parseEncryptionKeys(text)).toThrow(says);
    expect(() => parseEncryptionKeys(text)).not.toThrow(aKey('a'));
  });
});
