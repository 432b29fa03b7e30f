import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { ROW_ID_MAX } from '../database/row-id.js';
import { OneLine } from './text.decorator.js';

const SEARCH_LENGTH_MAX = 100;

/**
 * A number in a query string, as it is usually written: digits, perhaps a minus and a decimal point. Any other text,
 * such as `0x10`, `1e2` or nothing, stays the text it is, which the rules of the field refuse.
 */
export const QueryNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value,
  );

/** An id in a query string, if it is there: whole and positive, such as a row can have. */
export const QueryId = (): PropertyDecorator =>
  applyDecorators(IsOptional(), QueryNumber(), IsInt(), Min(1), Max(ROW_ID_MAX));

/** `true` or `false` in a query string, if it is there. */
export const QueryFlag = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      value === 'true' ? true : value === 'false' ? false : value,
    ),
    IsBoolean(),
  );

/** What is searched for, if anything is: a part of a text, in any case. */
export const SearchText = (): PropertyDecorator => applyDecorators(IsOptional(), OneLine(SEARCH_LENGTH_MAX));
