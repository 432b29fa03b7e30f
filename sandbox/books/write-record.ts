import { type Entity, type EntityName, entityNamed } from './catalog.ts';
import type { Company } from './company.ts';
import {
  badId,
  objectNotFound,
  periodClosed,
  required,
  stale,
  subscriptionEnded,
  unsupportedOperation,
} from './fault.ts';
import { type Body, textOf, without } from './json.ts';
import { keptAmounts } from './kept-amounts.ts';
import { checkReferences } from './references.ts';
import { render } from './render.ts';
import { RULES } from './rules/rules-of.ts';
import { checkStockStart } from './rules/stock.ts';
import type { RuleContext } from './rules/rule-context.ts';
import { writableOf } from './shape.ts';
import { READ_ONLY_WHEN_READ } from './shown-fields.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export type Verb = 'create' | 'update' | 'delete' | 'void';

export interface WriteOptions {
  allowsDuplicateNumber?: boolean;
  /**
   * By a person in QBO's own pages: no SyncToken to show, and no refusal where the page only asks "are you
   * sure?".
   */
  byHand?: boolean;
}

/** What a full update keeps when it does not mention it. */
const STICKY = ['Active', 'CurrencyRef'];

/** Books closed up to a day accept no transaction of that day or before, neither as it is nor as it was. */
function checkOpenPeriod(company: Company, entity: Entity, ...bodies: (Body | undefined)[]): void {
  const closedTo = textOf(company.preferences('AccountingInfoPrefs'), 'BookCloseDate');
  if (!closedTo || entity.family !== 'transaction' || company.world.switches.closedPeriod === 'allow') return;
  if (bodies.some((body) => (textOf(body, 'TxnDate') ?? '9999') <= closedTo)) throw periodClosed(closedTo);
}

/** The record a write is aimed at, if the writer has seen its latest state. */
function aimedAt(company: Company, entity: EntityName, sent: Body, byHand: boolean): Body {
  const id = textOf(sent, 'Id')!;
  if (!/^\d+$/.test(id)) throw badId(id);
  const body = company.store.find(entity, id);
  if (!body) throw objectNotFound();
  const token = textOf(sent, 'SyncToken');
  if (token === undefined && !byHand) throw required('SyncToken');
  if (token !== undefined && token !== body.SyncToken) throw stale();
  return body;
}

/**
 * A sparse update lays what was sent over what is there; a full one starts from what only the server sets.
 */
function merged(entity: Entity, sent: Body, before: Body, sparse: boolean): Body {
  if (sparse) return { ...before, ...sent };
  const kept = Object.entries(before).filter(
    ([name]) => entity.fields.get(name)?.readOnly || STICKY.includes(name),
  );
  return { ...Object.fromEntries(kept), domain: 'QBO', sparse: false, ...sent };
}

/**
 * LIVE behaviour: a payment's amount changes only with the customer and all its lines in the same request.
 */
function checkWholePayment(entity: EntityName, sent: Body, sparse: boolean): void {
  if (entity !== 'Payment' || !sparse || sent.TotalAmt === undefined) return;
  for (const field of ['CustomerRef', 'Line']) if (!(field in sent)) throw required(field);
}

function create(context: RuleContext, entity: Entity, sent: Body): Body {
  if (!entity.creates && !context.byHand) throw unsupportedOperation(`Create ${entity.name}`);
  const draft = keptAmounts(context.company, writableOf(entity, without(sent, 'Id', 'SyncToken')));
  checkReferences(context.company.store, entity.name, draft, undefined);
  const completed = RULES[entity.name].complete(context, draft, undefined);
  checkOpenPeriod(context.company, entity, completed);
  checkStockStart(context.company, entity.name, completed);
  const body = context.unit.create(entity.name, completed);
  RULES[entity.name].afterWrite?.(context, body, undefined);
  return body;
}

