import { Column, type ColumnOptions } from 'typeorm';

const integer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => {
    if (value === null) return null;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`${value} does not fit a safe integer`);
    return number;
  },
};

/** Money: `bigint` hundredths of the currency unit, a safe integer in TypeScript. */
export function CentsColumn(options: ColumnOptions & { name: string }): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: integer });
}

/** A `bigint` that counts or versions something. */
export function BigIntColumn(options: ColumnOptions & { name: string }): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: integer });
}
