import { NAME_FIELDS } from './fields/names.ts';
import { type Field, fieldsOf } from './fields/field.ts';
import { schemaFieldsOf } from './fields/schema.ts';
import { SETTING_FIELDS } from './fields/settings.ts';
import { TRANSACTION_FIELDS } from './fields/transactions.ts';

const FIELDS = { ...NAME_FIELDS, ...TRANSACTION_FIELDS, ...SETTING_FIELDS };

/** What the schema has, and over it what is declared here with limits and rules. */
function fieldsOfEntity(name: EntityName): ReadonlyMap<string, Field> {
  return new Map([...fieldsOf(schemaFieldsOf(name)), ...FIELDS[name]]);
}

export type EntityName = keyof typeof FIELDS;

/** What the API offers for one kind of record. */
export interface Entity {
  name: EntityName;
  /** The name it travels under: that of the schema, where the route has another. */
  jsonName: string;
  /** `transaction` draws from the one transaction sequence, `single` exists once with Id `1`. */
  family: 'transaction' | 'list' | 'single';
  fields: ReadonlyMap<string, Field>;
  creates: boolean;
  updates: boolean;
  /** Hard delete through `operation=delete`. List records are made inactive instead. */
  deletes: boolean;
  voids: boolean;
  /** Whether change data capture reports it. */
  tracked: boolean;
  /** Whether a query's answer carries `totalCount` (recorded per entity; there is no rule in it). */
  counted: boolean;
  /** The field that names a list record. */
  nameField?: 'DisplayName' | 'Name' | 'Code';
}

const DELETED_LISTS = new Set<EntityName>(['Attachable']);
const VOIDED = new Set<EntityName>([
  'Invoice',
  'Payment',
  'SalesReceipt',
  'BillPayment',
  'CreditMemo',
  'RefundReceipt',
  'Purchase',
  'Transfer',
]);
const COUNTED = new Set<EntityName>([
  'Invoice',
  'Bill',
  'BillPayment',
  'Deposit',
  'JournalEntry',
  'PurchaseOrder',
]);
const UNTRACKED = new Set<EntityName>([
  'TimeActivity',
  'TaxAgency',
  'TaxCode',
  'TaxRate',
  'CompanyInfo',
  'ExchangeRate',
  'CustomerType',
  'TaxClassification',
  'TaxPayment',
]);
const READ_ONLY = new Set<EntityName>([
  'CustomerType',
  'TaxCode',
  'TaxRate',
  'ReimburseCharge',
  'TaxClassification',
  'TaxPayment',
]);

function nameFieldOf(name: EntityName): Entity['nameField'] {
  if (name === 'CompanyCurrency') return 'Code';
  if (name in TRANSACTION_FIELDS) return undefined;
  return (['DisplayName', 'Name'] as const).find((field) => FIELDS[name].has(field));
}

function jsonNameOf(name: EntityName): string {
  return name === 'CreditCardPayment' ? 'CreditCardPaymentTxn' : name;
}

function entityOf(name: EntityName): Entity {
  const single = name === 'CompanyInfo' || name === 'Preferences';
  const transaction = name in TRANSACTION_FIELDS;
  const nameField = nameFieldOf(name);
  return {
    name,
    jsonName: jsonNameOf(name),
    family: single ? 'single' : transaction ? 'transaction' : 'list',
    fields: fieldsOfEntity(name),
    creates: !single && !READ_ONLY.has(name),
    updates: !READ_ONLY.has(name),
    deletes: (transaction && !READ_ONLY.has(name)) || DELETED_LISTS.has(name),
    voids: VOIDED.has(name),
    tracked: !UNTRACKED.has(name),
    counted: COUNTED.has(name),
    ...(nameField ? { nameField } : {}),
  };
}

export const ENTITIES: ReadonlyMap<EntityName, Entity> = new Map(
  (Object.keys(FIELDS) as EntityName[]).map((name) => [name, entityOf(name)]),
);

const BY_LOWER_NAME = new Map(
  [...ENTITIES.values()].flatMap((entity) =>
    [entity.name, entity.jsonName].map((name) => [name.toLowerCase(), entity] as const),
  ),
);

/** The entity of that name, whatever the case: `select * from invoice` works upstream too. */
export function findEntity(name: string): Entity | undefined {
  return BY_LOWER_NAME.get(name.toLowerCase());
}

export function entityNamed(name: EntityName): Entity {
  return ENTITIES.get(name)!;
}
