import { queryInvalid } from '../fault.ts';
import type { Switches } from '../../switches.ts';
import { type Token, encountered, tokensOf } from './tokens.ts';

export type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=' | 'IN' | 'LIKE';

export interface Condition {
  property: string;
  operator: Operator;
  /** One value, or the list of an IN. */
  values: string[];
}

export interface Query {
  entity: string;
  counts: boolean;
  /** The projection; empty for `*`. */
  properties: string[];
  conditions: Condition[];
  order: { property: string; descends: boolean }[];
  startPosition: number;
  maxResults: number;
}

const ROWS_BY_DEFAULT = 100;

/** Reads tokens one by one; every step either takes what it expects or complains as QBO's parser does. */
class Reader {
  readonly #tokens: Token[];
  #next = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#next]!;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  /** Takes the keyword or symbol if it comes next, in any case. */
  skip(text: string): boolean {
    const token = this.peek();
    const isThere = token.kind !== 'string' && token.text.toUpperCase() === text;
    if (isThere) this.#next += 1;
    return isThere;
  }

  expect(text: string): void {
    if (!this.skip(text)) throw encountered(this.peek());
  }

  word(): string {
    const token = this.take();
    if (token.kind !== 'word') throw encountered(token);
    return token.text;
  }

  /** A value: quoted text, or bare true, false or number. */
  value(): string {
    const token = this.take();
    const isWord = token.kind === 'word' && /^(true|false)$/i.test(token.text);
    if (token.kind !== 'string' && token.kind !== 'number' && !isWord) throw encountered(token);
    return token.text;
  }

  count(): number {
    const token = this.take();
    if (token.kind !== 'number' || !/^-?\d+$/.test(token.text)) throw encountered(token);
    return Number(token.text);
  }
}

function list<T>(reader: Reader, read: () => T): T[] {
  const items = [read()];
  while (reader.skip(',')) items.push(read());
  return items;
}

/** A property, or all of a part, `Line.*`, which says no more than its name does. */
function selected(reader: Reader): string {
  const name = reader.word();
  if (!name.endsWith('.')) return name;
  reader.expect('*');
  return name.slice(0, -1);
}

function projection(reader: Reader): Pick<Query, 'counts' | 'properties'> {
  if (reader.skip('*')) {
    // `SELECT *, Sku FROM Item`, `SELECT *, Line.* FROM Invoice`: everything, and so what is named besides.
    while (reader.skip(',')) selected(reader);
    return { counts: false, properties: [] };
  }
  if (reader.skip('COUNT')) {
    for (const symbol of ['(', '*', ')']) reader.expect(symbol);
    return { counts: true, properties: [] };
  }
  return { counts: false, properties: list(reader, () => selected(reader)) };
}

function condition(reader: Reader, bareNumbers: Switches['bareNumbers']): Condition {
  const property = reader.word();
  const token = reader.take();
  const operator = token.kind === 'string' ? '' : token.text.toUpperCase();
  if (operator === 'IN') {
    reader.expect('(');
    const values = list(reader, () => reader.value());
    reader.expect(')');
    return { property, operator, values };
  }
  if (operator === 'LIKE') return { property, operator, values: [reader.value()] };
  if (!['=', '!=', '<>', '<', '>', '<=', '>='].includes(operator)) throw encountered(token);
  // A bare number after an ordering sign is a parse error upstream, at the sign, unless the switch says otherwise.
  if (bareNumbers === 'refuse' && /^[<>]=?$/.test(operator) && reader.peek().kind === 'number')
    throw encountered(token);
  return { property, operator: operator === '<>' ? '!=' : (operator as Operator), values: [reader.value()] };
}

function conditions(reader: Reader, bareNumbers: Switches['bareNumbers']): Condition[] {
  if (!reader.skip('WHERE')) return [];
  const all = [condition(reader, bareNumbers)];
  while (reader.skip('AND')) all.push(condition(reader, bareNumbers));
  return all;
}

function ordering(reader: Reader): Query['order'] {
  return list(reader, () => {
    const property = reader.word();
    const descends = reader.skip('DESC');
    if (!descends) reader.skip('ASC');
    return { property, descends };
  });
}

function atLeastOne(count: number): number {
  if (count < 1) throw queryInvalid(`value ${count} is too small. Min allowed value is 1`);
  return count;
}

/**
 * Reads a statement of QBO's query language: SELECT … FROM … [WHERE … AND …] [ORDERBY …] [STARTPOSITION n]
 * [MAXRESULTS n], keywords in any case, the tail in any order. There is no OR, no JOIN and no GROUP BY.
 */
export function parseQuery(statement: string, bareNumbers: Switches['bareNumbers'] = 'refuse'): Query {
  const reader = new Reader(tokensOf(statement));
  reader.expect('SELECT');
  const asked = projection(reader);
  reader.expect('FROM');
  const entity = reader.word();
  const query: Query = {
    entity,
    ...asked,
    conditions: conditions(reader, bareNumbers),
    order: [],
    startPosition: 1,
    maxResults: ROWS_BY_DEFAULT,
  };
  while (reader.peek().kind !== 'end') {
    if (reader.skip('ORDERBY')) query.order = ordering(reader);
    else if (reader.skip('ORDER')) {
      reader.expect('BY');
      query.order = ordering(reader);
    } else if (reader.skip('STARTPOSITION')) query.startPosition = atLeastOne(reader.count());
    else if (reader.skip('MAXRESULTS')) query.maxResults = atLeastOne(reader.count());
    else throw encountered(reader.peek());
  }
  return query;
}
