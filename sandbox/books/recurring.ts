import { type EntityName, entityNamed, findEntity } from './catalog.ts';
import { currencyOf } from './currency-of.ts';
import type { Company } from './company.ts';
import type { Recurring } from './company-state.ts';
import { businessRule, objectNotFound, queryInvalid, required, stale } from './fault.ts';
import { type Body, isBody, partOf, rowsOf, textOf, without } from './json.ts';
import { majorOf, minorOf } from './money.ts';
import { stamp } from './pacific.ts';
import { parseQuery } from './query/parse.ts';
import { runRecurring } from './recurring-run.ts';
import { recurringInfo } from './recurring-schedule.ts';
import { checkReferences } from './references.ts';
import { render } from './render.ts';
import { writableOf } from './shape.ts';

const TYPES: readonly EntityName[] = [
  'Bill',
  'Purchase',
  'CreditMemo',
  'Deposit',
  'Estimate',
  'Invoice',
  'JournalEntry',
  'RefundReceipt',
  'SalesReceipt',
  'Transfer',
  'VendorCredit',
  'PurchaseOrder',
];

/** The one transaction in `{"Invoice": {…}}`. */
function innerOf(sent: Body): Recurring {
  for (const [name, body] of Object.entries(sent)) {
    const type = findEntity(name)?.name;
    if (type && TYPES.includes(type) && isBody(body)) return { type, body };
  }
  throw required('Transaction');
}

function shown(company: Company, { type, body }: Recurring): Body {
  return { [type]: render(company.store, type, body) };
}

function known(company: Company, sent: Body): Recurring {
  const found = company.recurring.get(textOf(sent, 'Id') ?? '');
  if (!found) throw objectNotFound();
  if (textOf(sent, 'SyncToken') !== found.body.SyncToken) throw stale();
  return found;
}

function completed(company: Company, type: EntityName, sent: Body, template: Recurring | undefined): Body {
  const before = template?.body;
  const named = partOf(sent, 'RecurringInfo');
  if (textOf(named, 'Name') === undefined) throw required('RecurringInfo.Name');
  const info = recurringInfo(named, partOf(before, 'RecurringInfo'), template?.made ?? 0, company.today());
  const draft = writableOf(entityNamed(type), without(sent, 'Id', 'SyncToken', 'RecurringInfo'));
  checkReferences(company.store, type, draft, before);
  const others = [...company.recurring.values()].filter(({ body }) => body !== before);
  if (others.some(({ body }) => partOf(body, 'RecurringInfo').Name === info.Name))
    throw businessRule('A recurring transaction of this name exists already.');
  const currency = currencyOf(draft);
  const total = rowsOf(draft, 'Line').reduce((sum, line) => sum + minorOf(line.Amount, currency), 0);
  const now = stamp(company.world.clock.now());
  const times = { CreateTime: textOf(partOf(before, 'MetaData'), 'CreateTime') ?? now, LastUpdatedTime: now };
  const Id = textOf(before, 'Id') ?? company.store.nextId('Invoice');
  return {
    ...draft,
    ...(draft.Line === undefined ? {} : { TotalAmt: majorOf(total, currency) }),
    RecurringInfo: info,
    RecurDataRef: { value: Id },
    domain: 'QBO',
    sparse: false,
    Id,
    SyncToken: String(before ? Number(before.SyncToken) + 1 : 0),
    MetaData: times,
  };
}

/** Creates, updates or deletes a recurring transaction: `{"RecurringTransaction": {"Invoice": {…}}}`. */
export function writeRecurring(company: Company, sent: Body, operation: string | undefined): Body {
  const { type, body } = innerOf(isBody(sent.RecurringTransaction) ? sent.RecurringTransaction : sent);
  if (operation?.toLowerCase() === 'delete') {
    const { Id } = known(company, body).body;
    company.recurring.delete(Id as string);
    return { RecurringTransaction: { [type]: { status: 'Deleted', domain: 'QBO', Id: Id! } } };
  }
  const before = textOf(body, 'Id') === undefined ? undefined : known(company, body);
  const after = completed(company, type, body, before);
  company.recurring.set(after.Id as string, { ...before, type, body: after });
  runRecurring(company);
  return readRecurring(company, after.Id as string);
}

export function readRecurring(company: Company, id: string): Body {
  const found = company.recurring.get(id);
  if (!found) throw objectNotFound();
  return { RecurringTransaction: shown(company, found) };
}

/** `select * from RecurringTransaction [where Type = '…']`. */
export function queryRecurring(company: Company, statement: string): Body {
  const query = parseQuery(statement);
  const [condition, ...more] = query.conditions;
  if (more.length > 0 || (condition && (condition.property !== 'Type' || condition.operator !== '=')))
    throw queryInvalid('RecurringTransaction can be queried by Type only');
  const all = [...company.recurring.values()].filter(
    ({ type }) => !condition || condition.values[0] === type,
  );
  if (query.counts) return { totalCount: all.length };
  const from = query.startPosition - 1;
  const page = all.slice(from, from + query.maxResults).map((one) => shown(company, one));
  if (page.length === 0) return {};
  return { RecurringTransaction: page, startPosition: query.startPosition, maxResults: page.length };
}
