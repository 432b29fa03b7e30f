import { type EntityName, findEntity } from './catalog.ts';
import { badReference, madeInactive } from './fault.ts';
import { type Body, type Json, isBody, textOf } from './json.ts';
import type { Store } from './store.ts';

const TARGETS: Record<string, EntityName> = {
  CustomerRef: 'Customer',
  ProjectRef: 'Customer',
  VendorRef: 'Vendor',
  PrefVendorRef: 'Vendor',
  EmployeeRef: 'Employee',
  ItemRef: 'Item',
  AccountRef: 'Account',
  SalesTermRef: 'Term',
  TermRef: 'Term',
  DefaultTerms: 'Term',
  PaymentMethodRef: 'PaymentMethod',
  ClassRef: 'Class',
  DepartmentRef: 'Department',
  CustomerTypeRef: 'CustomerType',
  TaxCodeRef: 'TaxCode',
  DefaultTaxCodeRef: 'TaxCode',
  TxnTaxCodeRef: 'TaxCode',
  SalesTaxCodeRef: 'TaxCode',
  PurchaseTaxCodeRef: 'TaxCode',
  TaxRateRef: 'TaxRate',
  AgencyRef: 'TaxAgency',
  TaxClassificationRef: 'TaxClassification',
};

const PEOPLE: readonly EntityName[] = ['Customer', 'Vendor', 'Employee'];

/** What a field such as `DepositToAccountRef` points at; `ParentRef` points at the record's own kind. */
export function targetOf(field: string, owner: EntityName): EntityName | undefined {
  if (field === 'ParentRef') return owner;
  return TARGETS[field] ?? (field.endsWith('AccountRef') ? 'Account' : undefined);
}

function targetsOf(field: string, owner: EntityName): readonly EntityName[] {
  if (field === 'EntityRef' || field === 'ShipTo') return PEOPLE;
  const target = targetOf(field, owner);
  return target ? [target] : [];
}

interface Reference {
  field: string;
  id: string;
  /** The kind a reference names itself: `{"type": "Invoice", "value": "108"}`. */
  type: string | undefined;
}

function referencesIn(value: Json | undefined, field = ''): Reference[] {
  if (Array.isArray(value)) return value.flatMap((one) => referencesIn(one));
  if (!isBody(value)) return [];
  const id = field === '' ? undefined : textOf(value, 'value');
  const own = id === undefined ? [] : [{ field, id, type: textOf(value, 'type') }];
  return [...own, ...Object.entries(value).flatMap(([name, one]) => referencesIn(one, name))];
}

/**
 * Refuses a record that points at nothing (2500) or at something made inactive (610). What it pointed at
 * before may stay: an old invoice of an inactive customer can still be edited.
 */
export function checkReferences(store: Store, owner: EntityName, body: Body, before: Body | undefined): void {
  const old = new Set(referencesIn(before).map(({ field, id }) => `${field}|${id}`));
  for (const { field, id, type } of referencesIn(body)) {
    const named = field === 'EntityRef' && type !== undefined ? findEntity(type) : undefined;
    if (named && owner === 'Attachable') continue; // its own rule says what is not there
    const targets = named ? [named.name] : targetsOf(field, owner);
    if (targets.length === 0 || old.has(`${field}|${id}`)) continue;
    const found = targets.map((target) => store.find(target, id)).find(Boolean);
    if (!found) throw badReference(`${targets[0]}s`, id, field);
    if (found.Active === false) throw madeInactive(field);
  }
}
