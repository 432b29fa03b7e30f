import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DueJobsService } from '../../../src/jobs/handlers/due-jobs.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startMail, type TestMail } from '../../support/mail.js';
import { createOrg, type Person, someEmail } from '../../support/people.js';
import { aDraft } from '../../support/portal.js';

const EVIL = 'evil.example';
const SPOOFED = {
  host: EVIL,
  'x-forwarded-host': EVIL,
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '443',
  'x-original-url': `https://${EVIL}/`,
  forwarded: `for=192.0.2.1;host=${EVIL};proto=https`,
};

/** A caller writes down, in every header there is for it, another host than ours and another address than its own. */
describe.each([
  { trust: 'nobody', TRUST_PROXY: '' },
  { trust: 'the proxy that passes it on', TRUST_PROXY: '127.0.0.1/32' },
])('A host that a caller makes up, where the server trusts $trust', ({ TRUST_PROXY }) => {
  let database: TestDatabase;
  let mail: TestMail;
  let app: TestApp;
  let admin: Person;

  beforeAll(async () => {
    [database, mail] = await Promise.all([cloneDatabase(), startMail()]);
    const env = { SMTP_URL: mail.url, TRUST_PROXY, PORTAL_PUBLIC_URL: 'https://crm.acme.test' };
    app = await startApp({ databaseUrl: database.url, env });
    ({ admin } = await createOrg(app));
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await Promise.all([mail[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
  });

  const ask = (
    method: string,
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> =>
    new Promise((resolve, reject) => {
      httpRequest(`${app.url}${path}`, { method, headers: { ...SPOOFED, ...headers } }, (answer) => {
        const whole = (all: string) =>
          resolve({ status: answer.statusCode!, headers: answer.headers, text: all });
        text(answer).then(whole, reject);
      })
        .on('error', reject)
        .end(body);
    });
  const mine = () => ({ authorization: `Bearer ${admin.token}` });
  const json = { 'content-type': 'application/json' };

  it('stands in no page, no address that leads on, and no answer', async () => {
    const customer = JSON.stringify({ email: someEmail('ann'), full_name: 'Ann' });
    const answers = await Promise.all([
      ...['/', '/auth/sign-in', '/auth/account', '/auth/forgotten-password', '/inbox/page', '/health'].map(
        (path) => ask('GET', path, { headers: { accept: 'text/html' } }),
      ),
      ...['/openapi.json', '/nowhere', '//nowhere', '/portal/p/none'].map((path) => ask('GET', path)),
      ask('GET', '/qbo/oauth/start', { headers: { ...mine(), accept: 'application/json' } }),
      ask('POST', '/customers', { headers: { ...mine(), ...json }, body: customer }),
    ]);
    expect(answers.at(-1)!.status).toBe(201);
    expect(answers.filter((answer) => JSON.stringify(answer).includes(EVIL))).toEqual([]);
  });

  it('stands in no mail', async () => {
    const email = someEmail('maria');
    const proposalId = await aDraft(admin, { email });
    await ask('POST', `/portal/email/${proposalId}`, { headers: mine() });
    const forgotten = JSON.stringify({ email: admin.email });
    await ask('POST', '/auth/password/forgot', { headers: json, body: forgotten });
    await app.app.get(DueJobsService).enqueueDue('account_mails');
    await eventually(() =>
      expect(mail.received.flatMap(({ to }) => to)).toEqual(expect.arrayContaining([email, admin.email])),
    );
    for (const { source, text: words } of mail.received) {
      expect(words).toContain('https://crm.acme.test/');
      expect(source).not.toContain(EVIL);
    }
  });

  it('takes no cookie out of TLS', async () => {
    const { headers } = await ask('GET', '/auth/sign-in', { headers: { 'x-forwarded-proto': 'http' } });
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/^__Host-.+; Secure/)]);
  });

  it('with an address of its own for each guess guesses no more than from one', async () => {
    const guess = (n: number) => {
      const behind = TRUST_PROXY === '' ? '' : ', 198.51.100.9';
      const from = { 'x-forwarded-for': `203.0.113.${n}${behind}`, forwarded: `for=203.0.113.${n}` };
      const body = JSON.stringify({ email: someEmail('nobody'), password: 'wrong wrong wrong' });
      return ask('POST', '/auth/login', { headers: { ...json, ...from }, body });
    };
    const statuses: number[] = [];
    for (let n = 1; n <= 22; n += 1) statuses.push((await guess(n)).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  });
});
