import { type Entity, findEntity } from '../catalog.ts';
import type { Company } from '../company.ts';
import { queryInvalid } from '../fault.ts';
import { type Body, textOf } from '../json.ts';
import { render, accountWithBalance } from '../render.ts';
import type { Row } from '../company-state.ts';
import type { Store } from '../store.ts';
import type { Switches } from '../../switches.ts';
import { type Condition, type Query, parseQuery } from './parse.ts';
import { attachedTo } from './attached-to.ts';
import { compareKeys, propertyOf, selectedField } from './properties.ts';

const ROWS_MAX = 1000;

type Test = (row: Row) => boolean;

/** `%` stands for any text; nothing else is special. */
function likeness(pattern: string): RegExp {
  const parts = pattern.split('%').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'is');
}

function testOf(
  entity: Entity,
  { property: name, operator, values }: Condition,
  { idOrder }: Switches,
): Test {
  const attached = entity.name === 'Attachable' ? attachedTo(name, operator, values) : null;
  if (attached) return (row) => attached(row.body);
  const property = propertyOf(entity, name, idOrder);
  if (operator === 'LIKE') {
    const pattern = likeness(values[0]!);
    return (row) => pattern.test(String(property.keyOf(row) ?? ''));
  }
  const literals = values.map((value) => property.literal(value));
  const [literal] = literals;
  const compared = (row: Row): number | undefined => {
    const key = property.keyOf(row);
    return key === undefined ? undefined : compareKeys(key, literal);
  };
  switch (operator) {
    case 'IN':
      return (row) => literals.includes(property.keyOf(row));
    case '=':
      return (row) => compared(row) === 0;
    case '!=':
      return (row) => compared(row) !== 0;
    case '<':
      return (row) => (compared(row) ?? 0) < 0;
    case '>':
      return (row) => (compared(row) ?? 0) > 0;
    case '<=':
      return (row) => (compared(row) ?? 1) <= 0;
    case '>=':
      return (row) => (compared(row) ?? -1) >= 0;
    default:
      return operator satisfies never;
  }
}

/** A list shows its active records unless the question says otherwise. */
function hidesInactive(entity: Entity, query: Query): boolean {
  return entity.family === 'list' && !query.conditions.some((one) => one.property.toLowerCase() === 'active');
}

/** As recorded: transactions newest change first, lists by name, what has no name by Id. */
function defaultOrder(entity: Entity): (a: Row, b: Row) => number {
  if (entity.family === 'transaction') return (a, b) => b.updatedAt - a.updatedAt || b.order - a.order;
  const property = propertyOf(entity, entity.nameField ?? 'Id');
  return (a, b) => compareKeys(property.keyOf(a), property.keyOf(b));
}

/** In the order asked for; what is compared is read once from each row. */
function inAskedOrder(entity: Entity, query: Query, rows: readonly Row[], { idOrder }: Switches): Row[] {
  const order = query.order.map((one) => ({
    property: propertyOf(entity, one.property, idOrder),
    sign: one.descends ? -1 : 1,
  }));
  return rows
    .map((row) => ({ row, keys: order.map(({ property }) => property.keyOf(row)) }))
    .toSorted((a, b) => {
      for (const [index, { sign }] of order.entries()) {
        const difference = compareKeys(a.keys[index], b.keys[index]);
        if (difference !== 0) return sign * difference;
      }
      return a.row.order - b.row.order;
    })
    .map(({ row }) => row);
}

/** Rows of an entity in default order, valid for one revision of them. Rows are replaced, never changed. */
const ordered = new WeakMap<Store, Map<Entity, { revision: number; rows: readonly Row[] }>>();

function inDefaultOrder(store: Store, entity: Entity): readonly Row[] {
  const revision = store.revision(entity.name);
  const byEntity = ordered.get(store) ?? new Map<Entity, { revision: number; rows: readonly Row[] }>();
  ordered.set(store, byEntity);
  const known = byEntity.get(entity);
  if (known?.revision === revision) return known.rows;
  const rows = [...store.rows(entity.name)].toSorted(defaultOrder(entity));
  byEntity.set(entity, { revision, rows });
  return rows;
}

