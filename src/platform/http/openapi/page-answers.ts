import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponse } from '../problem.dto.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];

/** In the description: routes that answer a page, also where something went wrong. */
export const PAGE_EXTENSION = 'x-page';

const PAGE = { 'text/html': { schema: { type: 'string' } } };

const OF_ADDRESSES = { 400: 'A page: the address, or what was sent, cannot be read' };
const OF_PARAMETERS = { 414: 'A page: a part of the address is too long' };
const OF_FORMS = {
  413: 'A page: what was sent is longer than 100 kB',
  415: 'A page: what was sent is no form',
};
const AWAY = { 503: 'A page: not available at the moment; see Retry-After' };

/** Refused before anybody knows the address: no page. */
const OF_NO_ADDRESS = 431;

/**
 * What a route that answers pages can answer: a page whatever comes of it, but where it leads elsewhere; and one for
 * what its address and its form may be refused for. Pure.
 */
export function withPageAnswers(method: string, hasParameter: boolean, operation: Operation): Operation {
  const common = {
    ...OF_ADDRESSES,
    ...(hasParameter ? OF_PARAMETERS : {}),
    ...(method === 'get' ? {} : OF_FORMS),
    ...AWAY,
  };
  const said: Responses = Object.fromEntries(
    Object.entries(common).map(([status, description]) => [status, { description }]),
  );
  const all = Object.entries({ ...said, ...operation.responses }).map(([status, response]) => [
    status,
    isElsewhere(status) ? response : { ...response, content: PAGE },
  ]);
  const responses: Responses = {
    ...Object.fromEntries(all),
    [OF_NO_ADDRESS]: problemResponse(OF_NO_ADDRESS),
  };
  return { ...operation, responses };
}

function isElsewhere(status: string): boolean {
  return status.startsWith('3') || status === '204';
}
