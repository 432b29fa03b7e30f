import { type EntityName, entityNamed } from '../catalog.ts';
import { badReference, badString, businessRule, duplicateName } from '../fault.ts';
import { type Body, refOf, textOf } from '../json.ts';
import type { Company } from '../company.ts';
import type { Store } from '../store.ts';
import type { RuleContext } from './rule-context.ts';

const LEVELS_MAX = 5;
const KIN: Partial<Record<EntityName, string>> = {
  Customer: 'customer, vendor or employee',
  Vendor: 'customer, vendor or employee',
  Employee: 'customer, vendor or employee',
};

/** Colons part the levels of a full name; tabs and line ends have no place in any. */
export function checkNameText(body: Body, ...fields: string[]): void {
  for (const field of fields) {
    if (/[:\t\n\r]/.test(textOf(body, field) ?? '')) {
      throw badString(field, `${field} must not contain a colon, a tab or a new line`);
    }
  }
}

/** `Parent:Child`, or the name alone at the top. Five levels at most. */
export function fullNameOf(
  store: Store,
  entity: EntityName,
  name: string,
  parentId: string | undefined,
): { path: string; level: number } {
  if (parentId === undefined) return { path: name, level: 0 };
  const parent = store.find(entity, parentId);
  if (!parent) throw badReference(`${entity}s`, parentId, 'ParentRef');
  const above = fullNameOf(
    store,
    entity,
    textOf(parent, entityNamed(entity).nameField!)!,
    refOf(parent, 'ParentRef'),
  );
  if (above.level + 2 > LEVELS_MAX) throw businessRule(`You cannot nest more than ${LEVELS_MAX} levels.`);
  return { path: `${above.path}:${name}`, level: above.level + 1 };
}

/** Refuses a name someone else bears: 6240. Customers, vendors and employees are one family here. */
export function checkUniqueName(
  { store, world }: Company,
  entity: EntityName,
  fullName: string,
  ownId: string | undefined,
): void {
  const bearer =
    world.switches.nameComparison === 'normalized'
      ? store.normalizedBearerOf(entity, fullName)
      : store.bearerOf(entity, fullName);
  if (bearer && (bearer.entity !== entity || bearer.id !== ownId)) {
    throw duplicateName(KIN[entity] ?? entity.toLowerCase());
  }
}

/** What an inactive record is called, so that its name is free again: `X (deleted)`, then `X (deleted 2)`. */
export function retiredName(name: string, isTaken: (candidate: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? `${name} (deleted)` : `${name} (deleted ${count})`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** A retired name as it was before. */
export function unretiredName(name: string): string {
  return name.replace(/ \(deleted(?: \d+)?\)$/, '');
}

/**
 * Name, full name and activity of a list record. Making it inactive renames it; the caller has filled in
 * `name`. A child's full name follows its parent's (see `renameChildren`).
 */
export function completeName(
  context: RuleContext,
  entity: EntityName,
  draft: Body,
  before: Body | undefined,
): Body {
  const { store } = context.company;
  const field = entityNamed(entity).nameField!;
  const ownId = textOf(before, 'Id');
  const parentId = refOf(draft, 'ParentRef');
  const active = draft.Active ?? before?.Active ?? true;
  const isTaken = (candidate: string): boolean =>
    store.bearerOf(entity, fullNameOf(store, entity, candidate, parentId).path) !== undefined;
  const asked = textOf(draft, field)!.trim();
  const retires = before !== undefined && before.Active !== false && active === false;
  const name = retires ? retiredName(asked, isTaken) : asked;
  const { path } = fullNameOf(store, entity, name, parentId);
  checkUniqueName(context.company, entity, field === 'Name' ? path : name, ownId);
  return { ...draft, [field]: name, FullyQualifiedName: path, Active: active };
}

/** Renames what hangs below a record whose own full name changed. */
export function renameChildren(
  context: RuleContext,
  entity: EntityName,
  after: Body,
  before: Body | undefined,
): void {
  if (!before || before.FullyQualifiedName === after.FullyQualifiedName) return;
  const { store } = context.company;
  for (const child of store.all(entity).filter((one) => refOf(one, 'ParentRef') === after.Id)) {
    const name = textOf(child, entityNamed(entity).nameField!)!;
    const renamed = { ...child, FullyQualifiedName: `${textOf(after, 'FullyQualifiedName')}:${name}` };
    context.unit.put(entity, renamed);
    renameChildren(context, entity, renamed, child);
  }
}
