import { Column, type ColumnOptions, Generated, PrimaryColumn } from 'typeorm';

/** A `bigint` as the driver reads it, as a number. Throws RangeError where a number cannot hold it. */
export function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} does not fit a safe integer`);
  return number;
}

const integer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : safeInteger(value)),
};

const decimal = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** Money: `bigint` hundredths of the currency unit, a safe integer in TypeScript. */
export function CentsColumn(options: ColumnOptions & { name: string }): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: integer });
}

/** A `bigint` that counts or versions something. */
export function BigIntColumn(options: ColumnOptions & { name: string }): PropertyDecorator {
  return Column({ ...options, type: 'bigint', transformer: integer });
}

/** A `numeric` of at most 15 digits, which a number holds as it is written: quantities and percentages, never money. */
export function DecimalColumn(
  options: ColumnOptions & { name: string; precision: number; scale: number },
): PropertyDecorator {
  return Column({ ...options, type: 'numeric', transformer: decimal });
}

/** The generated `bigint` key of a table that grows by events. */
export function BigIdColumn(): PropertyDecorator {
  return (entity, property) => {
    PrimaryColumn({ name: 'id', type: 'bigint', transformer: integer })(entity, property);
    Generated('increment')(entity, property);
  };
}
