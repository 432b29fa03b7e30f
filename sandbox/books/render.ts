import type { EntityName } from './catalog.ts';
import { type Body, type Json, isBody, textOf } from './json.ts';
import { targetOf } from './references.ts';
import { nameShown, type Row, type Store } from './store.ts';

/** References that travel without a name, as recorded. */
const NAMELESS = new Set([
  'DepositToAccountRef',
  'DefaultTaxCodeRef',
  'TaxCodeRef',
  'SalesTermRef',
  'TxnTaxCodeRef',
  'TaxRateRef',
]);

function nameOf(store: Store, field: string, owner: EntityName, id: string): string | undefined {
  const target = targetOf(field, owner);
  return target && nameShown(store.find(target, id));
}

function rendered(store: Store, owner: EntityName, value: Json, field: string): Json {
  if (Array.isArray(value)) return value.map((one) => rendered(store, owner, one, ''));
  if (!isBody(value)) return value;
  const id = textOf(value, 'value');
  if (id !== undefined && field.endsWith('Ref') && !NAMELESS.has(field)) {
    const name = nameOf(store, field, owner, id);
    return name === undefined ? value : { ...value, value: id, name };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      one === undefined ? one : rendered(store, owner, one, key),
    ]),
  );
}

/** Rendered records by body, valid for one `nameRevision`. Bodies are replaced, never changed. */
const shown = new WeakMap<Body, { nameRevision: number; body: Body }>();

/**
 * The record as the API shows it: references carry the present name of what they point at. Cached: callers
 * must not change it.
 */
export function render(store: Store, entity: EntityName, body: Body): Readonly<Body> {
  const known = shown.get(body);
  if (known?.nameRevision === store.nameRevision) return known.body;
  const fresh = rendered(store, entity, body, '') as Body;
  shown.set(body, { nameRevision: store.nameRevision, body: fresh });
  return fresh;
}

/** What is left to see of a deleted record in change data capture. */
export function tombstone(row: Row): Body {
  return {
    status: 'Deleted',
    domain: 'QBO',
    Id: row.body.Id,
    MetaData: { LastUpdatedTime: (row.body.MetaData as Body).LastUpdatedTime },
  };
}
