import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isCurrency } from '../money/currency.js';

/** A currency by its ISO 4217 code, in either case. */
export const CurrencyCode = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().toUpperCase() : value,
    ),
    ValidateBy({
      name: 'currency',
      validator: {
        validate: isCurrency,
        defaultMessage: () => '$property must be a currency of ISO 4217, such as USD',
      },
    }),
  );
