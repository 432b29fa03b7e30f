import { connect, type AddressInfo } from 'node:net';
import fastify, { type FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { clientKey } from '../network/client-address.js';
import { readForwardedAddresses } from './forwarded-addresses.js';

/** The address of a request as its handler has it, whose client leaves before or after the address is read. */
async function addressOfWhoLeaves(leaves: 'before' | 'after', guarded = true): Promise<string | undefined> {
  const app = fastify();
  const seen = Promise.withResolvers<string | undefined>();
  const leave = (request: FastifyRequest): void => void request.raw.socket.destroy();
  if (leaves === 'before') app.addHook('onRequest', async (request) => leave(request));
  if (guarded) readForwardedAddresses(app);
  if (leaves === 'after') app.addHook('onRequest', async (request) => leave(request));
  app.get('/', async (request) => {
    seen.resolve(request.ip);
    return 'ok';
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {}).write('GET / HTTP/1.1\r\nhost: crm.test\r\n\r\n');
  try {
    return await seen.promise;
  } finally {
    client.destroy();
    await app.close();
  }
}

describe('The address of a client that goes away', () => {
  it('stays what it was when the request began', async () => {
    expect(await addressOfWhoLeaves('after')).toBe('127.0.0.1');
  });

  it('is unknown, and can be limited by, where the client was gone before', async () => {
    const address = await addressOfWhoLeaves('before');
    expect(address).toBe('unknown');
    expect(clientKey(address!)).toBe('unknown');
  });

  it('would be none at all otherwise', async () => {
    expect(await addressOfWhoLeaves('after', false)).toBeUndefined();
  });
});
