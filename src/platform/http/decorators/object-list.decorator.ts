import { applyDecorators } from '@nestjs/common';
import { Type as TypeOf } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateBy, ValidateNested } from 'class-validator';

/** What is no object at all is told of by the nested check, at its place. */
const NO_LIST = {
  name: 'isNoList',
  validator: {
    validate: (value: unknown): boolean => !Array.isArray(value),
    defaultMessage: (): string => 'each value in $property must be an object',
  },
};

/**
 * A list of objects of one class, each valid by itself; at most `max`. A list within the list is refused: to the nested
 * check alone it would be a valid one with nothing in it.
 */
export function ObjectList(item: () => new () => object, max: number): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(max),
    ValidateBy(NO_LIST, { each: true }),
    ValidateNested({ each: true }),
    TypeOf(item),
  );
}
