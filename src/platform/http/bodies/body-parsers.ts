import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../errors/domain-error.js';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { shapeProblem } from './json-shape.js';
import { formFields, namesOtherCharset, utf8Text } from './body-text.js';

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Routes that a page of ours sends a form to. */
const FORMS = /^\/(auth|portal|qbo\/oauth|qbo\/status\/page|inbox\/page)\//;

/**
 * Reads JSON and form bodies as UTF-8, with or without a byte order mark. Bytes that are not UTF-8, and a charset
 * that is named and is another one, are refused with 400: a letter that was read wrongly can never be brought back.
 * Forms are read where pages send them; any other body that is not JSON, or is compressed, is refused with 415, and
 * one that is nested or has fields without end with 400. Bodies of webhooks are not read here but taken as bytes
 * (`signed-body.ts`).
 */
export function readBodiesAsUtf8(app: NestFastifyApplication, bodyLimit: number): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser('*', refuseUnlessEmpty);
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  app.useBodyParser(JSON_TYPE, { bodyLimit }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const text = textIn(request.headers, body);
    const problem = shapeProblem(text);
    if (problem !== null) throw new DomainError('bad_request', 'body_too_complex', problem);
    void parseJson(request as FastifyRequest, text, done);
  });
  app.useBodyParser(FORM_TYPE, { bodyLimit }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const { url } = (request as FastifyRequest).routeOptions;
    if (!FORMS.test(url ?? '')) throw notJson();
    const fields = formFields(textIn(request.headers, body));
    if (!fields) throw notUtf8();
    if (Object.values(fields).some((value) => value.includes('\0'))) throw holdsNul();
    done(null, fields);
  });
}

/** Reads no more of a body that is of no type we take than its first bytes. */
function refuseUnlessEmpty(
  _request: FastifyRequest,
  payload: IncomingMessage,
  done: (error: Error | null) => void,
): void {
  payload.once('data', () => {
    payload.pause();
    done(notJson());
  });
  payload.once('end', () => done(null));
  payload.once('error', done);
}

function notJson(): UnsupportedMediaTypeException {
  return new UnsupportedMediaTypeException('Send the body as application/json.');
}

function textIn(headers: IncomingHttpHeaders, body: Buffer): string {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new UnsupportedMediaTypeException('Send the body as it is, without Content-Encoding.');
  }
  const text = namesOtherCharset(headers['content-type']) ? null : utf8Text(body);
  if (text === null) throw notUtf8();
  return text;
}

/** No text holds it, and PostgreSQL takes none. */
function holdsNul(): DomainError {
  return new DomainError('bad_request', 'malformed_form', 'A field holds the character 0. Leave it out.');
}

function notUtf8(): DomainError {
  return new DomainError(
    'bad_request',
    'body_not_utf8',
    'The body is not UTF-8. Send it as UTF-8, with no charset named or charset=utf-8.',
  );
}
