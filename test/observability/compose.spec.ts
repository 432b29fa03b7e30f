import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/platform/config/config.js';
import { Environment } from '../../src/platform/config/environment.js';
import { ROOT, yamlOf } from './boards.js';
import { compose, services } from './containers.js';

const known = Object.keys(new Environment());

/** As compose fills in a value from these variables. */
function filledIn(value: string, variables: Record<string, string>): string {
  const filled = value.replaceAll(
    /\$\{(\w+)(?::([-?])([^${}]*))?\}/g,
    (_, name: string, kind: string, word: string) => {
      if (variables[name]) return variables[name];
      if (kind === '?') throw new Error(`${name}: ${word}`);
      return word ?? '';
    },
  );
  return filled === value ? value : filledIn(filled, variables); // a default may be a variable itself
}

const SECRETS = {
  POSTGRES_PASSWORD: 'abc123',
  JWT_SECRET_KEY: 'j'.repeat(40),
  TOKEN_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

describe('The compose file', () => {
  it('has the services and the names that the guide uses', () => {
    expect(services.map((service) => service.name).toSorted()).toEqual([
      'alertmanager',
      'crm-api',
      'crm-worker',
      'grafana',
      'mailpit',
      'postgres-crm',
      'prometheus',
      'sandbox',
    ]);
    expect(compose.services['crm-api']!.container_name).toBe('crm-api');
    expect(compose.services['postgres-crm']!.container_name).toBe('postgres-crm');
    expect(compose.services['postgres-crm']!.environment).toMatchObject({
      POSTGRES_USER: 'crm',
      POSTGRES_DB: 'crm',
    });
    expect(services.filter((service) => service.profiles).map((service) => service.name)).toEqual([
      'sandbox',
    ]);
  });

  it('shows its services to this machine alone', () => {
    expect(Object.fromEntries(services.map(({ name, ports = [] }) => [name, ports]))).toEqual({
      'crm-api': ['127.0.0.1:8089:8089'],
      'crm-worker': [],
      'postgres-crm': [],
      prometheus: ['127.0.0.1:9099:9090'],
      alertmanager: ['127.0.0.1:9093:9093'],
      grafana: ['127.0.0.1:3100:3000'],
      mailpit: ['127.0.0.1:8025:8025'],
      sandbox: ['127.0.0.1:8090:8090'],
    });
  });

  it.each(services)('$name may write nowhere it need not and gain no right', (service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it.each(services.filter((service) => !service.build))(
    '$name is a pinned image that is watched',
    (service) => {
      expect(service.image).toMatch(/:v?\d/);
      expect(service.healthcheck).toBeDefined();
    },
  );

  it.each(services)(
    '$name waits for services that can say they are healthy',
    ({ depends_on: needs = {} }) => {
      for (const [other, { condition }] of Object.entries(needs)) {
        expect(condition).toBe('service_healthy');
        const { healthcheck, build } = compose.services[other]!;
        expect(healthcheck !== undefined || build?.target === 'crm').toBe(true); // the image brings its own
      }
    },
  );

  it('mounts only what exists, and names every volume', () => {
    const mounts = services.flatMap((service) => service.volumes ?? []).map((mount) => mount.split(':')[0]!);
    const files = mounts.filter((source) => source.startsWith('.'));
    expect(files.filter((source) => !existsSync(join(ROOT, 'docker', source)))).toEqual([]);
    const volumes = mounts.filter((source) => !source.startsWith('.'));
    expect(volumes.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it.each(services)('$name keeps no more than 50 MB of log', ({ logging }) => {
    expect(logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
  });

  it('keeps workers small, and leaves the API Node’s own young generation', () => {
    expect(compose.services['crm-worker']!.environment).toMatchObject({
      NODE_OPTIONS: '--max-semi-space-size=8',
    });
    expect(compose.services['crm-api']!.environment).not.toHaveProperty('NODE_OPTIONS');
  });

  it('asks PostgreSQL over the network, where the image listens only when it is initialised', () => {
    expect(compose.services['postgres-crm']!.healthcheck).toMatchObject({
      test: ['CMD', 'pg_isready', '-h', '127.0.0.1', '-U', 'crm', '-d', 'crm'],
    });
  });

  it.each(['crm-api', 'crm-worker'])(
    'gives %s every variable that the product reads, and no other',
    (name) => {
      const given = Object.keys(compose.services[name]!.environment!);
      // Of the embedded PostgreSQL; of the worker alone, which does not migrate, and of Node; of the API, which does.
      const inside = ['CRM_DATA_DIR', 'DB_MIGRATE', 'DATABASE_MIGRATE_URL', 'NODE_OPTIONS'];
      expect(given.filter((variable) => !inside.includes(variable)).toSorted()).toEqual(
        known.filter((variable) => !inside.includes(variable)).toSorted(),
      );
    },
  );

  it('passes each on by its own name, and leaves the defaults to the product', () => {
    // Port 8089 is published on this machine alone.
    const open = ['METRICS_OPEN', 'DOCS_ENABLED'];
    const own = [
      'NODE_ENV',
      'PORT',
      'OPERATIONS_PORT',
      'CRM_ROLE',
      'DATABASE_URL',
      'DATABASE_MIGRATE_URL',
      'DB_MIGRATE',
      ...open,
    ];
    const given = Object.entries(compose.services['crm-api']!.environment!);
    const passedOn = given.filter(([name]) => !own.includes(name) && name !== 'SMTP_URL');
    const otherwise = passedOn.filter(
      ([name, value]) => !new RegExp(`^\\$\\{${name}:(-|\\?.+)\\}$`).test(value),
    );
    expect(otherwise).toEqual([]);
  });

  it.each([
    ['QBO_ENV', 'production', 'https://quickbooks.api.intuit.com'],
    ['QBO_SANDBOX_MODE', 'false', 'https://quickbooks.api.intuit.com'],
    ['QBO_ENV', '', 'https://sandbox-quickbooks.api.intuit.com'],
  ])('calls the host of QuickBooks that %s=%s names', (name, value, host) => {
    const given = Object.entries(compose.services['crm-api']!.environment!);
    const filled = given.map(([key, text]) => [key, filledIn(text, { ...SECRETS, [name]: value })]);
    expect(readConfig(Object.fromEntries(filled)).qbo.apiBaseUrl).toBe(host);
  });

  it('is what docker compose finds in the top folder', () => {
    expect(yamlOf('compose.yaml')).toEqual({ name: 'peakpro-crm', include: ['docker/compose.yaml'] });
  });

  it.each([
    ['crm-api', 'all'], // it says in its log that it starts the poller, where the guide looks for that
    ['crm-worker', 'worker'],
  ])('gives %s an environment that it can start with in production', (name, role) => {
    const given = Object.entries(compose.services[name]!.environment!);
    const config = readConfig(
      Object.fromEntries(given.map(([key, value]) => [key, filledIn(value, SECRETS)])),
    );
    expect(config).toMatchObject({ production: true, role, port: 8089 });
    expect(config.database.url).toBe('postgresql://crm_app:abc123@postgres-crm:5432/crm');
    const migrates = name === 'crm-api' ? 'postgresql://crm:abc123@postgres-crm:5432/crm' : undefined;
    expect(config.database.migrateUrl).toBe(migrates);
  });

  it('would show an environment that lacks a secret', () => {
    const { JWT_SECRET_KEY: _, ...rest } = SECRETS;
    const given = Object.entries(compose.services['crm-api']!.environment!);
    expect(() => given.map(([, value]) => filledIn(value, rest))).toThrow('JWT_SECRET_KEY: at least 32');
    expect(() => readConfig({ NODE_ENV: 'production' })).toThrow(ConfigError);
  });

  it('has no secret in it: each comes from the environment', () => {
    for (const { environment = {}, profiles } of services) {
      if (profiles) continue; // the sandbox's client is known to everybody
      const secret = Object.entries(environment).filter(([name]) =>
        /PASSWORD|SECRET|KEYS?$|TOKEN$/.test(name),
      );
      expect(secret.filter(([, value]) => !/^\$\{\w+:(\?.+|-)\}$/.test(value))).toEqual([]);
    }
  });

  it('asks for what the example file lists', () => {
    const text = readFileSync(join(ROOT, 'docker/compose.yaml'), 'utf8');
    const required = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!));
    const example = readFileSync(join(ROOT, 'docker/env.example'), 'utf8');
    const listed = [...example.matchAll(/^(\w+)=(.*)$/gm)];
    expect([...required].filter((name) => !listed.some((line) => line[1] === name))).toEqual([]);
    expect(listed.filter(([, , value]) => value !== '')).toEqual([]);
  });

  it('points the product at the sandbox by variables that the compose file passes on', () => {
    const lines = readFileSync(join(ROOT, 'docker/sandbox.env'), 'utf8').matchAll(/^(\w+)=(.+)$/gm);
    const variables = Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
    const given = Object.entries(compose.services['crm-api']!.environment!);
    expect(Object.keys(variables).filter((name) => !given.some(([key]) => key === name))).toEqual([]);
    const filled = given.map(([key, value]) => [key, filledIn(value, { ...SECRETS, ...variables })]);
    expect(readConfig(Object.fromEntries(filled)).qbo.apiBaseUrl).toBe('http://sandbox:8090');
  });
});
