import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { plainNumber } from '../../text/plain-number.js';
import { BodyId } from './body-id.decorator.js';
import { OneLine } from './text.decorator.js';

const SEARCH_LENGTH_MAX = 100;

/** A number in a query string; text that is none as usually written stays, and the rules of the field refuse it. */
export const QueryNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (plainNumber(value) ?? value) : value,
  );

/** An id in a query string, if it is there: whole and positive, such as a row can have. */
export const QueryId = (): PropertyDecorator => applyDecorators(IsOptional(), QueryNumber(), BodyId());

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
