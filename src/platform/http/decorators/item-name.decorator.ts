import { applyDecorators } from '@nestjs/common';
import { Matches } from 'class-validator';
import { OneLine } from './text.decorator.js';

export const ITEM_NAME_LENGTH_MAX = 100;

/** The name of a product or service that QuickBooks takes. */
export const ItemName = (): PropertyDecorator =>
  applyDecorators(
    OneLine(ITEM_NAME_LENGTH_MAX),
    Matches(/^[^:]*$/, {
      message: '$property must not hold a colon: QuickBooks separates categories with it',
    }),
  );
