import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aContractor,
  aCustomer,
  anApprovedProposal,
  anInvoicedProposal,
  type Contractor,
} from '../../support/books.js';
import { type CollectedSpan, type Collector, startCollector } from '../../support/collector.js';
import { eventually } from '../../support/eventually.js';
import { type LogLine, logLines } from '../../support/log.js';
import { addPerson, Session } from '../../support/people.js';
import { type CrmProcess, startProcess } from '../../support/process.js';
import { answerConsent, beginConsent } from '../../support/qbo.js';
import {
  type BooksWithStripe,
  openCheckout,
  startBooksWithStripe,
  STRIPE_KEY,
  STRIPE_SECRET,
} from '../../support/stripe.js';
import { AuthenticatorApp } from '../../support/totp.js';
import { Notices } from '../../support/webhooks.js';

const canary = (): string => randomBytes(24).toString('hex');

/** Secrets of the installation that no line may hold. */
const SECRETS = {
  JWT_SECRET_KEY: canary(),
  TOKEN_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  QBO_WEBHOOK_VERIFIER_TOKEN: canary(),
  SLACK_PATH: canary(),
  SMTP_PASSWORD: canary(),
  COLLECTOR_KEY: canary(),
};

/** What the built product writes on stdout and sends to a collector of traces, read as an operator reads it. */
describe('The log of a process', () => {
  let books: BooksWithStripe;
  let contractor: Contractor;
  let crm: CrmProcess;
  let worker: CrmProcess;
  let collector: Collector;
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
    collector = await startCollector();
    const common = {
      ...books.qbo.env,
      ...env,
      STRIPE_SECRET_KEY: STRIPE_KEY,
      STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
      SLACK_WEBHOOK_URL: `https://hooks.slack.com/services/${SECRETS.SLACK_PATH}`,
      SMTP_URL: `smtp://crm:${SECRETS.SMTP_PASSWORD}@127.0.0.1:9`,
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: `api-key=${SECRETS.COLLECTOR_KEY}`,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    };
    [crm, worker] = await Promise.all([
      startProcess(books.database.url, { ...common, CRM_ROLE: 'api' }),
      startProcess(books.database.url, { ...common, CRM_ROLE: 'worker' }),
    ]);
    admin = new Session(crm.url, contractor.admin.token);
    await books.stripe.configure({
      webhook_url: `${crm.url}/payments/webhook`,
      webhook_secret: STRIPE_SECRET,
    });
    await new Notices(books.qbo.url).configure({
      url: `${crm.url}/qbo/webhooks`,
      verifier_token: QBO_WEBHOOK_VERIFIER_TOKEN,
      coalesce_ms: 0,
    });
  });

  afterAll(async () => {
    await Promise.all([crm?.end('SIGKILL'), worker?.end('SIGKILL')]);
    await collector?.[Symbol.asyncDispose]();
    await books[Symbol.asyncDispose]();
  });

  const lines = (): LogLine[] => [crm, worker].flatMap((one) => logLines(one.output()));
  /** A span that is awaited, and what caused it, up to where the trace began. */
  const causesOf = (name: string, about: (span: CollectedSpan) => boolean): Promise<CollectedSpan[]> =>
    eventually(() => {
      const spans = collector.spans();
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const chain: CollectedSpan[] = [];
      let next = spans.find((span) => span.name === name && about(span));
      while (next) {
        chain.push(next);
        const parent = next.parentSpanId;
        next = parent === undefined ? undefined : byId.get(parent);
        if (parent !== undefined && !next) throw new Error(`the cause ${parent} has not come yet`);
      }
      if (chain.length === 0)
        throw new Error(`no span ${name}: ${spans.map((span) => span.name).join(', ')}`);
      return Promise.resolve(chain);
    });
  const byRole = (chain: CollectedSpan[]) =>
    chain.map(({ name, resource }) => [resource['crm.role'], name] as const);
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

  it('names whoever was refused for a role or for an old proof', async () => {
    const { userId, token } = await addPerson(books.app, contractor.orgId, ['viewer']);
    const viewer = new Session(crm.url, token);
    const answer = await viewer.get('/users');
    const line = await requestLine(answer.headers.get('x-request-id'));
    expect(line).toMatchObject({ level: 40, status: 403, user_id: userId, org_id: contractor.orgId });
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
    });
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

  it.each(['/auth/login', '/payments/webhook'])(
    'has a warning, and no database that is away, where a client went away while it sent its body to %s',
    async (path) => {
      const socket = connect(Number(new URL(crm.url).port), '127.0.0.1');
      const head = [`POST ${path} HTTP/1.1`, 'host: crm.test', 'content-type: application/json'];
      const more = ['content-length: 100', 'x-request-id: went-away', 'expect: 100-continue'];
      socket.write(`${[...head, ...more].join('\r\n')}\r\n\r\n`);
      await once(socket, 'data'); // it has read the head, and waits for the body
      socket.write('{"a"', () => socket.resetAndDestroy());
      const line = await eventually(() => {
        const found = lines().find(
          ({ client_request_id: id, route }) => id === 'went-away' && route === path,
        );
        if (!found) throw new Error('no line yet');
        return Promise.resolve(found);
      });
      expect(line).toMatchObject({ level: 40, status: 499, code: 'client_went_away' });
      expect(lines().filter(({ msg }) => String(msg).startsWith('The database is away'))).toEqual([]);
    },
  );

  it.each([
    { what: 'an address that cannot be read', text: 'GET /%zz HTTP/1.1\r\nhost: crm\r\n\r\n', status: 400 },
    { what: 'what is no HTTP', text: 'HELO crm\r\n\r\n', status: 400 },
  ])('has a warning for $what, which never became a request', async ({ text, status }) => {
    const socket = connect(Number(new URL(crm.url).port), '127.0.0.1');
    socket.write(text);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    const line = await requestLine(/x-request-id: (\S+)/.exec(String(answer))![1]!);
    expect(line).toMatchObject({
      level: 40,
      ip: '127.0.0.1',
      route: 'unmatched',
      status,
      code: 'bad_request',
    });
  });

  it('knows a request by its own id, and keeps the one of the caller beside it', async () => {
    const given = { 'x-request-id': 'id-of-the-caller-1' };
    const answer = await admin.get('/org/settings', given);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await requestLine(answer.headers.get('x-request-id'))).toMatchObject({
      client_request_id: 'id-of-the-caller-1',
    });
    const odd = await admin.get('/org/settings', { 'x-request-id': '{"user_id":1}' });
    expect(await requestLine(odd.headers.get('x-request-id'))).not.toHaveProperty('client_request_id');
  });

  it("has one trace from Stripe's webhook over the queue to the payment in QuickBooks, of two processes", async () => {
    const proposalId = await anApprovedProposal(contractor);
    const { session_id: session } = await openCheckout(admin, proposalId);
    await books.stripe.act('pay', { session });
    const line = await eventually(async () => {
      const found = lines().find(
        (one) => one.operation === 'payment.create' && one.stripe_object_id === session,
      );
      if (!found) throw new Error('the payment is not in QuickBooks');
      return found;
    });
    const chain = await causesOf('quickbooks payment.create', ({ traceId }) => traceId === line.trace_id);
    const [call, ...causes] = byRole(chain);
    expect(call).toEqual(['worker', 'quickbooks payment.create']);
    expect(causes.at(-1)).toEqual(['api', 'POST /payments/webhook']);
    expect(causes.at(-2)).toEqual(['worker', 'process stripe.event.process']);
    expect(chain[0]!.attributes).toMatchObject({
      'crm.org_id': contractor.orgId,
      'http.response.status_code': 200,
      'qbo.intuit_tid': line.intuit_tid,
      'qbo.requestid': line.requestid,
    });
    expect(chain.at(-1)!.attributes).toMatchObject({
      'http.route': '/payments/webhook',
      'http.response.status_code': 200,
      'crm.request_id': line.request_id,
    });
    expect(new Set(chain.map(({ traceId }) => traceId))).toEqual(new Set([line.trace_id]));
  });

  it("has one from Intuit's webhook to what is read in QuickBooks because of it", async () => {
    const { invoiceId } = await anInvoicedProposal(contractor);
    await books.control.editInvoice(contractor.realmId, invoiceId, { amount: 4_000 });
    const chain = await causesOf(
      'quickbooks invoice.query',
      (span) => span.attributes['crm.org_id'] === contractor.orgId && span.parentSpanId !== undefined,
    );
    const [call, job, ...causes] = byRole(chain);
    expect(call).toEqual(['worker', 'quickbooks invoice.query']);
    expect(job).toEqual(['worker', 'process qbo.events.process']);
    expect(causes.at(-1)).toEqual(['api', 'POST /qbo/webhooks']);
  });

  it('has the call to Stripe under the request that made it, and a failure by its code alone', async () => {
    const answer = await admin.post('/payments/checkout_session', { proposal_id: 2_000_000_000 });
    expect(answer.status).toBe(404);
    await openCheckout(admin, await anApprovedProposal(contractor));
    const opened = await causesOf('stripe session.create', () => true);
    expect(byRole(opened)).toEqual([
      ['api', 'stripe session.create'],
      ['api', 'POST /payments/checkout_session'],
    ]);
    await books.control.planFault({ operation: 'customer.create', kind: '500' });
    await admin.post(`/qbo/sync/customer/${await aCustomer(contractor)}`);
    const [failed] = await causesOf('quickbooks customer.create', (span) => span.failed);
    expect(failed!.attributes).toMatchObject({ 'error.type': '500', 'http.response.status_code': 500 });
  });

  it("has a stranger's trace as a link, and never as the parent", async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await admin.get('/org/settings', { traceparent: `00-${trace}-00f067aa0ba902b7-00` });
    const id = answer.headers.get('x-request-id')!;
    const [span] = await causesOf(
      'GET /org/settings',
      ({ attributes }) => attributes['crm.request_id'] === id,
    );
    expect(span!.parentSpanId).toBeUndefined();
    expect(span!.traceId).not.toBe(trace);
    expect(span!.links).toMatchObject([{ traceId: trace, spanId: '00f067aa0ba902b7' }]);
  });

  it('names the organisation and how long it took as one does in every line, of polls too', async () => {
    await books.database.query(
      `update qbo_sweeps set next_sweep_at = now() - interval '1 second' where org_id = $1`,
      [contractor.orgId],
    );
    const poll = await eventually(async () => {
      const line = lines().find(({ msg }) => msg === 'Invoice poll finished');
      if (!line) throw new Error('no poll has ended');
      return Promise.resolve(line);
    });
    expect(poll).toMatchObject({
      org_id: contractor.orgId,
      duration_ms: expect.any(Number),
      seen: expect.any(Number),
    });
    const names = new Set(lines().flatMap((line) => Object.keys(line as object)));
    expect([...names].filter((name) => /[A-Z]/.test(name))).toEqual([]);
  });

  it('has no secret in any line or span, at the most talkative level', async () => {
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
    const person = await addPerson(books.app, contractor.orgId, ['viewer']);
    const ownSession = new Session(crm.url, person.token);
    const factor = (await ownSession.post('/auth/totp/setup')).body as {
      secret: string;
      otpauth_uri: string;
    };
    const phone = new AuthenticatorApp(factor.secret);
    const on = await ownSession.post('/auth/totp/confirm', { totp: phone.code() });
    const [recovery] = on.body.recovery_codes as [string];
    const wrongTotp = canary();
    for (const totp of [wrongTotp, recovery]) {
      await someone.post('/auth/login', { email: person.email, password: 'ladder-shingle-42', totp });
    }
    await ownSession.post('/auth/confirm', { password: 'ladder-shingle-42', totp: wrongTotp });
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
      factorSecret: factor.secret,
      otpauthUri: factor.otpauth_uri,
      recovery,
      wrongTotp,
      refresh: refresh!,
      access: access!,
      linkToken,
      consentState: new URL(consent).searchParams.get('state')!,
      consentCode: callback.get('code')!,
      intuitBearer: 'Bearer ',
    };
    expect(Object.values(canaries).every((one) => one.length >= 4)).toBe(true);
    await causesOf('GET /portal/p/:token', () => true);
    const output = `${crm.output()}\n${worker.output()}\n${collector.received()}`;
    expect(Object.entries(canaries).filter(([, secret]) => output.includes(secret))).toEqual([]);
    // The control: the same search finds what is no secret.
    expect(output).toContain(contractor.realmId);
    expect(output).not.toContain('[object Object]');
  });
});
