import type { FastifyInstance } from 'fastify';
import { plantSeed } from './seed.ts';
import { type StateParts, loadState, saveState } from './state.ts';

/** Serves `/sandbox/state` and `/sandbox/seed`: everything saved, put back, or begun with. */
export function registerState(app: FastifyInstance, parts: StateParts): void {
  app.get('/sandbox/state', async () => saveState(parts));
  app.put('/sandbox/state', { bodyLimit: 256 * 1024 * 1024 }, async (request) => {
    loadState(parts, request.body);
    return { companies: [...parts.world.companies.keys()] };
  });
  app.post('/sandbox/seed', async (request) => {
    plantSeed(parts.world, request.body);
    return { companies: [...parts.world.companies.keys()] };
  });
}
