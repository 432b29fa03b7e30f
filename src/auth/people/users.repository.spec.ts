import type { EntityManager } from 'typeorm';
import { expect, it } from 'vitest';
import type { User } from './user.js';
import { UsersRepository } from './users.repository.js';

/** A PostgreSQL whose locale takes the addresses for one. */
const folding = {
  query: async () => [{ id: 1, email: 'Admin@peakpro.io' } as User],
} as unknown as EntityManager;

it('finds nobody by an address that the throttles of sign-ins count apart', async () => {
  const users = new UsersRepository();
  expect(await users.findByEmail(folding, 'adm\u0130n@peakpro.io')).toBeNull();
  expect(await users.findByEmail(folding, 'ADMIN@PeakPro.io')).toMatchObject({ id: 1 });
});
