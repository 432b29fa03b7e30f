import { applyDecorators } from '@nestjs/common';
import { Type as TypeOf } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, ValidateNested } from 'class-validator';

/**
 * A list of objects of one class, each valid by itself; at most `max`. A list within the list is refused: to the nested
 * check alone it would be a valid one with nothing in it.
 */
export function ObjectList(item: () => new () => object, max: number): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    TypeOf(item),
  );
}
