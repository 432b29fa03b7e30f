import { type Body, partOf, rowsOf, textOf } from '../json.ts';
import type { Condition } from './parse.ts';

/**
 * Whether an Attachable is attached to something of that kind, or of that Id, in any case:
 * `AttachableRef.EntityRef.Type = 'invoice'`. Null for a condition on anything else.
 */
export function attachedTo(
  property: string,
  operator: Condition['operator'],
  values: readonly string[],
): ((attachable: Body) => boolean) | null {
  const asked = /^AttachableRef\.EntityRef\.(type|value)$/i.exec(property)?.[1]?.toLowerCase();
  if (asked === undefined || (operator !== '=' && operator !== 'IN')) return null;
  const wanted = values.map((value) => value.toLowerCase());
  return (attachable) =>
    rowsOf(attachable, 'AttachableRef').some((ref) =>
      wanted.includes((textOf(partOf(ref, 'EntityRef'), asked) ?? '').toLowerCase()),
    );
}
