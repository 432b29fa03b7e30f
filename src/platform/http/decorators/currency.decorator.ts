import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { isCurrency } from '../../money/currency.js';

const IS_CODE = /^[A-Z]{3}$/;

/** A currency by its ISO 4217 code, in either case. */
export const CurrencyCode = (): PropertyDecorator => currencyProperty(isCurrency);

/** Three letters, in either case; whether it is a currency that can be had is asked where it is taken. */
export const CurrencyLetters = (): PropertyDecorator =>
  currencyProperty((value) => typeof value === 'string' && IS_CODE.test(value));

function currencyProperty(validate: (value: unknown) => boolean): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ pattern: '^[A-Za-z]{3}$' }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.trim().toUpperCase() : value,
    ),
    ValidateBy({
      name: 'currency',
      validator: {
        validate,
        defaultMessage: () => '$property must be a currency of ISO 4217, such as USD',
      },
    }),
  );
}
