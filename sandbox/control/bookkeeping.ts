import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  editByHand,
  manyInvoices,
  mergeCustomers,
  receivePayment,
  saleByHand,
  setActive,
  unapply,
  undoByHand,
} from '../books/bookkeeper.ts';
import {
  type CustomerMoney,
  applyCredit,
  bankFeedDeposit,
  depositPayments,
  journalCredit,
  movePayment,
} from '../books/by-hand-money.ts';
import type { EntityName } from '../books/catalog.ts';
import type { Company } from '../books/company.ts';
import { type Body, textOf, without } from '../books/json.ts';
import { recurringList, useTemplate } from '../books/recurring-run.ts';
import { writeRecord } from '../books/write-record.ts';
import { BadField, Fields } from '../fields.ts';
import type { World } from '../world.ts';
import { companyOf } from './company-of.ts';

type Action = (company: Company, id: string, fields: Fields, body: Body) => Body;

const MANY_MAX = 10_000;

/** A positive amount in major units, when there is one. */
function amountIn(fields: Fields): number | undefined {
  return fields.optionalNumber('amount', 0, 99_999_999_999);
}

/** The fields sent in QBO's own spelling; ours begin with a small letter. */
function qboFields(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([name]) => /^[A-Z]/.test(name)));
}

function saleAction(entity: 'Invoice' | 'CreditMemo'): Action {
  return (company, _id, fields, body) => {
    const amount = amountIn(fields);
    const description = fields.optionalText('description');
    const sale = {
      customerId: fields.text('customer_id'),
      ...(amount === undefined ? {} : { amount }),
      ...(description === undefined ? {} : { description }),
    };
    const made = saleByHand(company, entity, sale, qboFields(body));
    const applyTo = fields.optionalText('apply_to');
    if (entity === 'CreditMemo' && applyTo !== undefined)
      applyCredit(company, { type: 'CreditMemo', id: textOf(made, 'Id')!, amount: made.TotalAmt }, applyTo);
    return made;
  };
}

/** The same invoice so many times over: books as large as a question needs them. */
const invoicesAlike: Action = (company, _id, fields, body) => {
  const sale = { customerId: fields.text('customer_id'), amount: amountIn(fields) ?? 100 };
  const count = fields.optionalNumber('count', 1, MANY_MAX) ?? 1;
  return { ids: manyInvoices(company, sale, qboFields(body), count) };
};

