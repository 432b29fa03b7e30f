import type { EntityName } from './catalog.ts';
import type { Company } from './company.ts';
import { businessRule, objectNotFound } from './fault.ts';
import { type Body, isBody, refOf, rowsOf, textOf } from './json.ts';
import { majorOf, minorOf } from './money.ts';
import { type WriteOptions, changeBooks, readRecord, writeRecord } from './write-record.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { unretiredName } from './rules/naming.ts';
import { currencyOf } from './currency-of.ts';

const BY_HAND: WriteOptions = { byHand: true };

/** One line that sells the company's first service for `amount`. */
function serviceLine(amount: number, description?: string): Body {
  return {
    Amount: amount,
    DetailType: 'SalesItemLineDetail',
    ...(description === undefined ? {} : { Description: description }),
    SalesItemLineDetail: {},
  };
}

/** `count` invoices alike; their Ids in the order they were made. */
export function manyInvoices(
  company: Company,
  sale: { customerId: string; amount: number },
  fields: Body,
  count: number,
): string[] {
  const body = {
    CustomerRef: { value: sale.customerId },
    Line: [serviceLine(sale.amount)],
    ...fields,
  };
  return Array.from({ length: count }, () => changeBooks(company, 'create', 'Invoice', body, BY_HAND));
}

/** A sales form as a person fills it in: a customer, an amount, and whatever else the form has. */
export function saleByHand(
  company: Company,
  entity: 'Invoice' | 'CreditMemo',
  sale: { customerId: string; amount?: number; description?: string },
  fields: Body,
): Body {
  const { customerId, amount, description } = sale;
  const lines = amount === undefined ? {} : { Line: [serviceLine(amount, description)] };
  return writeRecord(
    company,
    'create',
    entity,
    { CustomerRef: { value: customerId }, ...lines, ...fields },
    BY_HAND,
  );
}

/**
 * Changes fields of any record without asking for its SyncToken; `amount` stands for one new line of that
 * amount.
 */
export function editByHand(
  company: Company,
  entity: EntityName,
  id: string,
  fields: Body,
  amount?: number,
): Body {
  const lines = amount === undefined ? {} : { Line: [serviceLine(amount)] };
  return writeRecord(company, 'update', entity, { ...fields, ...lines, Id: id }, BY_HAND);
}

export interface Receipt {
  invoiceId?: string;
  /** Needed without an invoice. */
  customerId?: string;
  /** Major units; by default the invoice's whole balance. */
  amount?: number;
  date?: string;
  /** Leave the money unapplied, as the customer's credit. */
  unapplied?: boolean;
  fields?: Body;
}

function oldestOpen(company: Company, customerId: string): Body[] {
  return company.store
    .all('Invoice')
    .filter(
      (invoice) =>
        refOf(invoice, 'CustomerRef') === customerId && minorOf(invoice.Balance, currencyOf(invoice)) > 0,
    )
    .toSorted((a, b) => (textOf(a, 'TxnDate')! < textOf(b, 'TxnDate')! ? -1 : 1));
}

/** Money spread over invoices, oldest first, as QBO's form does with `AutoApplyPayments`. */
function spreadOver(invoices: Body[], amount: number): Body[] {
  let left = minorOf(amount, currencyOf(invoices[0]));
  return invoices.flatMap((invoice) => {
    const currency = currencyOf(invoice);
    const minor = Math.min(left, minorOf(invoice.Balance, currency));
    left -= minor;
    return minor > 0 ? [lineFor(invoice, majorOf(minor, currency))] : [];
  });
}

function lineFor(invoice: Body, amount: number): Body {
  return { Amount: amount, LinkedTxn: [{ TxnId: textOf(invoice, 'Id'), TxnType: 'Invoice' }] };
}

/**
 * Receives a payment in QBO's own form: for one invoice, or from a customer for whatever is open, oldest
 * first.
 */
export function receivePayment(company: Company, receipt: Receipt): Body {
  const invoice =
    receipt.invoiceId === undefined ? undefined : company.store.find('Invoice', receipt.invoiceId);
  if (receipt.invoiceId !== undefined && !invoice) throw objectNotFound();
  const customerId = receipt.customerId ?? refOf(invoice, 'CustomerRef');
  const amount = receipt.amount ?? Number(invoice?.Balance ?? 0);
  if (customerId === undefined) throw businessRule('You must choose a customer or an invoice.');
  const invoices = invoice ? [invoice] : oldestOpen(company, customerId);
  const spreads = invoice !== undefined || company.preferences('SalesFormsPrefs').AutoApplyPayments === true;
  const Line = receipt.unapplied || !spreads || invoices.length === 0 ? [] : spreadOver(invoices, amount);
  const payment = {
    CustomerRef: { value: customerId },
    TotalAmt: amount,
    ...(receipt.date === undefined ? {} : { TxnDate: receipt.date }),
    Line,
    ...receipt.fields,
  };
  return writeRecord(company, 'create', 'Payment', payment, BY_HAND);
}

