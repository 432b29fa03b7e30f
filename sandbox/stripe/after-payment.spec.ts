import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { eventually } from '../testing/eventually.ts';
import { TestReceiver } from '../webhooks/test-receiver.ts';
import { TestMerchant } from './test-merchant.ts';

const webhookSecret = 'whsec_of_the_shop';

let sandbox: Sandbox;
let merchant: TestMerchant;
let app: TestApp;
let receiver: TestReceiver;

beforeEach(async () => {
  receiver = new TestReceiver();
  const webhookUrl = await receiver.listen();
  sandbox = await startSandbox({ companies: [], stripe: { webhookUrl, webhookSecret } });
  merchant = new TestMerchant(sandbox.url);
  app = new TestApp(sandbox.url);
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const control = (path: string, body: object = {}): Promise<Json> =>
  app.control('POST', `stripe/${path}`, body);

/** The types of the first so many events received, in order of arrival. */
async function heard(count: number): Promise<unknown[]> {
  return (await receiver.arrival(count)).map(({ body }) => Object(body).type as unknown);
}

async function paidSession(): Promise<Json> {
  const session = await merchant.session();
  await merchant.press(session, 'pay');
  return merchant.sessionNow(session['id']);
}

describe('money back', () => {
  it('goes in parts until nothing is left', async () => {
    const { payment_intent } = await paidSession();
    const refund = (amount?: string): ReturnType<TestMerchant['call']> =>
      merchant.call('POST', '/v1/refunds', {
        payment_intent: String(payment_intent),
        ...(amount && { amount }),
      });
    expect((await refund('100')).body).toMatchObject({ object: 'refund', amount: 100, status: 'succeeded' });
    expect((await refund('99999')).status).toBe(400);
    expect((await refund()).body).toMatchObject({ amount: 25_000 });
    expect((await refund()).body).toMatchObject({ error: { code: 'charge_already_refunded' } });
    expect(await heard(3)).toEqual(['checkout.session.completed', 'charge.refunded', 'charge.refunded']);
  });

  it('is disputed and decided', async () => {
    const { payment_intent } = await paidSession();
    await receiver.arrival(1);
    const { id } = await control('dispute', { payment_intent });
    await receiver.arrival(3);
    expect(await control('close-dispute', { dispute: id, status: 'lost' })).toMatchObject({ status: 'lost' });
    expect(await heard(4)).toEqual([
      'checkout.session.completed',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
  });
});

describe('an event', () => {
  it('is signed over its time and bytes', async () => {
    await paidSession();
    const [event] = await receiver.arrival(1);
    const [, time, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(event?.headers['stripe-signature'])) ?? [];
    expect(signature).toBe(createHmac('sha256', webhookSecret).update(`${time}.${event?.raw}`).digest('hex'));
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(5);
    expect(event?.body).toMatchObject({
      object: 'event',
      type: 'checkout.session.completed',
      data: { object: { payment_status: 'paid' } },
    });
  });

  it('comes again as often as asked, under its own id', async () => {
    await paidSession();
    await receiver.arrival(1);
    await control('redeliver', { last: 1, times: 2 });
    expect(new Set(receiver.received.map(({ raw }) => raw)).size).toBe(1);
    expect(receiver.received).toHaveLength(3);
  });

  it('is written in the version the account is set to', async () => {
    await app.control('PUT', 'stripe', { api_version: '2026-09-30.endive' });
    await paidSession();
    const [event] = await receiver.arrival(1);
    expect(event?.body).toMatchObject({ api_version: '2026-09-30.endive' });
    expect((await merchant.call('GET', '/v1/refunds')).headers.get('stripe-version')).toBe(
      '2026-09-30.endive',
    );
  });

  it('names the version a call asks for, and refuses one that is none', async () => {
    const asked = (version: string): ReturnType<TestMerchant['call']> =>
      merchant.call('GET', '/v1/refunds', {}, { 'stripe-version': version });
    expect((await asked('2025-09-30.clover')).headers.get('stripe-version')).toBe('2025-09-30.clover');
    const refused = await asked('newest');
    expect(refused.status).toBe(400);
    expect(refused.body['error']).toMatchObject({ message: 'Invalid Stripe API version: newest' });
  });

  it('can arrive before the one that came before it', async () => {
    await control('pause');
    const session = await merchant.session();
    await merchant.press(session, 'later');
    await control('settle', { session: session['id'] });
    await control('flush', { order: 'reversed' });
    expect(await heard(2)).toEqual([
      'checkout.session.async_payment_succeeded',
      'checkout.session.completed',
    ]);
  });

  it('is tried again until a 2xx', async () => {
    await app.control('PUT', 'stripe', { speed_up: 30_000 });
    receiver.status = 500;
    await paidSession();
    await receiver.arrival(2);
    receiver.status = 204;
    await eventually(async () =>
      expect(await app.control('GET', 'stripe/events')).toMatchObject({
        deliveries: [{ state: 'delivered' }],
      }),
    );
  });
});
