import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemOf } from '../../platform/errors/problem.js';
import { ProblemView } from '../../platform/http/problem.dto.js';
import { STEP_UP_CODE, STEP_UP_DETAIL } from './step-up-refusal.js';

export const STEP_UP = 'auth:step-up';

/** How /openapi.json marks such a route. */
export const STEP_UP_EXTENSION = 'x-step-up';

const REFUSED =
  'Your role does not allow this; or, with the code `reauthentication_required`, you last proved who you are ' +
  'more than 15 minutes ago: call POST /auth/confirm, then send the same again.';

/**
 * Wants a sign-in or confirmation of the last 15 minutes: for routes that give money back, hand over the organisation,
 * or cannot be undone. Whoever got hold of a session alone does none of it. Stands above `@Allow(roles)`.
 */
export const StepUp = (): MethodDecorator =>
  applyDecorators(SetMetadata(STEP_UP, true), ApiExtension(STEP_UP_EXTENSION, true), refusedFor(REFUSED));

/** Says of a route that a part of what it does wants the same: its own code asks for it. Stands as `@StepUp()` does. */
export const StepUpWhere = (part: string): MethodDecorator =>
  refusedFor(`${REFUSED} Asked of ${part} alone.`);

function refusedFor(description: string): MethodDecorator {
  return ApiResponse({
    status: 403,
    description,
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(ProblemView) },
        example: problemOf(403, STEP_UP_CODE, STEP_UP_DETAIL),
      },
    },
  });
}
