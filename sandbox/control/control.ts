import type { FastifyInstance } from 'fastify';
import { createCompany } from '../books/company.ts';
import type { World } from '../world.ts';

/** Serves the sandbox's own routes under `/sandbox`. */
export function registerControl(app: FastifyInstance, world: World): void {
  app.post('/sandbox/companies', async (request) => {
    const company = createCompany(world, (request.body ?? {}) as { name?: string });
    return { realm_id: company.realmId, name: company.name };
  });
}
