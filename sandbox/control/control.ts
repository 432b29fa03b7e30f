import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { registerBookkeeping } from './bookkeeping.ts';
import { registerCompanies } from './companies.ts';
import { useJsonControlScope } from './json-scope.ts';
import { registerCalls, registerClock, registerFaults, registerSwitches } from './observing.ts';

/**
 * Serves the sandbox's own routes under `/sandbox`: bookkeeping by hand, planned faults, the clock, counts
 * and switches. JSON in and out; an empty body is an empty object. A refusal by the books is 400 with QBO's
 * code in `error.code`.
 */
export function registerControl(app: FastifyInstance, world: World): void {
  void app.register(async (control) => {
    useJsonControlScope(control);
    registerCompanies(control, world);
    registerBookkeeping(control, world);
    registerFaults(control, world);
    registerCalls(control, world);
    registerClock(control, world);
    registerSwitches(control, world);
  });
}
