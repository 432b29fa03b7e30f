import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { DomainError } from '../../errors/domain-error.js';
import { QueryNumber } from '../decorators/query.decorator.js';

/** Which part of a list is asked for. */
export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @QueryNumber()
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** The id after which the page starts; undefined for the first. A cursor that is not ours answers 400. */
export function afterId(query: PageQuery): number | undefined {
  if (query.cursor === undefined) return undefined;
  const match = /^id:(\d{1,15})$/.exec(Buffer.from(query.cursor, 'base64url').toString());
  if (!match) {
    throw new DomainError(
      'bad_request',
      'malformed_cursor',
      'Use next_cursor of the page before, unchanged.',
    );
  }
  return Number(match[1]);
}

/** Cuts rows fetched with `limit + 1` into a page; the extra row only tells that there is more. */
export function pageOf<Row extends { id: number }, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(view),
    next_cursor: last ? Buffer.from(`id:${last.id}`).toString('base64url') : null,
  };
}

/** Documents a list answer `{items, next_cursor}` of this view. */
export function ApiPageResponse(item: Class): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(item),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['items', 'next_cursor'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(item) } },
          next_cursor: { type: 'string', nullable: true, example: 'aWQ6NTA' },
        },
      },
    }),
  );
}
