import type { FastifyInstance } from 'fastify';
import { Fault } from '../books/fault.ts';
import type { World } from '../world.ts';
import { registerBookkeeping } from './bookkeeping.ts';
import { registerCompanies } from './companies.ts';
import { registerCalls, registerClock, registerFaults, registerSwitches } from './observing.ts';

/**
 * Serves the sandbox's own routes under `/sandbox`: the bookkeeper's hand, faults to come, the clock, counts and switches. JSON in and
 * out; an empty body is an empty object. A refusal by the books is 400 with QBO's code in `error.code`.
 */
export function registerControl(app: FastifyInstance, world: World): void {
  void app.register(async (control) => {
    control.removeContentTypeParser('application/json');
    control.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
      try {
        done(null, String(text).trim() === '' ? {} : JSON.parse(String(text)));
      } catch {
        done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
      }
    });
    control.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
      if (error instanceof Fault) {
        const [first] = error.errors;
        return reply
          .code(400)
          .send({ error: { code: first!.code, message: first!.Message, detail: first!.Detail } });
      }
      const status = error.statusCode ?? 500;
      if (status >= 500) process.emitWarning(error);
      return reply.code(status).send({ error: { message: error.message } });
    });
    registerCompanies(control, world);
    registerBookkeeping(control, world);
    registerFaults(control, world);
    registerCalls(control, world);
    registerClock(control, world);
    registerSwitches(control, world);
  });
}
