import { type ArgumentMetadata, ValidationPipe, type ValidationError } from '@nestjs/common';
import { cutText } from '../text/cut-text.js';
import { type FieldError, invalid } from './domain-error.js';

/** The validator's own rule for fields that no DTO has. */
const UNKNOWN = 'whitelistValidation';

/** As many as a person mends at once; an answer is not to be larger than what was sent. */
const ERRORS_MAX = 50;
const ERROR_LENGTH_MAX = 300;

/**
 * Rules about whether a field is there, and what it holds. While one is broken the others, such as a smallest number,
 * mean nothing: those of the members of a list, while it is no list.
 */
const KINDS = ['isGiven', 'isArray', 'isString', 'isInt', 'isNumber', 'decimal', 'isBoolean', 'isObject'];

/**
 * Bodies and queries against their DTO: unknown fields are refused, every bad field is named, one of the wrong kind
 * once. Answers 422. What stands in a path or a query by itself stays the text it is: `0x1` and `1e0` are no ids.
 */
export function requestValidation(): ValidationPipe {
  return new RequestValidationPipe({
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

class RequestValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isSent = metadata.type === 'body' || metadata.type === 'query';
    refuseFields(isSent ? inheritedNames(value, '') : []);
    return super.transform(value, metadata);
  }

  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

/** Throws a 422 that says of each of these that nothing here knows it; without any, does nothing. */
export function refuseFields(fields: readonly string[]): void {
  if (fields.length === 0) return;
  throw invalid(
    fields
      .slice(0, ERRORS_MAX)
      .map((field) => ({ field, message: unknownField(field) }))
      .map(cut),
  );
}

/**
 * The fields named like what every object has, such as `toString`, wherever they lie. The validator takes them for
 * known ones: it looks fields up in an object that has them.
 */
function inheritedNames(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const field = path ? `${path}.${name}` : name;
    return name in Object.prototype ? [field] : inheritedNames(inner, field);
  });
}

function unknownField(field: string): string {
  return `${field} is not known here. Check how it is written, or leave it out.`;
}

function cut({ field, message }: FieldError): FieldError {
  return { field: cutText(field, ERROR_LENGTH_MAX, '…'), message: cutText(message, ERROR_LENGTH_MAX, '…') };
}

function fieldErrors(error: ValidationError, parent: string): FieldError[] {
  const field = parent ? `${parent}.${error.property}` : error.property;
  const own = messagesOf(error.constraints ?? {}, field).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, field))];
}

/** By rule, what is wrong with a field. */
function messagesOf(broken: Readonly<Record<string, string>>, field: string): string[] {
  if (broken[UNKNOWN] !== undefined) return [unknownField(field)];
  const kind = KINDS.find((rule) => broken[rule] !== undefined);
  return kind === undefined ? Object.values(broken) : [broken[kind]!];
}
