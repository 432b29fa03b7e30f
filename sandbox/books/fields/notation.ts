/** What a field holds: text, yes/no, number, day, instant, reference, complex value, rows, one of a list. */
export type FieldKind = 'text' | 'flag' | 'number' | 'day' | 'instant' | 'ref' | 'part' | 'rows' | 'enum';

export interface Field {
  name: string;
  kind: FieldKind;
  /** Longest text accepted. */
  max?: number;
  /** Spellings accepted, for an enum. */
  values?: readonly string[];
  /** Set by the server; ignored when sent. */
  readOnly: boolean;
  /** May stand in WHERE and ORDERBY. */
  queryable: boolean;
}

const KINDS: Record<string, FieldKind> = {
  t: 'text',
  b: 'flag',
  n: 'number',
  d: 'day',
  i: 'instant',
  r: 'ref',
  o: 'part',
  l: 'rows',
  e: 'enum',
};

const SCALARS = new Set<FieldKind>(['text', 'flag', 'number', 'day', 'instant', 'enum']);

function fieldOf(word: string): Field {
  const match = /^(\w+)([:!])([tbndiroel])(\d*)([+-]?)(?:=(.+))?$/.exec(word);
  if (!match) throw new Error(`Unreadable field: ${word}`);
  const [, name, mark, letter, max, query, values] = match;
  const kind = KINDS[letter!]!;
  return {
    name: name!,
    kind,
    ...(max ? { max: Number(max) } : {}),
    ...(values ? { values: values.split('|') } : {}),
    readOnly: mark === '!',
    queryable: query === '+' || (query !== '-' && SCALARS.has(kind)),
  };
}

/**
 * Reads a table of fields: `DocNumber:t21` is text of at most 21, `Balance!n` a number only the server sets,
 * `CustomerRef:r+` a reference one may filter by, `PrivateNote:t4000-` text one may not.
 * Scalars are queryable unless marked `-`, all else only when marked `+`.
 */
export function fieldsOf(...tables: string[]): Map<string, Field> {
  const fields = tables.flatMap((table) => table.trim().split(/\s+/)).map(fieldOf);
  return new Map(fields.map((field) => [field.name, field]));
}
