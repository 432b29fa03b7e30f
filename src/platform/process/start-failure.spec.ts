import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { reasonOf } from './start-failure.js';

const failureOf = async (port: number, host: string): Promise<unknown> => {
  const [error] = await once(createServer().listen(port, host), 'error').catch((reason: unknown) => [reason]);
  return error;
};

describe('What a start says that cannot listen', () => {
  it('names both ports that it may be, where something else listens there', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      expect(reasonOf(await failureOf(port, '127.0.0.1'))).toBe(
        `Port ${port} is in use. Stop what uses it, or set PORT or OPERATIONS_PORT, whichever it is, to another.`,
      );
    } finally {
      other.close();
    }
  });

  it('names the address, where it is none of this machine', async () => {
    expect(reasonOf(await failureOf(0, '192.0.2.1'))).toBe(
      '192.0.2.1 cannot be listened on (EADDRNOTAVAIL). Check HOST, PORT and OPERATIONS_PORT.',
    );
  });
});
