import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import type { Gatekeeper } from './gatekeeper.ts';

/** Serves `/v3/company/{realm}/…`. */
export function registerV3(app: FastifyInstance, world: World, gate: Gatekeeper): void {
  app.get('/v3/company/:realm/companyinfo/:id', async (request, reply) => {
    const { realm } = request.params as { realm: string };
    gate.check('', realm);
    void reply.header('intuit_tid', '1-0-0');
    return { CompanyInfo: { CompanyName: world.companies.get(realm)?.name, Id: '1' } };
  });
}