function update(context: RuleContext, entity: Entity, sent: Body): Body {
  if (!entity.updates) throw unsupportedOperation(`Update ${entity.name}`);
  const before = aimedAt(context.company, entity.name, sent, context.byHand);
  const writable = writableOf(entity, without(sent, 'Id', 'SyncToken'));
  const sparse = sent.sparse === true || sent.sparse === 'true' || context.byHand;
  if (!context.byHand) checkWholePayment(entity.name, writable, sparse);
  const draft = keptAmounts(context.company, merged(entity, writable, before, sparse));
  checkReferences(context.company.store, entity.name, draft, before);
  const rules = RULES[entity.name];
  const after = rules.complete(context, draft, before);
  checkOpenPeriod(context.company, entity, after, before);
  checkStockStart(context.company, entity.name, after);
  context.unit.announce(entity.name, textOf(before, 'Id')!, 'Update');
  context.unit.put(entity.name, after);
  rules.afterWrite?.(context, after, before);
  return after;
}

function voidRecord(context: RuleContext, entity: Entity, sent: Body): Body {
  const rules = RULES[entity.name];
  if (!entity.voids || !rules.voided) throw unsupportedOperation(`Void ${entity.name}`);
  const before = aimedAt(context.company, entity.name, sent, context.byHand);
  checkOpenPeriod(context.company, entity, before);
  const after = rules.voided(context, before);
  context.unit.announce(entity.name, textOf(before, 'Id')!, 'Void');
  context.unit.put(entity.name, after);
  if (entity.name === 'Payment' || entity.name === 'BillPayment') rules.afterWrite?.(context, after, before);
  return after;
}

function remove(context: RuleContext, entity: Entity, sent: Body): Body {
  if (!entity.deletes) throw unsupportedOperation(`Delete ${entity.name}`);
  const before = aimedAt(context.company, entity.name, sent, context.byHand);
  checkOpenPeriod(context.company, entity, before);
  RULES[entity.name].beforeDelete?.(context, before);
  context.unit.remove(entity.name, textOf(before, 'Id')!);
  return before;
}

const VERBS: Record<Verb, (context: RuleContext, entity: Entity, sent: Body) => Body> = {
  create,
  update,
  void: voidRecord,
  delete: remove,
};

/** One write to the books, all or nothing; returns the Id of the record. Throws as `writeRecord` does. */
export function changeBooks(
  company: Company,
  verb: Verb,
  entity: EntityName,
  sent: Body,
  options: WriteOptions = {},
): string {
  if (company.subscription === 'ended') throw subscriptionEnded();
  const definition = entityNamed(entity);
  if (verb !== 'create' && textOf(sent, 'Id') === undefined && definition.family !== 'single')
    throw required('Id');
  const aimed = definition.family === 'single' ? { ...sent, Id: '1' } : sent;
  const touched = company.write((unit: UnitOfWork) => {
    const context = { company, unit, allowsDuplicateNumber: false, byHand: false, ...options };
    return VERBS[verb](context, definition, aimed);
  });
  return textOf(touched, 'Id')!;
}

/**
 * One write to the books as the API does it. Returns the record as it reads afterwards, or the three fields
 * that are left of a deleted one. Throws a `Fault`; an ended subscription refuses everything (6190).
 */
export function writeRecord(
  company: Company,
  verb: Verb,
  entity: EntityName,
  sent: Body,
  options: WriteOptions = {},
): Body {
  const id = changeBooks(company, verb, entity, sent, options);
  if (verb === 'delete') return { status: 'Deleted', domain: 'QBO', Id: id };
  const record = readRecord(company, entity, id);
  return verb === 'create' ? without(record, ...READ_ONLY_WHEN_READ) : record;
}

/** One record by its Id; 610 when it is not there, or no longer. */
export function readRecord(company: Company, entity: EntityName, id: string): Body {
  const body = company.store.find(entity, id);
  if (!body) throw objectNotFound();
  return render(company.store, entity, body);
}
