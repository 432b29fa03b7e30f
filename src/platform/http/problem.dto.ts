import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { type Problem, problemOf } from '../errors/problem.js';

class FieldErrorView {
  @ApiProperty({ example: 'lines.0.quantity' })
  field!: string;

  @ApiProperty({ example: 'quantity must be a positive number' })
  message!: string;
}

/** An error answer, RFC 9457. */
export class ProblemView {
  @ApiProperty({ example: 'https://peakpro.io/problems/customer-not-found' })
  type!: string;

  @ApiProperty({ example: 'Not found' })
  title!: string;

  @ApiProperty({ example: 404 })
  status!: number;

  @ApiProperty({ example: 'There is no customer 7.' })
  detail!: string;

  @ApiProperty({ example: 'customer_not_found', description: 'Stable, for programs' })
  code!: string;

  @ApiPropertyOptional({ example: '0d6f7c3a-8f0e-4f57-9f0e-1f6f5a5f2b7e' })
  request_id?: string;

  @ApiPropertyOptional({ type: [FieldErrorView] })
  errors?: FieldErrorView[];
}

/** The media type of an error answer. */
export const PROBLEM_TYPE = 'application/problem+json';

const MEANING: Record<number, [code: string, detail: string]> = {
  400: ['bad_request', 'The request cannot be understood.'],
  401: ['unauthenticated', 'Sign in first: send a bearer token from POST /auth/login.'],
  403: ['forbidden', 'Your role does not allow this.'],
  404: ['not_found', 'Not there, or not yours.'],
  409: ['conflict', 'The state of things does not allow this.'],
  413: ['body_too_large', 'The body is longer than 100 kB.'],
  414: ['address_too_long', 'A part of the address is too long.'],
  415: ['unsupported_media_type', 'Send the body as application/json.'],
  422: ['validation_failed', 'These fields need attention: email.'],
  429: ['too_many_requests', 'Wait as long as Retry-After says.'],
  431: ['headers_too_large', 'The headers of the request are too large.'],
  503: ['not_available', 'Not available at the moment.'],
};

interface ProblemResponse {
  description: string;
  content: Record<string, { schema: { $ref: string }; example: Problem }>;
}

/** How an error answer is described. */
export function problemResponse(status: number): ProblemResponse {
  const [code, detail] = MEANING[status]!;
  return {
    description: detail,
    content: {
      [PROBLEM_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemView) },
        example: problemOf(status, code, detail),
      },
    },
  };
}

/** Documents the error answers a route can give. */
export function ApiProblems(...statuses: number[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemView),
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
}
