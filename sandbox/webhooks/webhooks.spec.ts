import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, TestApp, otherRealmId, realmId, startTestSandbox } from '../oauth/test-app.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Change } from '../books/change.ts';
import { eventually } from '../testing/eventually.ts';
import { signatureOf } from './intuit-request.ts';
import { TestReceiver } from './test-receiver.ts';

const verifierToken = 'f00dfeed-verifier';

let sandbox: Sandbox;
let app: TestApp;
let receiver: TestReceiver;
let url: string;

beforeEach(async () => {
  receiver = new TestReceiver();
  url = await receiver.listen();
  sandbox = await startTestSandbox({ webhooks: { url, verifierToken, format: 'cloudevents' } });
  app = new TestApp(sandbox.url);
  await app.granted();
  await app.granted(otherRealmId);
  await set({ coalesce_ms: 0, speed_up: 1000 });
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

const set = (settings: object): Promise<Json> => app.control('PUT', 'webhooks', settings);
const flush = (): Promise<Json> => app.control('POST', 'webhooks/flush');

/** Something happens in a company's books. */
function happen(id: string, change: Partial<Change> = {}): void {
  const at = sandbox.world.clock.now();
  sandbox.world.changes.emit('change', {
    realmId,
    entity: 'Invoice',
    id,
    operation: 'Update',
    at,
    ...change,
  });
}

/** The entity ids of every event received, in order. */
function heard(): unknown[] {
  return receiver.received.flatMap(({ body }) =>
    Array.isArray(body) ? body.map((event: Json) => event['intuitentityid']) : [],
  );
}

describe('a change in the books', () => {
  it('reaches the app signed over the bytes sent, with the headers Intuit sends', async () => {
    happen('155');
    const [notification] = await receiver.arrival(1);
    expect(notification?.headers).toMatchObject({
      'intuit-signature': signatureOf(notification?.raw ?? '', verifierToken),
      'intuit-created-time': expect.stringMatching(/^20\d\d-/),
      'intuit-t-id': expect.stringMatching(/^1-/),
      'intuit-notification-schema-version': '1.0',
      'user-agent': 'intuit_notification_server/0.1',
      'content-type': 'application/json',
    });
    expect(notification?.body).toMatchObject([{ intuitentityid: '155', intuitaccountid: realmId }]);
  });

  it('can be sent in the legacy format', async () => {
    await set({ format: 'legacy' });
    happen('155');
    const [notification] = await receiver.arrival(1);
    expect(notification?.body).toMatchObject({ eventNotifications: [{ realmId }] });
  });

  it('travels with others of the same moment, of other companies too', async () => {
    await set({ coalesce_ms: 60_000 });
    happen('1');
    happen('2', { realmId: otherRealmId });
    happen('3');
    expect(await flush()).toMatchObject({ delivered: 1, waiting: 0 });
    expect(heard()).toEqual(['1', '2', '3']);
  });

  it('stays unsaid for a company that no app is connected to', async () => {
    await app.control('POST', 'oauth/revoke', { realm_id: otherRealmId });
    happen('1', { realmId: otherRealmId });
    happen('2');
    await flush();
    expect(heard()).toEqual(['2']);
    const { events } = await app.control('GET', 'webhooks/deliveries');
    expect(events).toMatchObject([{ id: '1', silent_because: 'no app is connected to the company' }, {}]);
  });

  it('is sent to every endpoint, each with its own token', async () => {
    const second = new TestReceiver();
    const secondUrl = await second.listen();
    const endpoints = [
      { url, verifier_token: 'one' },
      { url: secondUrl, verifier_token: 'two', format: 'legacy' },
    ];
    await set({ endpoints });
    happen('1');
    const [[first], [other]] = await Promise.all([receiver.arrival(1), second.arrival(1)]);
    second.close();
    expect(first?.headers['intuit-signature']).toBe(signatureOf(first?.raw ?? '', 'one'));
    expect(other?.headers['intuit-signature']).toBe(signatureOf(other?.raw ?? '', 'two'));
  });
});

describe('a notification that is not acknowledged', () => {
  it('comes again with the same bytes until it is', async () => {
    receiver.status = 500;
    happen('1');
    await receiver.arrival(2);
    receiver.status = 200;
    await eventually(async () =>
      expect(await app.control('GET', 'webhooks/deliveries')).toMatchObject({ delivered: 1, waiting: 0 }),
    );
    expect(new Set(receiver.received.map(({ raw }) => raw)).size).toBe(1);
  });

  it('waits for its turn by the sandbox clock', async () => {
    await set({ speed_up: 1 });
    receiver.status = 503;
    happen('1');
    await receiver.arrival(1);
    await eventually(async () =>
      expect(await app.control('GET', 'webhooks/deliveries')).toMatchObject({ waiting: 1 }),
    );
    expect(receiver.received).toHaveLength(1);
    sandbox.world.clock.advance(10_000);
    await receiver.arrival(2);
  });

  it('is given up as unanswered after three seconds', async () => {
    receiver.status = null;
    await set({ speed_up: 1 });
    happen('1');
    expect(await flush()).toMatchObject({ waiting: 1 });
    const { deliveries } = await app.control('GET', 'webhooks/deliveries');
    expect(deliveries).toMatchObject([
      { state: 'waiting', attempts: [{ status: null, error: 'not acknowledged within 3 seconds' }] },
    ]);
  });

  it('holds back the later ones', async () => {
    await set({ speed_up: 1 });
    receiver.status = 500;
    happen('1');
    await receiver.arrival(1);
    receiver.status = 200;
    happen('2');
    await eventually(async () =>
      expect(await app.control('GET', 'webhooks/deliveries')).toMatchObject({ waiting: 2 }),
    );
    sandbox.world.clock.advance(10_000);
    await receiver.arrival(3);
    expect(heard()).toEqual(['1', '1', '2']);
  });

  it('holds nothing back where Intuit does not', async () => {
    sandbox.world.switches.webhookHeadOfLine = false;
    await set({ speed_up: 1 });
    receiver.status = 500;
    happen('1');
    await receiver.arrival(1);
    receiver.status = 200;
    happen('2');
    await receiver.arrival(2);
    expect(heard()).toEqual(['1', '2']);
  });
});

describe('a test', () => {
  it('holds notifications back and lets them go', async () => {
    await app.control('POST', 'webhooks/pause');
    happen('1');
    await eventually(async () =>
      expect(await app.control('GET', 'webhooks/deliveries')).toMatchObject({ waiting: 1 }),
    );
    expect(receiver.received).toHaveLength(0);
    await app.control('POST', 'webhooks/resume');
    await receiver.arrival(1);
  });

  it('has an event sent again under its own id', async () => {
    happen('1');
    await flush();
    await app.control('POST', 'webhooks/redeliver', { last: 1 });
    const [first, second] = receiver.received;
    expect(second?.body).toEqual(first?.body);
  });

  it('loses every event when asked, and can redeliver what was lost', async () => {
    await set({ drop: 1 });
    happen('1');
    expect(await flush()).toMatchObject({ delivered: 0, dropped: 1 });
    expect(receiver.received).toHaveLength(0);
    const { events } = await app.control('GET', 'webhooks/deliveries');
    const [event] = events as Json[];
    await app.control('POST', 'webhooks/redeliver', { event_id: event?.['event_id'] });
    expect(heard()).toEqual(['1']);
  });

  it('hears of settings it got wrong', async () => {
    expect(await set({ url: 'not an address' })).toMatchObject({ error: { message: expect.any(String) } });
    expect(await set({ drop: 2 })).toMatchObject({ error: { message: expect.any(String) } });
  });

  it('turns notifications off', async () => {
    expect(await set({ url: null })).toMatchObject({ url: null, endpoints: [] });
    happen('1');
    await flush();
    expect(receiver.received).toHaveLength(0);
  });
});
