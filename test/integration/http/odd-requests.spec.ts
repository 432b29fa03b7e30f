import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { cloneDatabase, type TestDatabase } from '../../support/database.js';
import { cloudEvent, signatureOf, VERIFIER } from '../../support/webhooks.js';

describe('A delivery that is odd on the wire', () => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    app = await startApp({ databaseUrl: database.url, env: { QBO_WEBHOOK_VERIFIER_TOKEN: VERIFIER } });
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const stored = async () =>
    (await database.query<{ state: string }>('select state from qbo_events order by received_at')).map(
      ({ state }) => state,
    );

  /** Sends bytes as they are and answers the status of what comes back. */
  async function send(head: string[], body: Buffer | string = ''): Promise<number> {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write(`${['POST /qbo/webhooks HTTP/1.1', 'host: crm.test', ...head].join('\r\n')}\r\n\r\n`);
    socket.write(body);
    return answerOn(socket);
  }

  function answerOn(socket: ReturnType<typeof connect>): Promise<number> {
    return new Promise((answered, failed) => {
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        const status = /^HTTP\/1\.\d (\d{3})/.exec(text);
        if (!status) return;
        socket.destroy();
        answered(Number(status[1]));
      });
      socket.on('error', failed);
      socket.on('end', () => failed(new Error('the line was closed without an answer')));
    });
  }

  const BODY = JSON.stringify([cloudEvent('777')]);
  const JSON_TYPE = 'content-type: application/json';
  const lengthOf = (body: Buffer | string) => `content-length: ${Buffer.byteLength(body)}`;
  const signed = (body: Buffer | string) => `intuit-signature: ${signatureOf(body)}`;

  it('because it is HTTP/1.0 is taken', async () => {
    const before = (await stored()).length;
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const head = ['POST /qbo/webhooks HTTP/1.0', JSON_TYPE, lengthOf(BODY), signed(BODY)];
    socket.write(`${head.join('\r\n')}\r\n\r\n${BODY}`);
    expect(await answerOn(socket)).toBe(200);
    expect(await stored()).toHaveLength(before + 1);
  });

  it('because it comes in chunks is taken', async () => {
    const body = JSON.stringify([cloudEvent('777')]);
    const half = Math.floor(body.length / 2);
    const chunks = [body.slice(0, half), body.slice(half), ''].map(
      (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
    );
    expect(await send([JSON_TYPE, 'transfer-encoding: chunked', signed(body)], chunks.join(''))).toBe(200);
    expect((await stored()).at(-1)).toBe('unknown_realm');
  });

  it('because it is compressed, as Intuit never does, is kept apart if it is signed', async () => {
    const body = gzipSync(BODY);
    const head = [JSON_TYPE, 'content-encoding: gzip', lengthOf(body)];
    expect(await send([...head, signed(body)], body)).toBe(200);
    expect((await stored()).at(-1)).toBe('quarantined');
    expect(await send([...head, signed(BODY)], body)).toBe(401);
  });

  it.each([
    { what: 'two signatures', status: 401, head: [lengthOf(BODY), signed(BODY), signed(BODY)] },
    { what: 'two lengths', status: 400, head: [lengthOf(BODY), 'content-length: 5', signed(BODY)] },
    {
      what: 'a length and chunks',
      status: 400,
      head: [lengthOf(BODY), 'transfer-encoding: chunked', signed(BODY)],
    },
    { what: 'chunks that are none', status: 400, head: ['transfer-encoding: chunked', signed(BODY)] },
    { what: 'a head without end', status: 431, head: [`x-more: ${'x'.repeat(20_000)}`, signed(BODY)] },
    { what: 'a header that is none', status: 400, head: ['no header', lengthOf(BODY), signed(BODY)] },
  ])('because of $what is refused by $status, and nothing of it is kept', async ({ head, status }) => {
    const before = await stored();
    expect(await send([JSON_TYPE, ...head], BODY)).toBe(status);
    expect(await stored()).toEqual(before);
  });
});
