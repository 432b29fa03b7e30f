import { ValidateBy } from 'class-validator';

/** A finite number of at most so many decimal places, however it was written: `1e-9` has nine. */
export function Decimal(places: number): PropertyDecorator {
  return ValidateBy({
    name: 'decimal',
    validator: {
      validate: (value: unknown) =>
        Number.isFinite(value) && Number((value as number).toFixed(places)) === value,
      defaultMessage: () => `$property must be a number with at most ${places} decimal places`,
    },
  });
}
