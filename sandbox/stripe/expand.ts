import { StripeError } from './stripe-error.ts';

/** Levels of `expand[]` Stripe follows. */
const DEPTH_MAX = 4;

type Resolve = (id: string) => object | undefined;

function expandedAt(value: unknown, path: readonly string[], whole: string, resolve: Resolve): unknown {
  if (Array.isArray(value)) return value.map((one) => expandedAt(one, path, whole, resolve));
  const target = typeof value === 'string' ? (resolve(value) ?? value) : value;
  const [name, ...rest] = path;
  if (name === undefined || target === null || target === undefined) return target;
  if (typeof target !== 'object' || !(name in target))
    throw new StripeError(`This property cannot be expanded (${whole}).`, { param: 'expand' });
  const inner = (target as Record<string, unknown>)[name];
  return { ...target, [name]: expandedAt(inner, rest, whole, resolve) };
}

/**
 * The object with the ids at these paths replaced by what they stand for: `payment_intent.latest_charge`.
 * Pure.
 */
export function expanded(object: object, paths: readonly string[], resolve: Resolve): object {
  return paths.reduce<object>((copy, path) => {
    const parts = path.split('.');
    if (parts.length > DEPTH_MAX)
      throw new StripeError(`You cannot expand more than ${DEPTH_MAX} levels of a property.`, {
        param: 'expand',
      });
    return expandedAt(copy, parts, path, resolve) as object;
  }, object);
}