function moneyIn(fields: Fields, body: Body): CustomerMoney {
  const optional = { accountId: fields.optionalText('account_id'), applyTo: fields.optionalText('apply_to') };
  const amount = amountIn(fields);
  if (amount === undefined) throw new BadField('amount is required');
  return {
    customerId: fields.text('customer_id'),
    amount,
    fields: qboFields(body),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

/** Payments brought to the bank, or a customer's money that the bank feed shows. */
const deposit: Action = (company, _id, fields, body) => {
  const payments = fields.raw('payment_ids');
  if (payments === undefined) return bankFeedDeposit(company, moneyIn(fields, body));
  if (!Array.isArray(payments) || !payments.every((id) => typeof id === 'string'))
    throw new BadField('payment_ids must be a list of Ids');
  return depositPayments(company, payments, fields.optionalText('account_id'));
};

function nameAction(entity: EntityName): Action {
  return (company, _id, fields, body) => {
    const name = fields.optionalText('name');
    return writeRecord(company, 'create', entity, {
      ...(name === undefined ? {} : { DisplayName: name }),
      ...qboFields(body),
    });
  };
}

const edit =
  (entity: EntityName): Action =>
  (company, id, fields, body) =>
    editByHand(company, entity, id, qboFields(body), amountIn(fields));

const undo =
  (verb: 'void' | 'delete', entity: EntityName): Action =>
  (company, id) =>
    undoByHand(company, verb, entity, id);

const activity =
  (entity: 'Customer' | 'Item' | 'Vendor', active: boolean): Action =>
  (company, id) =>
    setActive(company, entity, id, active);

const receive: Action = (company, _id, fields, body) => {
  const given = {
    invoiceId: fields.optionalText('invoice_id'),
    customerId: fields.optionalText('customer_id'),
    amount: amountIn(fields),
    date: fields.optionalText('date'),
    unapplied: fields.optionalFlag('unapplied'),
  };
  const receipt = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return receivePayment(company, { ...receipt, fields: qboFields(body) });
};

const document =
  (entity: 'Bill' | 'RefundReceipt'): Action =>
  (company, _id, _fields, body) =>
    writeRecord(company, 'create', entity, qboFields(body), { byHand: true });

/** A payment edited to another amount keeps its lines, as far as the money goes. */
const editPayment: Action = (company, id, fields, body) => {
  const amount = amountIn(fields);
  return editByHand(company, 'Payment', id, {
    ...qboFields(body),
    ...(amount === undefined ? {} : { TotalAmt: amount }),
  });
};

/** A currency on the company's list: added, or made active or inactive. */
const listCurrency: Action = (company, _id, fields) => {
  const Code = fields.text('code');
  const Active = fields.optionalFlag('active') ?? true;
  const listed = company.store.all('CompanyCurrency').find((one) => one.Code === Code);
  return listed
    ? editByHand(company, 'CompanyCurrency', textOf(listed, 'Id')!, { Active })
    : writeRecord(company, 'create', 'CompanyCurrency', { Code, Active }, { byHand: true });
};

/** What a currency is worth in the company's own from a day on. */
const rateCurrency: Action = (company, _id, fields) =>
  writeRecord(
    company,
    'create',
    'ExchangeRate',
    {
      SourceCurrencyCode: fields.text('code'),
      Rate: fields.optionalNumber('rate', 0, 1_000_000) ?? 1,
      AsOfDate: fields.optionalText('date') ?? company.today(),
    },
    { byHand: true },
  );

/** What a bookkeeper does in QBO's own pages, below `/sandbox/companies/{realm}/`. */
const ACTIONS: Record<string, Action> = {
  'receive-payment': receive,
  invoices: saleAction('Invoice'),
  'invoices/many': invoicesAlike,
  'invoices/:id/edit': edit('Invoice'),
  'invoices/:id/void': undo('void', 'Invoice'),
  'invoices/:id/delete': undo('delete', 'Invoice'),
  'payments/:id/edit': editPayment,
  'payments/:id/void': undo('void', 'Payment'),
  'payments/:id/delete': undo('delete', 'Payment'),
  'payments/:id/unapply': (company, id) => unapply(company, id),
  'payments/:id/move': (company, id, fields) =>
    movePayment(company, id, fields.text('invoice_id'), amountIn(fields)),
  'journal-entries': (company, _id, fields, body) => journalCredit(company, moneyIn(fields, body)),
  'journal-entries/:id/delete': undo('delete', 'JournalEntry'),
  deposits: deposit,
  'deposits/:id/delete': undo('delete', 'Deposit'),
  'credit-memos': saleAction('CreditMemo'),
  'credit-memos/:id/void': undo('void', 'CreditMemo'),
  'credit-memos/:id/delete': undo('delete', 'CreditMemo'),
  'refund-receipts': document('RefundReceipt'),
  'refund-receipts/:id/delete': undo('delete', 'RefundReceipt'),
  bills: document('Bill'),
  'bills/:id/edit': edit('Bill'),
  'bills/:id/delete': undo('delete', 'Bill'),
  customers: nameAction('Customer'),
  'customers/merge': (company, _id, fields) =>
    mergeCustomers(company, fields.text('winner_id'), fields.text('loser_id')),
  'customers/:id/edit': edit('Customer'),
  'customers/:id/rename': (company, id, fields) =>
    editByHand(company, 'Customer', id, { DisplayName: fields.text('name') }),
  'customers/:id/inactivate': activity('Customer', false),
  'customers/:id/reactivate': activity('Customer', true),
  vendors: nameAction('Vendor'),
  'recurring/:id/use': (company, id) => useTemplate(company, id),
  currencies: listCurrency,
  'exchange-rates': rateCurrency,
  items: (company, _id, fields, body) =>
    writeRecord(company, 'create', 'Item', { Name: fields.text('name'), ...qboFields(body) }),
  'items/:id/inactivate': activity('Item', false),
  'items/:id/reactivate': activity('Item', true),
};

/** Preferences by their own short names, wherever QBO keeps them. */
const PREFERENCES: Record<string, string> = {
  CustomTxnNumbers: 'SalesFormsPrefs',
  AutoApplyCredit: 'SalesFormsPrefs',
  AutoApplyPayments: 'SalesFormsPrefs',
  DefaultTerms: 'SalesFormsPrefs',
  BookCloseDate: 'AccountingInfoPrefs',
  MultiCurrencyEnabled: 'CurrencyPrefs',
  HomeCurrency: 'CurrencyPrefs',
  UsingSalesTax: 'TaxPrefs',
  PartnerTaxEnabled: 'TaxPrefs',
};

function grouped(body: Body): Body {
  const groups: Record<string, Body> = {};
  for (const [name, value] of Object.entries(qboFields(body))) {
    const group = PREFERENCES[name];
    if (group) groups[group] = { ...groups[group], [name]: value };
    else groups[name] = { ...groups[name], ...(value as Body) };
  }
  return groups;
}

function bodyOf(request: FastifyRequest): Body {
  return (request.body ?? {}) as Body;
}

/**
 * Serves what a person does in QBO's own pages: no SyncToken, limit or access token; changes raise webhooks
 * like any other.
 */
export function registerBookkeeping(app: FastifyInstance, world: World): void {
  for (const [path, action] of Object.entries(ACTIONS)) {
    app.post(`/sandbox/companies/:realm/${path}`, async (request) => {
      const company = companyOf(world, request.params);
      const { id = '' } = request.params as { id?: string };
      return action(company, id, new Fields(request.body), bodyOf(request));
    });
  }

  app.get('/sandbox/companies/:realm/recurring', async (request) =>
    recurringList(companyOf(world, request.params)),
  );

  const setPreferences = async (request: FastifyRequest): Promise<Body> => {
    const company = companyOf(world, request.params);
    const warns = new Fields(request.body).optionalFlag('warn_duplicate_numbers');
    if (warns !== undefined) company.warnsOfDuplicateNumbers = warns;
    return writeRecord(
      company,
      'update',
      'Preferences',
      grouped(without(bodyOf(request), 'warn_duplicate_numbers')),
      { byHand: true },
    );
  };
  app.patch('/sandbox/companies/:realm/preferences', setPreferences);
  app.post('/sandbox/companies/:realm/preferences', setPreferences);
}
