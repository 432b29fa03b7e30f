import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { noResponseFrom } from './raw-response.js';
import { CONNECT_TIMEOUT, connectingWithin } from './connect-timeout.js';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

function get(protocol: 'http:' | 'https:', port: number, connectMs: number): Promise<number> {
  return new Promise((answered, failed) => {
    const options = { protocol, host: '127.0.0.1', port, agent: false as const, timeout: 5_000 };
    const request = connectingWithin(connectMs).request(options, (response) => {
      response.resume();
      answered(response.statusCode!);
    });
    request.once('error', failed);
    request.end();
  });
}

describe('A connection', () => {
  it('is given up when TLS does not come about, as nothing that was sent', async () => {
    const sockets = new Set<{ destroy(): void }>();
    const mute = createServer((socket) => sockets.add(socket.on('error', () => {})));
    const failure = await get('https:', await listening(mute), 50).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: CONNECT_TIMEOUT });
    expect(noResponseFrom(failure)).toMatchObject({ reason: 'not_sent' });
    for (const socket of sockets) socket.destroy();
    mute.close();
  });

  it('that stands is not held to that limit: a slow answer may take longer', async () => {
    const slow = createHttpServer((_request, response) => void setTimeout(() => response.end('{}'), 150));
    expect(await get('http:', await listening(slow), 50)).toBe(200);
    slow.close();
  });
});
