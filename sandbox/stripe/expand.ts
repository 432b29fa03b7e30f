import { StripeError } from './stripe-error.ts';

/** Levels of `expand[]` Stripe follows. */
const DEPTH_MAX = 4;

/** What can be put in the place of an id, and what an object has only where it is asked for by name. */
export interface Expansion {
  byId(id: string): object | undefined;
  partOf(object: object, name: string): object | undefined;
}

function fieldOf(object: object, name: string, expansion: Expansion): unknown {
  return name in object ? (object as Record<string, unknown>)[name] : expansion.partOf(object, name);
}

function expandedAt(value: unknown, path: readonly string[], whole: string, expansion: Expansion): unknown {
  if (Array.isArray(value)) return value.map((one) => expandedAt(one, path, whole, expansion));
  const target = typeof value === 'string' ? (expansion.byId(value) ?? value) : value;
  const [name, ...rest] = path;
  if (name === undefined || target === null || target === undefined) return target;
  const inner = typeof target === 'object' ? fieldOf(target, name, expansion) : undefined;
  if (inner === undefined)
    throw new StripeError(`This property cannot be expanded (${whole}).`, { param: 'expand' });
  return { ...target, [name]: expandedAt(inner, rest, whole, expansion) };
}

/**
 * The object with the ids at these paths replaced by what they stand for, `payment_intent.latest_charge`, and with
 * the parts that stand there only where asked for, `line_items`. Pure.
 */
export function expanded(object: object, paths: readonly string[], expansion: Expansion): object {
  return paths.reduce<object>((copy, path) => {
    const parts = path.split('.');
    if (parts.length > DEPTH_MAX)
      throw new StripeError(`You cannot expand more than ${DEPTH_MAX} levels of a property.`, {
        param: 'expand',
      });
    return expandedAt(copy, parts, path, expansion) as object;
  }, object);
}
