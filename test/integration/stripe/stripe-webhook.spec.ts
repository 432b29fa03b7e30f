import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { openItems } from '../../support/inbox.js';
import { anyone, createOrg } from '../../support/people.js';
import { deliver, outcomeOf, signatureOf, STRIPE_SECRET, stripeEvent } from '../../support/stripe.js';

const OLD_SECRET = 'whsec_from_before_the_rotation';
const PRODUCTION = {
  NODE_ENV: 'production',
  JWT_SECRET_KEY: 'a secret of this production, not of development',
  TOKEN_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
};

describe('The webhook of Stripe', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({
      databaseUrl: database.url,
      env: { STRIPE_WEBHOOK_SECRET: `${STRIPE_SECRET}, ${OLD_SECRET}` },
    });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const stored = async (): Promise<number> =>
    (await database.query<{ count: number }>('select count(*)::int as count from stripe_events'))[0]!.count;

  it.each([
    { by: 'the new secret', secret: STRIPE_SECRET, ageSeconds: 0 },
    { by: 'the one from before', secret: OLD_SECRET, ageSeconds: 0 },
    { by: 'it 299 seconds ago', secret: STRIPE_SECRET, ageSeconds: 299 },
    { by: 'it 299 seconds ahead', secret: STRIPE_SECRET, ageSeconds: -298 },
  ])('takes an event signed by $by', async ({ secret, ageSeconds }) => {
    const before = await stored();
    const body = JSON.stringify(stripeEvent('charge.updated', { id: 'ch_1' }));
    const answer = await deliver(app, body, signatureOf(body, { secret, ageSeconds }));
    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(await stored()).toBe(before + 1);
  });

  const body = JSON.stringify(stripeEvent('charge.updated', { id: 'ch_1', amount: 100 }));
  it.each([
    { what: 'unsigned', sent: body, header: null },
    { what: 'with an empty signature', sent: body, header: '' },
    { what: 'signed with words', sent: body, header: 'signed, sincerely' },
    { what: 'signed with another secret', sent: body, header: signatureOf(body, { secret: 'whsec_other' }) },
    { what: 'signed 301 seconds ago', sent: body, header: signatureOf(body, { ageSeconds: 302 }) },
    { what: 'signed an hour ahead', sent: body, header: signatureOf(body, { ageSeconds: -3600 }) },
    { what: 'altered after it was signed', sent: body.replace('100', '999'), header: signatureOf(body) },
    {
      what: 'written otherwise than it was signed',
      sent: body.replace(':', ': '),
      header: signatureOf(body),
    },
    { what: 'signed without a time', sent: body, header: signatureOf(body).replace(/^t=\d+,/, '') },
  ])('refuses an event that is $what, and keeps nothing of it', async ({ sent, header }) => {
    const before = await stored();
    const answer = await deliver(app, sent, header);
    expect(answer).toMatchObject({ status: 400, body: { code: 'stripe_signature_invalid' } });
    expect(JSON.stringify(answer.body)).not.toContain(STRIPE_SECRET);
    expect(await stored()).toBe(before);
  });

  it('keeps what it has no use for, with the reason', async () => {
    const event = stripeEvent('customer.created', { id: 'cus_1' });
    await deliver(app, event);
    expect(await outcomeOf({ database }, event.id)).toEqual({
      state: 'ignored',
      error: 'Events of type customer.created have no effect here.',
      attempts: 0,
    });
  });

  it.each([
    { what: 'NUL in its id', event: { ...stripeEvent('charge.updated', { id: 'ch_1' }), id: 'evt_\0' } },
    { what: 'NUL in its type', event: stripeEvent('charge.\0', { id: 'ch_1' }) },
    { what: 'half a character in its id', event: { ...stripeEvent('a', {}), id: 'evt_\uD800' } },
  ])('keeps what is signed with $what as no event, and answers as usual', async ({ event }) => {
    const before = await stored();
    expect(await deliver(app, event)).toMatchObject({ status: 200, body: { received: true } });
    expect(await stored()).toBe(before + 1);
    const [row] = await database.query<{ type: string }>(
      'select type from stripe_events order by received_at desc limit 1',
    );
    expect(row!.type).toBe('malformed');
  });

  it('keeps an event once, also where it comes again with another content', async () => {
    const before = await stored();
    const event = stripeEvent('customer.created', { id: 'cus_1' });
    await deliver(app, event);
    await deliver(app, { ...event, pending_webhooks: 0 });
    await deliver(app, { ...event, data: { object: { id: 'cus_2' } } });
    expect(await stored()).toBe(before + 1);
    const [row] = await database.query<{ body: object }>(
      'select body from stripe_events where event_id = $1',
      [event.id],
    );
    expect(row!.body).toEqual(event);
  });

  it.each([
    { what: 'empty', sent: '' },
    { what: 'no JSON', sent: '{"id":' },
    { what: 'no object', sent: '7' },
    { what: 'an event without id', sent: '{"type":"charge.updated"}' },
    { what: 'an event in the thin form', sent: '{"id":"evt_1","object":"v2.core.event","type":"v1.x"}' },
  ])('takes what is signed but $what, and keeps it apart', async ({ sent }) => {
    expect(await deliver(app, sent)).toMatchObject({ status: 200 });
    const [row] = await database.query<{ state: string; body: { base64: string } }>(
      `select state, body from stripe_events where type = 'malformed' order by received_at desc limit 1`,
    );
    expect(row!.state).toBe('failed');
    expect(Buffer.from(row!.body.base64, 'base64').toString()).toBe(sent);
  });

  it('leaves an event it cannot read to a person, with the field', async () => {
    const event = stripeEvent('checkout.session.completed', { id: 'cs_1', payment_status: 7 });
    await deliver(app, event);
    expect(await outcomeOf({ database }, event.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('payment_status'),
    });
  });

  it('puts what names nothing of ours before the only organisation there is, and before none of two', async () => {
    const { admin } = await createOrg(app);
    const open = () => openItems(admin);
    const unreadable = () => stripeEvent('checkout.session.completed', { id: 'cs_1', payment_status: 7 });
    const notified = unreadable();
    await deliver(app, notified);
    await outcomeOf({ database }, notified.id);
    await deliver(app, '{"id":"evt');
    expect(await open()).toMatchObject([
      { retry: 'together', reason: expect.stringContaining('payment_status') },
      {
        // Nothing to try again, and nobody is told to.
        retry: null,
        reason: expect.stringContaining('It is no Stripe event'),
        next_step: expect.stringMatching(/^Do by hand what the event/),
      },
    ]);

    await createOrg(app, 'Rival Roofing');
    const pending = unreadable();
    await deliver(app, pending);
    await outcomeOf({ database }, pending.id);
    expect(await open()).toHaveLength(2);
  });

  it('takes characters that a database does not', async () => {
    const event = stripeEvent('customer.created', { id: 'cus_1', name: 'A\0nn \uD800' });
    expect(await deliver(app, event)).toMatchObject({ status: 200 });
    expect(await outcomeOf({ database }, event.id)).toMatchObject({ state: 'ignored' });
  });

  it('takes 250 kB and refuses 300, when other routes take 100', async () => {
    const large = (size: number) => stripeEvent('customer.created', { id: 'cus_1', note: 'x'.repeat(size) });
    expect((await deliver(app, large(250_000))).status).toBe(200);
    expect((await deliver(app, large(300_000))).status).toBe(413);
    expect((await anyone(app).post('/auth/login', { email: 'x'.repeat(150_000) })).status).toBe(413);
  });

  it('whatever the body is said to be, reads its bytes', async () => {
    const event = JSON.stringify(stripeEvent('customer.created', { id: 'cus_1' }));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/vnd.api+json']) {
      const answer = await fetch(`${app.url}/payments/webhook`, {
        method: 'POST',
        headers: { 'content-type': type, 'stripe-signature': signatureOf(event) },
        body: event,
      });
      expect(answer.status).toBe(200);
    }
  });

  it('answers to POST alone', async () => {
    expect((await anyone(app).get('/payments/webhook')).status).toBe(404);
  });

  it.each([
    { where: 'in dev mode', env: {}, status: 200 },
    { where: 'in dev mode with a secret', env: { STRIPE_WEBHOOK_SECRET: STRIPE_SECRET }, status: 400 },
    { where: 'in production', env: PRODUCTION, status: 400 },
  ])('answers $status to an unsigned event $where', async ({ env, status }) => {
    const before = await stored();
    await using other = await startApp({ databaseUrl: database.url, env });
    expect(await deliver(other, stripeEvent('customer.created', { id: 'cus_1' }), null)).toMatchObject({
      status,
    });
    expect(await stored()).toBe(before + (status === 200 ? 1 : 0));
  });
});
