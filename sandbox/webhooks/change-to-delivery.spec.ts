import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxControl } from '../control-client.ts';
import { type Json, TestApp, realmId } from '../oauth/test-app.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';
import { TestReceiver } from './test-receiver.ts';

let sandbox: Sandbox;
let app: TestApp;
let receiver: TestReceiver;
let bearer: string;

beforeEach(async () => {
  receiver = new TestReceiver();
  const url = await receiver.listen();
  sandbox = await startSandbox({ webhooks: { url, verifierToken: 'verifier', format: 'cloudevents' } });
  app = new TestApp(sandbox.url);
  bearer = String((await app.granted())['access_token']);
});
afterEach(async () => {
  await sandbox.close();
  receiver.close();
});

async function post(path: string, body: object): Promise<Json> {
  const answer = await fetch(`${sandbox.url}/v3/company/${realmId}/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${bearer}`,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Json;
}

/** Type and entity id of every event so far. */
async function notified(): Promise<string[]> {
  await app.control('POST', 'webhooks/flush');
  return receiver.received.flatMap(({ body }) =>
    (body as Json[]).map((event) => `${String(event['type'])} ${String(event['intuitentityid'])}`),
  );
}

describe('an app is notified', () => {
  it('of the payment a bookkeeper receives, and not of the invoice it pays', async () => {
    const control = new SandboxControl(sandbox.url);
    const invoice = (await control.records(realmId, 'Invoice')).find(({ Balance }) => Balance !== 0);
    const payment = await control.receivePayment(realmId, String(invoice?.Id));
    expect(await notified()).toEqual([`qbo.payment.created.v1 ${payment.Id}`]);
  });

  it('of what it did itself, create, update and void', async () => {
    const created = (await post('invoice', {
      CustomerRef: { value: '1' },
      Line: [
        {
          Amount: 100,
          DetailType: 'SalesItemLineDetail',
          SalesItemLineDetail: { ItemRef: { value: '1' } },
        },
      ],
    })) as { Invoice: { Id: string } };
    const { Id } = created.Invoice;
    await post('invoice', { Id, SyncToken: '0', sparse: true, PrivateNote: 'a note' });
    await post('invoice?operation=void', { Id, SyncToken: '1' });
    expect(await notified()).toEqual([
      `qbo.invoice.created.v1 ${Id}`,
      `qbo.invoice.updated.v1 ${Id}`,
      `qbo.invoice.void.v1 ${Id}`,
    ]);
  });

  it('nothing of a write that was refused', async () => {
    await post('invoice', { CustomerRef: { value: '1' } });
    expect(await notified()).toEqual([]);
  });
});
