import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { IntuitOauthClient } from './intuit-oauth.client.js';

const CHUNK = Buffer.alloc(16 * 1024, ' ');
/** More than a process could keep of many such answers, and less than a test would choke on without the limit. */
const CHUNKS = 4_000;

describe('The answer of the token endpoint', () => {
  let server: Server;
  let sent = 0;

  function* blanks(): Generator<Buffer> {
    for (; sent < CHUNKS; sent++) yield CHUNK;
  }

  beforeAll(async () => {
    server = createServer((request, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' });
      if (request.url === '/usual') return reply.end('{"error":"none"}');
      sent = 0;
      return Readable.from(blanks()).pipe(reply);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const client = (path: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    return new IntuitOauthClient(readConfig({ QBO_TOKEN_URL: url, QBO_REVOKE_URL: url }));
  };

  it('is read up to 64 kB and then left, as if there were none', async () => {
    expect(await client('/endless').refresh('token')).toMatchObject({ kind: 'silent', lost: true });
    expect(sent).toBeLessThan(CHUNKS / 2);
    expect(await client('/endless').revoke('token')).toBe(false);
  });

  it('is read whole where it is small', async () => {
    expect(await client('/usual').refresh('token')).toEqual({
      kind: 'unavailable',
      why: 'HTTP 200 without tokens',
    });
  });
});
