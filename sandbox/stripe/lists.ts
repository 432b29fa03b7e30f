import { type Form, formAt, listAt, textAt } from './form.ts';
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

interface ListOptions<Item> {
  url: string;
  kind: string;
  /** Fields that have to be the text asked for. */
  filters: readonly (keyof Item & string)[];
  /** Times beside `created` that can be bounded like it. */
  times?: readonly (keyof Item & string)[];
}

/**
 * One page of a list, newest first: `limit` (10, at most 100), `starting_after`, `ending_before`, `created`,
 * and the named `filters`, each an exact match on the field of its name. A parameter that is none of these is
 * refused. Pure.
 */
export function listPage<Item extends Listed>(
  items: readonly Item[],
  query: Form,
  { url, kind, filters, times = [] }: ListOptions<Item>,
): StripeList<Item> {
  const known = new Set<string>([
    'limit',
    'starting_after',
    'ending_before',
    'created',
    'expand',
    ...filters,
    ...times,
  ]);
  const unknown = Object.keys(query).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new StripeError(`Received unknown parameter: ${unknown}`, {
      code: 'parameter_unknown',
      param: unknown,
    });
  const wanted = items
    .filter((item) =>
      ['created' as const, ...times].every((name) => isWithin(query, name, Number(item[name]))),
    )
    .filter((item) =>
      filters.every((name) => {
        const value = textAt(query, name);
        return value === undefined || String(item[name]) === value;
      }),
    )
    .toReversed();
  const limit = limitOf(query);
  const [after, before] = [textAt(query, 'starting_after'), textAt(query, 'ending_before')];
  if (after !== undefined && before !== undefined)
    throw invalid(
      'starting_after',
      'You may only specify one of these parameters: starting_after, ending_before.',
    );
  const cursor = after ?? before;
  const at = cursor === undefined ? -1 : wanted.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && at < 0)
    throw noSuch(kind, cursor, after === undefined ? 'ending_before' : 'starting_after');
  const rest = before === undefined ? wanted.slice(at + 1) : wanted.slice(0, at);
  const data = before === undefined ? rest.slice(0, limit) : rest.slice(-limit);
  return { object: 'list', data, has_more: rest.length > data.length, url };
}

/** The paths of `expand[]`. */
export function expandPathsOf(query: Form): string[] {
  return listAt(query, 'expand').filter((item) => typeof item === 'string');
}
