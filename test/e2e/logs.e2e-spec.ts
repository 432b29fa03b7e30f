import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aContractor, aCustomer, anApprovedProposal, type Contractor } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { type LogLine, logLines } from '../support/log.js';
import { Session } from '../support/people.js';
import { type CrmProcess, startProcess } from '../support/process.js';
import { answerConsent, beginConsent } from '../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../support/stripe.js';

const canary = (): string => randomBytes(24).toString('hex');

/** Secrets of the installation that no line may hold. */
const SECRETS = {
  JWT_SECRET_KEY: canary(),
  TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  QBO_WEBHOOK_VERIFIER_TOKEN: canary(),
  SLACK_PATH: canary(),
  SMTP_PASSWORD: canary(),
};

/** What the built product writes on stdout, read as an operator reads it. */
describe('The log of a process', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let crm: CrmProcess;
  let admin: Session;

  beforeAll(async () => {
    const { JWT_SECRET_KEY, TOKEN_ENCRYPTION_KEYS, QBO_WEBHOOK_VERIFIER_TOKEN } = SECRETS;
    const env = {
      JWT_SECRET_KEY,
      TOKEN_ENCRYPTION_KEYS,
      QBO_WEBHOOK_VERIFIER_TOKEN,
      QBO_RECORD_PAYMENTS: 'true',
    };
    books = await startBooksWithStripe({ ...env, CRM_ROLE: 'api' });
    contractor = await aContractor(books);
    crm = await startProcess(books.database.url, {
      ...books.qbo.env,
      ...env,
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
      SLACK_WEBHOOK_URL: `https://hooks.slack.com/services/${SECRETS.SLACK_PATH}`,
      SMTP_URL: `smtp://crm:${SECRETS.SMTP_PASSWORD}@127.0.0.1:9`,
      LOG_LEVEL: 'trace',
    });
    admin = new Session(crm.url, contractor.admin.token);
    await books.stripe.configure({
      webhook_url: `${crm.url}/payments/webhook`,
      webhook_secret: STRIPE_SECRET,
    });
  });

  afterAll(async () => {
    await crm?.end('SIGKILL');
    await books[Symbol.asyncDispose]();
  });

  const lines = (): LogLine[] => logLines(crm.output());
  const requestLine = (requestId: string | null): Promise<LogLine> =>
    eventually(async () => {
      const [line, ...more] = lines().filter(
        (one) => one.context === 'Request' && one.request_id === requestId,
      );
      if (!line) throw new Error(`no line of request ${requestId}`);
      expect(more).toEqual([]);
      return line;
    });

  it('has one line for a request: who, of which organisation, from where, the route and how it ended', async () => {
    const customerId = await aCustomer(contractor);
    const answer = await admin.get(`/customers/${customerId}?token=abc`);
    expect(await requestLine(answer.headers.get('x-request-id'))).toMatchObject({
      level: 30,
      user_id: contractor.admin.userId,
      org_id: contractor.orgId,
      ip: '127.0.0.1',
      method: 'GET',
      route: '/customers/:id',
      status: 200,
      duration_ms: expect.any(Number),
      msg: 'request completed',
    });
  });

  it.each([
    { what: 'a sign-in with a wrong password', path: '/auth/login', status: 401, code: 'wrong_credentials' },
    { what: 'a path that is no route', path: '/nowhere/at/all', status: 404, code: 'route_not_found' },
    {
      what: 'a webhook nobody signed',
      path: '/payments/webhook',
      status: 400,
      code: 'stripe_signature_invalid',
    },
  ])('has a warning with the reason for $what', async ({ path, status, code }) => {
    const body = { email: 'someone@acme.test', password: 'wrong-password-1' };
    const answer = await new Session(crm.url).post(path, body);
    const line = await requestLine(answer.headers.get('x-request-id'));
    expect(line).toMatchObject({ level: 40, status, code, ip: '127.0.0.1' });
    expect(line).not.toHaveProperty('user_id');
    expect(answer.status).toBe(status);
  });

  it('has the error of a 500 with type, message, code and stack under the request id that people quote', async () => {
    await books.database.query('alter table customers rename column phone to phone_away');
    const answer = await admin.get('/customers');
    await books.database.query('alter table customers rename column phone_away to phone');
    expect(answer.status).toBe(500);
    expect(await requestLine(answer.body.request_id)).toMatchObject({
      level: 50,
      status: 500,
      code: 'internal_error',
    });
    const error = lines().find(({ request_id: id, err }) => id === answer.body.request_id && err);
    expect(error).toMatchObject({
      level: 50,
      org_id: contractor.orgId,
      err: {
        type: 'QueryFailedError',
        message: expect.stringContaining('phone'),
        code: '42703',
        stack: expect.stringContaining('.ts:'),
      },
    });
  });

  it("has QuickBooks' reason and Intuit's trace id for a call that failed", async () => {
    const customerId = await aCustomer(contractor);
    await books.control.planFault({ operation: 'customer.create', kind: '500' });
    const answer = await admin.post(`/qbo/sync/customer/${customerId}`);
    expect(answer.body).toMatchObject({ ok: false });
    const line = await eventually(async () => {
      const found = lines().find(({ msg, err }) => msg === 'customer_sync failed' && err);
      if (!found) throw new Error('no line');
      return found;
    });
    expect(line.request_id).toBe(answer.headers.get('x-request-id'));
    expect(line.err).toMatchObject({
      type: 'QboError',
      code: 'qbo_uncertain',
      message: expect.any(String),
      stack: expect.any(String),
      intuit_tid: expect.any(String),
      vendor_status: 500,
    });
  });

  it('has the ids of a Stripe event on the line of each call to QuickBooks that the event caused', async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session });
    const calls = await eventually(async () => {
      const found = lines().filter(
        ({ msg, stripe_object_id: id }) => msg === 'Called QuickBooks' && id === session,
      );
      expect(found.map(({ operation }) => operation as string)).toContain('payment.create');
      return found;
    }, 30_000);
    const event = (await books.stripe.events()).find(
      ({ type, data }) => type === 'checkout.session.completed' && data.object.id === session,
    );
    const written = calls.find(({ operation }) => operation === 'payment.create');
    expect(written).toMatchObject({
      level: 30,
      org_id: contractor.orgId,
      stripe_event_id: event.id,
      intuit_tid: expect.any(String),
      queue: expect.stringContaining('qbo.payment'),
    });
    // The request that delivered the event is the one that everything goes back to.
    expect(await requestLine(written.request_id)).toMatchObject({
      route: '/payments/webhook',
      status: 200,
      stripe_event_id: event.id,
    });
  });

  it('has no secret in any line, at the most talkative level', async () => {
    const someone = new Session(crm.url);
    const password = canary();
    const bearer = canary();
    const cookie = canary();
    const code = canary();
    const state = canary();
    const signature = canary();
    const unknownLink = canary();
    await someone.post('/auth/login', { email: contractor.admin.email, password });
    await someone.post('/auth/login', { email: contractor.admin.email, password: { [password]: password } });
    await new Session(crm.url, bearer).get('/customers');
    await someone.get('/qbo/oauth/start', { cookie: `crm_session=${cookie}`, accept: 'text/html' });
    await someone.get(`/qbo/oauth/callback?code=${code}&state=${state}&realmId=1`);
    await someone.get(`/portal/p/${unknownLink}`);
    await someone.get(`/nowhere?token=${unknownLink}`);
    await someone.post(
      '/payments/webhook',
      { secret: password },
      { 'stripe-signature': `t=1,v1=${signature}` },
    );
    await someone.post('/qbo/webhooks', { secret: password }, { 'intuit-signature': signature });
    const signedIn = await someone.post('/auth/login', {
      email: contractor.admin.email,
      password: 'ladder-shingle-42',
    });
    const { refresh_token: refresh, access_token: access } = signedIn.body as Record<string, string>;
    await someone.post('/auth/refresh', { refresh_token: refresh });
    await someone.post('/auth/refresh', { refresh_token: refresh });
    const proposalId = await anApprovedProposal(contractor);
    const link = (await admin.post(`/portal/links/${proposalId}`)).body.url as string;
    const linkToken = link.split('/').at(-1)!;
    await fetch(`${crm.url}/portal/p/${linkToken}`);
    await admin.post(`/portal/email/${proposalId}`);
    const consent = await beginConsent(admin);
    const callback = new URLSearchParams(
      (await answerConsent(consent, { decision: 'approve' })).split('?')[1],
    );
    await admin.get(`/qbo/oauth/callback?${callback.toString()}`, { accept: 'application/json' });
    // Tokens that Intuit takes no more, and an answer that is none.
    await books.qbo.oauth('expire-access', { realm_id: contractor.realmId });
    await admin.post(`/qbo/sync/customer/${await aCustomer(contractor)}`);
    await eventually(async () =>
      expect(lines().filter(({ msg }) => msg === 'A proposal could not be e-mailed')).not.toEqual([]),
    );

    const canaries = {
      ...SECRETS,
      TOKEN_ENCRYPTION_KEYS: SECRETS.TOKEN_ENCRYPTION_KEYS.slice(3),
      QBO_CLIENT_SECRET: books.qbo.env.QBO_CLIENT_SECRET!,
      STRIPE_KEY,
      STRIPE_SECRET,
      databasePassword: new URL(books.database.url).password,
      adminToken: contractor.admin.token!,
      password,
      goodPassword: 'ladder-shingle-42',
      bearer,
      cookie,
      code,
      state,
      signature,
      unknownLink,
      refresh: refresh!,
      access: access!,
      linkToken,
      consentState: new URL(consent).searchParams.get('state')!,
      consentCode: callback.get('code')!,
      intuitBearer: 'Bearer ',
    };
    expect(Object.values(canaries).every((one) => one.length >= 4)).toBe(true);
    const output = crm.output();
    expect(Object.entries(canaries).filter(([, secret]) => output.includes(secret))).toEqual([]);
    // The control: the same search finds what is no secret.
    expect(output).toContain(contractor.realmId);
    expect(output).not.toContain('[object Object]');
  });
});
