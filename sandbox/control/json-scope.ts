import type { FastifyInstance } from 'fastify';
import { Fault } from '../books/fault.ts';

/**
 * Sets up a scope of control routes: JSON in and out, an empty body is an empty object, an error is
 * `{"error": {"message"}}`.
 */
export function useJsonControlScope(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, String(text).trim() === '' ? {} : JSON.parse(String(text)));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
  scope.setErrorHandler(async (error: Error & { statusCode?: number; status?: number }, _request, reply) => {
    if (error instanceof Fault) {
      const [first] = error.errors;
      return reply
        .code(400)
        .send({ error: { code: first!.code, message: first!.Message, detail: first!.Detail } });
    }
    const status = error.statusCode ?? error.status ?? 500;
    if (status >= 500) process.emitWarning(error);
    return reply.code(status).send({ error: { message: error.message } });
  });
}
