import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { cutText } from '../text/cut-text.js';
import { DomainError, type FieldError } from './domain-error.js';

/** As many as a person mends at once; an answer is not to be larger than what was sent. */
const ERRORS_MAX = 50;
const ERROR_LENGTH_MAX = 300;

/**
 * Bodies and queries against their DTO: unknown fields are refused, every bad field is named. Answers 422.
 */
export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: false,
    exceptionFactory: (errors) =>
      invalid(
        errors
          .flatMap((error) => fieldErrors(error, ''))
          .slice(0, ERRORS_MAX)
          .map(cut),
      ),
  });
}

/** A 422 that names each bad field. */
export function invalid(fields: FieldError[]): DomainError {
  const names = [...new Set(fields.map((field) => field.field))].join(', ');
  return new DomainError('invalid', 'validation_failed', `These fields need attention: ${names}.`, fields);
}

function cut({ field, message }: FieldError): FieldError {
  return { field: cutText(field, ERROR_LENGTH_MAX, '…'), message: cutText(message, ERROR_LENGTH_MAX, '…') };
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}
