import { type Form, formAt, listAt, textAt } from './form.ts';
import { checkKnown } from './parameters.ts';
import { StripeError, invalid, noSuch } from './stripe-error.ts';

const LIMIT_DEFAULT = 10;
const LIMIT_MAX = 100;

interface Listed {
  id: string;
  created: number;
}

export interface StripeList<Item> {
  object: 'list';
  data: Item[];
  has_more: boolean;
  url: string;
}

function limitOf(query: Form): number {
  const text = textAt(query, 'limit') ?? String(LIMIT_DEFAULT);
  if (!/^-?\d+$/.test(text))
    throw new StripeError(`Invalid integer: ${text}`, { code: 'parameter_invalid_integer', param: 'limit' });
  if (Number(text) < 1 || Number(text) > LIMIT_MAX)
    throw new StripeError(`This value must be greater than or equal to 1 and no more than ${LIMIT_MAX}.`, {
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
  return Number(text);
}

/** `created=1700000000`, or `created[gte]`, `[gt]`, `[lte]`, `[lt]`, in epoch seconds; of other times the same. */
function isWithin(query: Form, field: string, time: number): boolean {
  const exact = textAt(query, field);
  if (exact !== undefined) return time === Number(exact);
  const bounds = formAt(query, field);
  const bound = (name: string): number | undefined => {
    const text = textAt(bounds, name);
    if (text !== undefined && !/^\d+$/.test(text))
      throw new StripeError(`Invalid integer: ${text}`, {
        code: 'parameter_invalid_integer',
        param: `${field}[${name}]`,
      });
    return text === undefined ? undefined : Number(text);
  };
  return (
    time >= (bound('gte') ?? -Infinity) &&
    time > (bound('gt') ?? -Infinity) &&
    time <= (bound('lte') ?? Infinity) &&
    time < (bound('lt') ?? Infinity)
  );
}

const CURSORS = ['limit', 'starting_after', 'ending_before', 'expand'];

interface ListOptions {
  url: string;
  kind: string;
  /** Paths of what has to be the text asked for: `customer_details.email`, asked `customer_details[email]=…`. */
  filters: readonly string[];
  /** Times beside `created` that can be bounded like it. */
  times?: readonly string[];
}

/** What an object has under a path, as text; undefined where it has nothing there. */
function textIn(item: object, path: readonly string[]): string | undefined {
  let value: unknown = item;
  for (const name of path)
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** One page of what was found, in its order: `limit` (10, at most 100), `starting_after` and `ending_before`. Pure. */
export function pageOf<Item extends { id: string }>(
  found: readonly Item[],
  query: Form,
  { url, kind }: Pick<ListOptions, 'url' | 'kind'>,
): StripeList<Item> {
  const limit = limitOf(query);
  const [after, before] = [textAt(query, 'starting_after'), textAt(query, 'ending_before')];
  if (after !== undefined && before !== undefined)
    throw invalid(
      'starting_after',
      'You may only specify one of these parameters: starting_after, ending_before.',
    );
  const cursor = after ?? before;
  const at = cursor === undefined ? -1 : found.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && at < 0)
    throw noSuch(kind, cursor, after === undefined ? 'ending_before' : 'starting_after');
  const rest = before === undefined ? found.slice(at + 1) : found.slice(0, at);
  const data = before === undefined ? rest.slice(0, limit) : rest.slice(-limit);
  return { object: 'list', data, has_more: rest.length > data.length, url };
}

/** A page of a list that can be asked for by nothing but where it begins and ends. Pure. */
export function plainPage<Item extends { id: string }>(
  items: readonly Item[],
  query: Form,
  options: Pick<ListOptions, 'url' | 'kind'>,
): StripeList<Item> {
  checkKnown(query, new Set(CURSORS));
  return pageOf(items, query, options);
}

/**
 * One page of a list, newest first: `limit`, `starting_after`, `ending_before`, `created`, and the named `filters`,
 * each an exact match on what is under its path. A parameter that is none of these is refused. Pure.
 */
export function listPage<Item extends Listed>(
  items: readonly Item[],
  query: Form,
  { url, kind, filters, times = [] }: ListOptions,
): StripeList<Item> {
  const paths = filters.map((filter) => filter.split('.'));
  checkKnown(query, new Set([...CURSORS, 'created', ...paths.map(([first]) => first!), ...times]));
  const wanted = items
    .filter((item) =>
      ['created', ...times].every((name) => isWithin(query, name, Number(textIn(item, [name])))),
    )
    .filter((item) =>
      paths.every((path) => {
        const value = textAt(query, ...path);
        return value === undefined || textIn(item, path) === value;
      }),
    )
    .toReversed();
  return pageOf(wanted, query, { url, kind });
}

/** The paths of `expand[]`. */
export function expandPathsOf(query: Form): string[] {
  if (textAt(query, 'expand') !== undefined) throw invalid('expand', 'Invalid array');
  return listAt(query, 'expand').filter((item) => typeof item === 'string');
}
