import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { invalid } from '../../errors/domain-error.js';

const HEADER = 'Idempotency-Key';
const KEY = /^[!-~]{1,255}$/;

/**
 * The key under which a client asks again for what it may have had already. Undefined where it sent none; throws
 * `invalid` for one that is empty, too long, or not of visible characters of ASCII.
 */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const key = headers[HEADER.toLowerCase()];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw invalid([{ field: HEADER, message: `${HEADER} must be 1 to 255 visible characters of ASCII` }]);
});

/** Describes the header of a route that heeds it. */
export const ApiIdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: HEADER,
    required: false,
    description:
      'Chosen by the client, 1 to 255 visible characters: asked again under it, nothing is done twice',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: KEY.source },
  });
