import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SQLSTATE, sqlStateOf } from '../database/failures/sqlstate.js';
import { isDatabaseUnavailable } from '../database/failures/unavailable.js';
import { correlation } from '../correlation/correlation.js';
import { LogDamper } from '../logging/log-damper.js';
import { signedBodyMax } from '../http/bodies/signed-body.js';
import { DATABASE_RETRY_SECONDS, DATABASE_UNAVAILABLE, databaseUnavailable } from './database-unavailable.js';
import { DomainError, type DomainErrorKind, type ErrorHints } from './domain-error.js';
import { type Problem, problemOf } from './problem.js';
import { refusalWords } from './refusal-words.js';
import { VendorError } from './vendor-error.js';

const STATUS: Record<DomainErrorKind, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  invalid: 422,
  too_many_requests: 429,
  unavailable: 503,
};

const HTTP_CODES: Record<number, string> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'route_not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'not_available',
};

const RECORDS_BUSY = 'records_busy';
/** PostgreSQL gave up one of those that wait for each other, or who waited too long; what was asked for is undone. */
const BUSY_SQLSTATES: readonly string[] = [
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.lockNotAvailable,
];
const RETRY_SECONDS: Readonly<Record<string, number>> = {
  [DATABASE_UNAVAILABLE]: DATABASE_RETRY_SECONDS,
  [RECORDS_BUSY]: 1,
};
/** When a vendor can be asked again that did not say when: one that is away for longer says so again. */
const VENDOR_RETRY_SECONDS = 10;

/** The one place where an exception becomes an answer. Bugs are logged once with their stack and shown without it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);
  private readonly damper = new LogDamper();

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problemFor(exception, request);
    const work = correlation();
    if (work) work.problem = problem.code;
    if (problem.status >= 500) this.log(exception, problem);
    if (reply.sent) return;
    const hints = hintsOf(exception, problem);
    if (hints.leadsTo !== undefined) {
      void reply.redirect(hints.leadsTo, request.method === 'GET' ? 302 : 303);
      return;
    }
    if (hints.retryAfterSeconds !== undefined) reply.header('retry-after', hints.retryAfterSeconds);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    this.send(request, reply, problem);
  }

  protected send(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send({ ...problem, request_id: request.id });
  }

  /**
   * A database that is away fails every request alike, and so does what is not set up: logged once in a while, with a
   * count, and the latter as the sentence that says what to do.
   */
  private log(exception: unknown, problem: Problem): void {
    if (exception instanceof DomainError && problem.code !== DATABASE_UNAVAILABLE) {
      const withheld = this.damper.admit(problem.code);
      if (withheld === null) return;
      return this.logger.warn(
        { code: problem.code, withheld },
        `Requests are answered with 503: ${problem.detail}`,
      );
    }
    if (problem.code !== DATABASE_UNAVAILABLE)
      return this.logger.error({ err: exception }, 'A request failed');
    const withheld = this.damper.admit(problem.code);
    if (withheld === null) return;
    this.logger.error({ err: exception, withheld }, 'The database is away; requests are answered with 503');
  }

  private problemFor(exception: unknown, request: FastifyRequest): Problem {
    if (exception instanceof DomainError) {
      return problemOf(STATUS[exception.kind], exception.code, exception.message, exception.fields);
    }
    if (exception instanceof VendorError) {
      return problemOf(exception.facts.status, exception.facts.code, exception.message);
    }
    if (exception instanceof HttpException) {
      return serversRefusal(exception, exception.getStatus(), request);
    }
    if (isDatabaseUnavailable(exception)) return this.problemFor(databaseUnavailable(), request);
    if (BUSY_SQLSTATES.includes(sqlStateOf(exception) ?? '')) {
      return problemOf(
        503,
        RECORDS_BUSY,
        'Others are changing the same records at this moment, and nothing was changed. Try again.',
      );
    }
    const status = clientErrorStatus(exception);
    if (status) return serversRefusal(exception as Error, status, request);
    return problemOf(
      500,
      'internal_error',
      'Something went wrong on our side. Quote the request id to support.',
    );
  }
}

/** What the server or its router refuses. Nest hands a refusal of Fastify on as its cause. */
function serversRefusal(error: Error, status: number, request: FastifyRequest): Problem {
  const { code } = (error.cause ?? error) as { code?: unknown };
  const refusal = { status, message: error.message, code, bodyMax: signedBodyMax(request) };
  const detail = refusalWords(refusal, request);
  return problemOf(status, HTTP_CODES[status] ?? `http_${status}`, detail);
}

function hintsOf(exception: unknown, problem: Problem): ErrorHints {
  if (exception instanceof DomainError) return exception.hints;
  if (exception instanceof VendorError) {
    const { status, retryAfterSeconds } = exception.facts;
    return { retryAfterSeconds: retryAfterSeconds ?? (status === 503 ? VENDOR_RETRY_SECONDS : undefined) };
  }
  return { retryAfterSeconds: RETRY_SECONDS[problem.code] };
}

/** Fastify's own refusals (body too large, bad JSON, unknown media type) carry a 4xx statusCode. */
function clientErrorStatus(exception: unknown): number | undefined {
  if (!(exception instanceof Error) || !('statusCode' in exception)) return undefined;
  const status = exception.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