/** Voids or deletes with a click, whatever is linked to it. */
export function undoByHand(company: Company, verb: 'void' | 'delete', entity: EntityName, id: string): Body {
  return writeRecord(company, verb, entity, { Id: id }, BY_HAND);
}

/** Takes a payment off its invoices; the money stays as the customer's credit. */
export function unapply(company: Company, paymentId: string): Body {
  return writeRecord(company, 'update', 'Payment', { Id: paymentId, Line: [] }, BY_HAND);
}

/** Makes a list record inactive, or active again under its old name, if that is still free. */
export function setActive(
  company: Company,
  entity: 'Customer' | 'Item' | 'Vendor',
  id: string,
  active: boolean,
): Body {
  const body = company.store.find(entity, id);
  if (!body) throw objectNotFound();
  const field = entity === 'Item' ? 'Name' : 'DisplayName';
  const name = active ? { [field]: unretiredName(textOf(body, field)!) } : {};
  return writeRecord(company, 'update', entity, { Id: id, Active: active, ...name }, BY_HAND);
}

/** Entities that name a customer and move with it when two are merged. */
const OF_CUSTOMERS: readonly EntityName[] = [
  'Invoice',
  'Payment',
  'CreditMemo',
  'Estimate',
  'SalesReceipt',
  'RefundReceipt',
  'TimeActivity',
];

/**
 * Payments of someone else, such as the parent, on what now is the winner's: their postings name the
 * customer.
 */
function paymentsOnOthers({ store }: Company, winnerId: string): Body[] {
  return store.all('Payment').filter((payment) =>
    rowsOf(payment, 'Line')
      .flatMap((line) => rowsOf(line, 'LinkedTxn'))
      .some((link) => refOf(store.find('Invoice', textOf(link, 'TxnId')), 'CustomerRef') === winnerId),
  );
}

/** What names customers on its lines, and as what there. */
const NAMED_ON_LINES = {
  JournalEntry: ['Entity', 'EntityRef'],
  Deposit: ['Entity', 'EntityRef'],
  Bill: ['CustomerRef'],
  VendorCredit: ['CustomerRef'],
  Purchase: ['CustomerRef'],
} as const;

function moveOnLines(
  unit: UnitOfWork,
  entity: keyof typeof NAMED_ON_LINES,
  body: Body,
  from: string,
  to: string,
): void {
  const fields: readonly string[] = NAMED_ON_LINES[entity];
  const renamed = JSON.stringify(body.Line, (name, value: unknown) => {
    if (!fields.includes(name) || !isBody(value) || value.value !== from) return value;
    return { ...value, value: to };
  });
  if (renamed !== JSON.stringify(body.Line))
    unit.put(entity, { ...body, Line: JSON.parse(renamed) as Body[] });
}

/** The balance the loser was opened with is the winner's from now on. */
function moveOpening({ store }: Company, unit: UnitOfWork, from: string, to: string): void {
  const postings = store.ledger.postingsOf(`Customer|${from}`);
  if (postings.length === 0) return;
  const moved = postings.map((posting) => ({
    ...posting,
    ...(posting.party ? { party: { ...posting.party, id: to } } : {}),
  }));
  unit.postOpening(`Customer|${from}`, moved);
}

/** Merges two customers: the loser becomes inactive and all its transactions are the winner's. */
export function mergeCustomers(company: Company, winnerId: string, loserId: string): Body {
  if (winnerId === loserId) throw businessRule('You cannot merge a customer with itself.');
  company.write((unit) => {
    unit.get('Customer', winnerId);
    const loser = unit.get('Customer', loserId);
    for (const entity of OF_CUSTOMERS) {
      const theirs = company.store.all(entity).filter((one) => refOf(one, 'CustomerRef') === loserId);
      for (const one of theirs) unit.put(entity, { ...one, CustomerRef: { value: winnerId } });
    }
    for (const payment of paymentsOnOthers(company, winnerId)) unit.put('Payment', payment);
    for (const entity of Object.keys(NAMED_ON_LINES) as (keyof typeof NAMED_ON_LINES)[])
      for (const one of company.store.all(entity)) moveOnLines(unit, entity, one, loserId, winnerId);
    moveOpening(company, unit, loserId, winnerId);
    unit.announce('Customer', winnerId, 'Merge', { mergedId: loserId });
    const name = `${textOf(loser, 'DisplayName')} (deleted)`;
    unit.put('Customer', { ...loser, Active: false, DisplayName: name, FullyQualifiedName: name });
  });
  return readRecord(company, 'Customer', winnerId);
}
