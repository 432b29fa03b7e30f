import type { FastifyInstance } from 'fastify';

/** Makes a scope speak as all control routes do: JSON in and out, an empty body is an empty object, a refusal is `{"error": {"message"}}`. */
export function useControlManners(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, String(text).trim() === '' ? {} : JSON.parse(String(text)));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
  scope.setErrorHandler(async (error: Error & { statusCode?: number; status?: number }, _request, reply) => {
    const status = error.statusCode ?? error.status ?? 500;
    if (status >= 500) process.emitWarning(error);
    return reply.code(status).send({ error: { message: error.message } });
  });
}
