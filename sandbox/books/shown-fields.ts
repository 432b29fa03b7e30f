import { createHash } from 'node:crypto';
import { type EntityName, entityNamed } from './catalog.ts';
import { type Body, isBody, partOf, refOf, rowsOf, textOf, without } from './json.ts';
import type { Store } from './store.ts';

/** Who changed it last is shown of these alone, as recorded. */
const LAST_MODIFIED_BY = new Set<EntityName>(['Invoice', 'Bill', 'PurchaseOrder']);

/** The user of the sandbox: whoever connected the app. */
const USER = '9341457021722234';

/** How many customers stand above this one. */
function levelOf(store: Store, body: Body): number {
  let level = 0;
  for (let parent = refOf(body, 'ParentRef'); parent !== undefined && level < 5; level += 1)
    parent = refOf(store.find('Customer', parent), 'ParentRef');
  return level;
}

/** A number QuickBooks gives a person for its other products: the same for as long as the person is there. */
function pseudonymOf(entity: EntityName, body: Body): string {
  const digest = createHash('sha1')
    .update(`${entity}|${textOf(body, 'Id')}`)
    .digest('hex');
  return `002098${digest.slice(0, 32)}`;
}

function personFields(store: Store, entity: EntityName, body: Body): Body {
  const V4IDPseudonym = pseudonymOf(entity, body);
  if (entity === 'Vendor') return { ...without(body, 'FullyQualifiedName'), V4IDPseudonym };
  const level = levelOf(store, body);
  return { ...body, ...(level === 0 ? {} : { Level: level }), ClientEntityId: '0', V4IDPseudonym };
}

/** Addresses on documents that QuickBooks has looked for on the map; where one is shipped from is none of them. */
const MAPPED = ['BillAddr', 'ShipAddr', 'VendorAddr', 'RemitToAddr'];

/** Documents with where on the map their addresses are: as the person's address has it, else `INVALID`. */
function withPlaces(body: Body): Body {
  const placed = MAPPED.filter((field) => isBody(body[field])).map((field) => [
    field,
    { Lat: 'INVALID', Long: 'INVALID', ...partOf(body, field) },
  ]);
  return placed.length === 0 ? body : { ...body, ...Object.fromEntries(placed) };
}

/** Fields that are seen when a person is read and not in the answer to its creation. */
export const READ_ONLY_WHEN_READ = ['ClientEntityId', 'V4IDPseudonym', 'Level'];

function documentFields(entity: EntityName, body: Body): Body {
  if (LAST_MODIFIED_BY.has(entity) && body.MetaData !== undefined)
    return { ...body, MetaData: { ...partOf(body, 'MetaData'), LastModifiedByRef: { value: USER } } };
  if (entity === 'BillPayment')
    return {
      ...without(body, 'UnappliedAmt'),
      Line: rowsOf(body, 'Line').map((line) => without(line, 'LineEx')),
    };
  return body;
}

/** What is shown of a record beside what is kept of it, and what is kept and not shown, as recorded. */
export function shownFields(store: Store, entity: EntityName, body: Body): Body {
  if (entity === 'Customer' || entity === 'Vendor') return personFields(store, entity, body);
  return entityNamed(entity).family === 'transaction' ? documentFields(entity, withPlaces(body)) : body;
}
