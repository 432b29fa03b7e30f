/** What a field holds: text, yes/no, number, day, instant, reference, complex value, rows, one of a list. */
export type FieldKind = 'text' | 'flag' | 'number' | 'day' | 'instant' | 'ref' | 'part' | 'rows' | 'enum';

export interface Field {
  name: string;
  kind: FieldKind;
  /** Longest text accepted; of a phone, longest number. */
  max?: number;
  /** Spellings accepted, for an enum. */
  values?: readonly string[];
  /** Set by the server; ignored when sent. */
  readOnly: boolean;
  /** May stand in WHERE and ORDERBY. */
  queryable: boolean;
}

interface Options {
  max?: number;
  readOnly?: boolean;
  /**
   * Text, flags, numbers, days, instants and enums are queryable unless this is false; all else only when it
   * is true.
   */
  queryable?: boolean;
}

type Declared = Omit<Field, 'name'>;
/** Fields of an entity, or a part of them, by name. */
export type FieldTable = Readonly<Record<string, Declared>>;

const declare =
  (kind: FieldKind, queryable: boolean) =>
  (options: Options = {}): Declared => ({ kind, readOnly: false, queryable, ...options });

export const text = declare('text', true);
export const flag = declare('flag', true);
export const number = declare('number', true);
export const day = declare('day', true);
export const instant = declare('instant', true);
/** A reference such as `{"value": "58"}`. */
export const ref = declare('ref', false);
/** A complex value: an address, an e-mail address, a linked detail. */
export const part = declare('part', false);
/** A list of complex values: lines, links. */
export const rows = declare('rows', false);

/** Text out of a list. */
export function oneOf(values: readonly string[], options: Options = {}): Declared {
  return { ...declare('enum', true)(options), values };
}

/** The tables laid together, each field with its name. A later table wins. */
export function fieldsOf(...tables: readonly FieldTable[]): Map<string, Field> {
  const declared = tables.flatMap((table) => Object.entries(table));
  return new Map(declared.map(([name, field]) => [name, { name, ...field }]));
}
