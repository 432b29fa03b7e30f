import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/internal';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { refuseFields } from '../../errors/validation.pipe.js';

/** What pages send, also where only their buttons count. */
const FORM = /^application\/x-www-form-urlencoded\b/i;

/**
 * Refuses what is sent to a route that takes no body as a route with a body refuses fields it does not know: whoever
 * asks for a part of something must not get all of it because nobody read what they asked. Nothing, `{}`, `[]`, `""`
 * and `null` are no body. It comes after the guards, as the validation of bodies does.
 */
export class BodilessRoutes implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const isJson = body !== undefined && body !== null && !Buffer.isBuffer(body);
    if (isJson && !FORM.test(headers['content-type'] ?? '') && !takesBody(context))
      refuseFields(namesIn(body));
    return next.handle();
  }
}

/** Whether a parameter of the handler is the body, or a field of it. */
function takesBody(context: ExecutionContext): boolean {
  const handler = context.getHandler().name;
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler) as
    | object
    | undefined;
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.BODY}:`));
}

/** A list or a single value has no fields that could be named; an empty one is how some write that there are none. */
function namesIn(body: unknown): string[] {
  if (body === '' || (Array.isArray(body) && body.length === 0)) return [];
  return typeof body === 'object' && !Array.isArray(body) ? Object.keys(body!) : ['body'];
}
