import type { EntityName } from './catalog.ts';
import { type Body, type Json, isBody, textOf } from './json.ts';
import { targetOf } from './references.ts';
import type { Row, Store } from './store.ts';

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
  const body = target && store.find(target, id);
  return textOf(body, 'FullyQualifiedName') ?? textOf(body, 'DisplayName') ?? textOf(body, 'Name');
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

/** The record as the API shows it: references carry the present name of what they point at. */
export function render(store: Store, entity: EntityName, body: Body): Body {
  return rendered(store, entity, body, '') as Body;
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
