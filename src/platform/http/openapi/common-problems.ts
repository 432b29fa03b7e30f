import type { OpenAPIObject } from '@nestjs/swagger';
import { PAGE_EXTENSION, withPageAnswers } from './page-answers.js';
import { PROBLEM_TYPE, problemResponse } from '../problem.dto.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** An address may hold what is part of no text, and be sent with headers without end. */
const OF_REQUESTS = [400, 431];
/** A part of an address that is anybody's to choose may be too long. */
const OF_PARAMETERS = [414];
const PARAMETER = /\{/;
/** A body may be no JSON at all, too long, or of another type: one is read even where none is wanted. */
const OF_BODIES = [400, 413, 415];
/** What is sent where no body is taken is refused by its fields. */
const OF_NO_BODY = [422];
/** Bodies of these are signed bytes, of whatever type. */
const SIGNED = /\/webhooks?$/;
const OF_SIGNED_BODIES = [413];
const DATABASE_AWAY = 503;
/** What these answer is in the memory of the process. */
const WITHOUT_DATABASE = /^\/metrics$/;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * The description with the answers that a route can give because of what it is, not of what it does: to an address or
 * a body that cannot be read, and while the database is away. What a route says itself stays. Pages say so on a page;
 * a route that says no problem, such as the liveness of a process, refuses nothing but its address. Pure.
 */
export function withCommonProblems(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[method, withAnswers(path, method, operation)] as const] : [];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withAnswers(path: string, method: string, operation: Operation): Operation {
  if (Object.hasOwn(operation, PAGE_EXTENSION))
    return withPageAnswers(method, PARAMETER.test(path), operation);
  const statuses = answersProblems(operation) ? statusesOf(path, method, operation) : ofRequest(path);
  const responses = Object.fromEntries(statuses.map((status) => [status, problemResponse(status)]));
  return { ...operation, responses: { ...responses, ...operation.responses } };
}

function statusesOf(path: string, method: string, { requestBody }: Operation): number[] {
  return [
    ...ofRequest(path),
    ...(method === 'get' ? [] : ofBody(path)),
    ...(method === 'get' || requestBody ? [] : OF_NO_BODY),
    ...(WITHOUT_DATABASE.test(path) ? [] : [DATABASE_AWAY]),
  ];
}

function ofRequest(path: string): number[] {
  return PARAMETER.test(path) ? [...OF_REQUESTS, ...OF_PARAMETERS] : OF_REQUESTS;
}

function ofBody(path: string): number[] {
  return SIGNED.test(path) ? OF_SIGNED_BODIES : OF_BODIES;
}

function answersProblems({ responses }: Operation): boolean {
  return Object.values(responses).some(
    (response) => response !== undefined && 'content' in response && PROBLEM_TYPE in (response.content ?? {}),
  );
}
