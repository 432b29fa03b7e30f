import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];

/** In the description: routes that answer a page, also where something went wrong. */
export const PAGE_EXTENSION = 'x-page';

const PAGE = { 'text/html': { schema: { type: 'string' } } };

const OF_ADDRESSES = { 400: 'A page: the address, or what was sent, cannot be read' };
const OF_FORMS = {
  413: 'A page: what was sent is longer than 100 kB',
  415: 'A page: what was sent is no form',
};
const AWAY = { 503: 'A page: not available at the moment; see Retry-After' };

/**
 * What a route that answers pages can answer: a page whatever comes of it, but where it leads elsewhere; and one for
 * what its address and its form may be refused for. Pure.
 */
export function withPageAnswers(method: string, operation: Operation): Operation {
  const common = { ...OF_ADDRESSES, ...(method === 'get' ? {} : OF_FORMS), ...AWAY };
  const said: Responses = Object.fromEntries(
    Object.entries(common).map(([status, description]) => [status, { description }]),
  );
  const all = Object.entries({ ...said, ...operation.responses }).map(([status, response]) => [
    status,
    isElsewhere(status) ? response : { ...response, content: PAGE },
  ]);
  return { ...operation, responses: Object.fromEntries(all) as Responses };
}

function isElsewhere(status: string): boolean {
  return status.startsWith('3') || status === '204';
}
