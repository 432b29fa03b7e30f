import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_TYPE, problemResponse } from './problem.dto.js';

const JSON_TYPE = 'application/json';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** A body may be no JSON at all, too long, or of another type. */
const OF_BODIES = [400, 413, 415];
/** Who calls is looked up with each request. */
const DATABASE_AWAY = 503;
/** Bodies of these are signed bytes, of whatever type. */
const SIGNED = /\/webhooks?$/;

/**
 * The description with the problems that a route can answer because of what it is, not of what it does: those of every
 * JSON body, and the database away where somebody signed in calls. What a route says itself stays. Routes that say no
 * problem are left as they are: they answer pages, also where something went wrong, or have none. Pure.
 */
export function withCommonProblems(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[method, withProblems(path, operation)] as const] : [];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function withProblems(path: string, operation: Operation): Operation {
  if (!answersProblems(operation)) return operation;
  const ofBody = takesJson(path, operation) ? OF_BODIES : [];
  const statuses = operation.security ? [...ofBody, DATABASE_AWAY] : ofBody;
  const responses = Object.fromEntries(statuses.map((status) => [status, problemResponse(status)]));
  return { ...operation, responses: { ...responses, ...operation.responses } };
}

function takesJson(path: string, { requestBody }: Operation): boolean {
  return (
    requestBody !== undefined &&
    'content' in requestBody &&
    JSON_TYPE in requestBody.content &&
    !SIGNED.test(path)
  );
}

function answersProblems({ responses }: Operation): boolean {
  return Object.values(responses).some(
    (response) => response !== undefined && 'content' in response && PROBLEM_TYPE in (response.content ?? {}),
  );
}
