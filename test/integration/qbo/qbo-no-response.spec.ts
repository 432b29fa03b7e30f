import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QboClient } from '../../../src/qbo-sync/api/qbo.client.js';
import { ConnectionService } from '../../../src/qbo-sync/connection/connection.service.js';
import { QboConnectionsRepository } from '../../../src/qbo-sync/connection/qbo-connections.repository.js';
import { TokenService } from '../../../src/qbo-sync/connection/tokens/token.service.js';
import { TokenVaultService } from '../../../src/qbo-sync/connection/tokens/token-vault.service.js';
import { type TestApp, startApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { anyone, createOrg, type TestOrg } from '../../support/people.js';
import {
  answerConsent,
  beginConsent,
  connect,
  endPauses,
  REALM,
  startQbo,
  type TestQbo,
} from '../../support/qbo.js';

const JSON_ONLY = { accept: 'application/json' };

/** Keeps all that is logged, down to the last property. */
class Listener implements LoggerService {
  readonly heard: string[] = [];
  log = (...notified: unknown[]): void => this.hear(notified);
  error = (...notified: unknown[]): void => this.hear(notified);
  warn = (...notified: unknown[]): void => this.hear(notified);
  debug = (...notified: unknown[]): void => this.hear(notified);
  verbose = (...notified: unknown[]): void => this.hear(notified);

  private hear(notified: unknown[]): void {
    this.heard.push(inspect(notified, { depth: 12, showHidden: true, maxStringLength: null }));
  }
}

describe('What is said of a connection', () => {
  const listener = new Listener();
  const secrets = new Set<string>();
  let database: TestDatabase;
  let qbo: TestQbo;
  let app: TestApp;
  let org: TestOrg;

  beforeAll(async () => {
    [database, qbo] = await Promise.all([cloneDatabase(), startQbo()]);
    app = await startApp({ databaseUrl: database.url, env: { ...qbo.env, LOG_LEVEL: 'debug' } });
    app.app.useLogger(listener);
    org = await createOrg(app);
    secrets.add(qbo.env.QBO_CLIENT_SECRET!);
    secrets.add(Buffer.from(`${qbo.env.QBO_CLIENT_ID}:${qbo.env.QBO_CLIENT_SECRET}`).toString('base64'));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([qbo[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const noteSecrets = async (): Promise<void> => {
    const connection = (await app.app.get(QboConnectionsRepository).find(org.orgId))!;
    const vault = app.app.get(TokenVaultService);
    secrets.add(vault.decrypt(connection, 'access_token_sealed', connection.accessTokenEncrypted!));
    secrets.add(vault.decrypt(connection, 'refresh_token_sealed', connection.refreshTokenEncrypted!));
  };

  it('names no token, code, state or secret, whatever goes wrong', async () => {
    const url = await beginConsent(org.admin);
    const callback = await answerConsent(url);
    for (const name of ['code', 'state']) secrets.add(new URL(callback, app.url).searchParams.get(name)!);
    const answers = [
      await org.admin.get(callback, JSON_ONLY),
      await anyone(app).get(callback, { accept: 'text/html' }),
      await org.admin.get('/qbo/status'),
    ];
    await noteSecrets();
    const company = await app.app.get(ConnectionService).requireCompany(org.orgId);
    const client = app.app.get(QboClient);
    for (const kind of [
      'reset',
      '500',
      '503_html',
      '401',
      '401_xml',
      '403',
      '429',
      '429_xml',
      'truncated',
    ] as const) {
      await qbo.control.planFault({ operation: 'customer.create', kind, times: 2 });
      const failure = await client.customers
        .create(company, { displayName: 'Eva' }, randomUUID())
        .catch((error: unknown) => error);
      listener.heard.push(inspect(failure, { depth: 12, showHidden: true }));
      await qbo.control.clearFaults();
      await endPauses(database);
      await noteSecrets();
    }
    for (const kind of ['500', '503_html', 'reset']) {
      await qbo.oauth('expire-access', { realm_id: REALM });
      await qbo.oauth('faults', { kind });
      await client.company.info(company).catch((error: unknown) => listener.error(error));
      await noteSecrets();
    }
    await qbo.oauth('revoke', { realm_id: REALM });
    await client.company.info(company).catch((error: unknown) => listener.error(error));
    await app.app
      .get(TokenService)
      .accessToken(company)
      .catch((error: unknown) => listener.error(error));
    answers.push(await org.admin.get('/qbo/status'), await org.admin.post('/qbo/disconnect'));
    await connect(app, org.admin);
    await noteSecrets();
    answers.push(await anyone(app).get('/metrics'), await anyone(app).get('/health'));

    const said = [...listener.heard, ...answers.map(({ body }) => JSON.stringify(body))].join('\n');
    expect(secrets.size).toBeGreaterThan(8);
    expect([...secrets].filter((secret) => said.includes(secret))).toEqual([]);
    expect(said).toContain('customer.create');
    expect(said).toContain('intuit_tid');
  });
});