/** Accounts are asked about with the balance they are shown with. */
function rowsOf({ store }: Company, entity: Entity): readonly Row[] {
  const rows = inDefaultOrder(store, entity);
  if (entity.name !== 'Account') return rows;
  return rows.map((row) => ({ ...row, body: accountWithBalance(store, row.body) }));
}

/** What a query finds, in its order; in the default order no more than the first so many. */
function matchingRows(company: Company, entity: Entity, query: Query, first: number): Row[] {
  const { switches } = company.world;
  const tests = query.conditions.map((condition) => testOf(entity, condition, switches));
  const hides = hidesInactive(entity, query);
  const most = query.order.length > 0 ? Infinity : first;
  const found: Row[] = [];
  for (const row of rowsOf(company, entity)) {
    if (found.length >= most) break;
    if (row.deletedAt !== null || (hides && row.body.Active === false)) continue;
    if (tests.every((test) => test(row))) found.push(row);
  }
  return query.order.length > 0 ? inAskedOrder(entity, query, found, switches) : found;
}

/** Of a record the fields that are asked for; all of it where none is named. */
function projected(fields: readonly string[], body: Body): Body {
  if (fields.length === 0) return body;
  const shown: Body = {};
  for (const field of fields) shown[field] = body[field];
  return Object.assign(shown, { domain: 'QBO', sparse: true });
}

function pageSize(company: Company, asked: number): number {
  if (asked > ROWS_MAX && company.world.switches.maxResultsAbove1000 === 'refuse') {
    throw queryInvalid(`value ${asked} is too large. Max allowed value is ${ROWS_MAX}`);
  }
  return Math.min(asked, ROWS_MAX);
}

const PSEUDO_CODES = ['TAX', 'NON', 'CustomSalesTax'];

const isPseudoCode = (company: Company, entity: Entity, row: Row): boolean =>
  entity.name === 'TaxCode' && company.isUs && PSEUDO_CODES.includes(textOf(row.body, 'Id') ?? '');

/**
 * One page of what was found. US tax codes that are none come first, on every page and beyond its size, as
 * recorded.
 */
function pageOf(company: Company, entity: Entity, found: readonly Row[], from: number, size: number): Row[] {
  if (entity.name !== 'TaxCode') return found.slice(from, from + size);
  const real = found.filter((row) => !isPseudoCode(company, entity, row));
  const pseudo = found
    .filter((row) => isPseudoCode(company, entity, row))
    .toSorted(
      (a, b) => PSEUDO_CODES.indexOf(a.body.Id as string) - PSEUDO_CODES.indexOf(b.body.Id as string),
    );
  return [...pseudo, ...real.slice(from, from + size)];
}

/**
 * The `QueryResponse` to a statement. `maxResults` is the number of rows returned; `totalCount` comes with
 * some entities only and does not include the total number. No rows: an empty object.
 */
export function runQuery(company: Company, statement: string): Body {
  const query = parseQuery(statement, company.world.switches.bareNumbers);
  const entity = findEntity(query.entity);
  if (!entity) throw queryInvalid(`invalid context declaration: ${query.entity}`);
  const fields = query.properties.map((name) => selectedField(entity, name));
  const size = pageSize(company, query.maxResults);
  const from = query.startPosition - 1;
  const all = query.counts || entity.name === 'TaxCode';
  const found = matchingRows(company, entity, query, all ? Infinity : from + size);
  if (query.counts) return { totalCount: found.length };
  const page = pageOf(company, entity, found, from, size).map((row) =>
    projected(fields, render(company.store, entity.name, row.body)),
  );
  if (page.length === 0) return {};
  return {
    [entity.jsonName]: page,
    startPosition: query.startPosition,
    maxResults: page.length,
    ...(entity.counted ? { totalCount: page.length } : {}),
  };
}
