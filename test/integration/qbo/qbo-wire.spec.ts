import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/platform/config/config.js';
import { ALL_ROWS, where } from '../../../src/qbo-sync/api/mappers/queries/criteria.js';
import { type SdkCall, SdkClient } from '../../../src/qbo-sync/api/http/sdk.client.js';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/ports.js';

const TOKEN = 'eyJlbmMiOiJBMTI4Q0JDIn0';

describe('The wire to QuickBooks', () => {
  let server: Server;
  let address: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: IncomingMessage[];

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      asked.push(request);
      answer(request, response);
    });
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    await once(server.listen(port, '127.0.0.1'), 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (call: SdkCall, timeoutMs = 30_000) => {
    const config = readConfig({
      NODE_ENV: 'test',
      QBO_API_BASE_URL: address,
      QBO_REQUEST_TIMEOUT_MS: String(timeoutMs),
    });
    return new SdkClient(config).send('934145', TOKEN, call);
  };

  const read: SdkCall = (sdk, done) => sdk.getInvoice('1', done);
  const query: SdkCall = (sdk, done) => sdk.findInvoices(done);

  it('brings the answer as it came, also of a query', async () => {
    answer = (_, response) => {
      response.writeHead(429, { intuit_tid: '1-628f', 'retry-after': '90' }).end('<html>later</html>');
    };
    const text = '<html>later</html>';
    const bytes = Buffer.from(text);
    const whole = { status: 429, text, bytes, intuitTid: '1-628f', retryAfterSeconds: 90 };
    expect(await send(read)).toEqual(whole);
    expect(await send(query)).toEqual(whole);
  });

  it('asks for JSON at the right place with the token', async () => {
    answer = (_, response) => response.end('{}');
    await send(read);
    expect(asked[0]!.url).toBe('/v3/company/934145/invoice/1?minorversion=75&format=json');
    expect(asked[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(asked[0]!.headers.accept).toContain('application/json');
  });

  it('sends beside the parameters of the SDK what the SDK cannot send', async () => {
    answer = (_, response) => response.end('{}');
    const config = readConfig({ NODE_ENV: 'test', QBO_API_BASE_URL: address });
    const batch: SdkCall = (sdk, done) => sdk.batch([], done);
    await new SdkClient(config).send('934145', TOKEN, batch, { query: { requestid: 'batch-1' } });
    const { pathname, searchParams } = new URL(asked[0]!.url!, address);
    expect(pathname).toBe('/v3/company/934145/batch');
    expect(Object.fromEntries(searchParams)).toEqual({
      minorversion: '75',
      format: 'json',
      requestid: 'batch-1',
    });
  });

  it('asks for the fields alone that are wanted of each row', async () => {
    answer = (_, response) => response.end('{}');
    const config = readConfig({ NODE_ENV: 'test', QBO_API_BASE_URL: address });
    const listed: SdkCall = (sdk, done) =>
      sdk.findInvoices(where([['DocNumber', 'select * from']], ALL_ROWS), done);
    await new SdkClient(config).send('934145', TOKEN, listed, { fields: ['Id', 'Balance'] });
    await new SdkClient(config).send('934145', TOKEN, listed);
    const rest = `from invoice WHERE DocNumber = 'select * from' STARTPOSITION 1 MAXRESULTS 1000`;
    expect(asked.map(({ url }) => new URL(url!, address).searchParams.get('query'))).toEqual([
      `select Id, Balance ${rest}`,
      `select * ${rest}`,
    ]);
  });

  it('lets the line go when the time is up', async () => {
    let closed = false;
    answer = (request) => request.socket.on('close', () => (closed = true));
    expect(await send(read, 1_000)).toEqual({ reason: 'lost', message: 'no answer within 1 s' });
    await eventually(() => expect(closed).toBe(true));
  });

  it('lets the line go when an answer begins and never ends', async () => {
    let closed = false;
    answer = (request, response) => {
      request.socket.on('close', () => (closed = true));
      response.writeHead(200, { 'content-length': '100' }).write('{"Invoice"');
    };
    expect(await send(query, 1_000)).toMatchObject({ reason: 'lost' });
    await eventually(() => expect(closed).toBe(true));
  });

  it('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(307, { location: `${address}/elsewhere` }).end();
    expect(await send((sdk, done) => sdk.createInvoice({}, done))).toMatchObject({ status: 307 });
    expect(asked).toHaveLength(1);
  });

  it('reads no more than ten megabytes', async () => {
    answer = (_, response) => response.end(`{"x":"${'x'.repeat(11 * 1024 * 1024)}"}`);
    expect(await send(read)).toMatchObject({ reason: 'too_long' });
  });

  it('knows that nothing was sent where nobody listens', async () => {
    server.close();
    await once(server, 'close');
    const noResponse = await send(read);
    expect(noResponse).toMatchObject({ reason: 'not_sent', message: 'the connection was refused' });
  });

  it('knows that the request may have arrived when the line breaks', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    const noResponse = await send(read);
    expect(noResponse).toMatchObject({ reason: 'lost' });
  });

  it('carries no token in what it says of a failure', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    const { inspect } = await import('node:util');
    expect(inspect(await send(read), { depth: 20, showHidden: true })).not.toContain(TOKEN);
  });

  it('keeps twenty calls at a time apart', async () => {
    answer = (request, response) => response.end(JSON.stringify({ url: request.url }));
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    const answers = await Promise.all(ids.map((id) => send((sdk, done) => sdk.getInvoice(id, done))));
    const urls = answers.map((one) => ('text' in one ? (JSON.parse(one.text) as { url: string }).url : ''));
    expect(urls.map((url) => /invoice\/(\d+)/.exec(url)?.[1])).toEqual(ids);
  });
});
