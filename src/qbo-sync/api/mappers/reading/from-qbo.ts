import { JsonReader, readable, readSum } from './json-reader.js';
import type {
  ComparedInvoice,
  QboAccount,
  QboCreditMemo,
  QboCustomer,
  QboInvoice,
  QboItem,
  QboPayment,
  QboRefund,
} from '../../model/qbo-objects.js';

export function readCustomer(value: unknown): QboCustomer {
  const customer = new JsonReader(value, 'Customer');
  return {
    id: customer.digits('Id'),
    syncToken: customer.version('SyncToken'),
    displayName: customer.text('DisplayName'),
    givenName: customer.optionalText('GivenName'),
    familyName: customer.optionalText('FamilyName'),
    companyName: customer.optionalText('CompanyName'),
    email: customer.optionalInner('PrimaryEmailAddr')?.optionalText('Address') ?? null,
    phone: phoneIn(customer, 'PrimaryPhone'),
    otherPhones: ['Mobile', 'AlternatePhone'].flatMap((field) => phoneIn(customer, field) ?? []),
    active: customer.flag('Active', true),
    parentId: customer.optionalRef('ParentRef'),
    currency: customer.optionalCurrency('CurrencyRef'),
  };
}

function phoneIn(customer: JsonReader, field: string): string | null {
  return customer.optionalInner(field)?.optionalText('FreeFormNumber') ?? null;
}

export function readItem(value: unknown): QboItem {
  const item = new JsonReader(value, 'Item');
  return {
    id: item.digits('Id'),
    syncToken: item.version('SyncToken'),
    name: item.text('Name'),
    type: item.optionalText('Type'),
    active: item.flag('Active', true),
    incomeAccountId: item.optionalRef('IncomeAccountRef'),
  };
}

export function readAccount(value: unknown): QboAccount {
  const account = new JsonReader(value, 'Account');
  return {
    id: account.digits('Id'),
    name: account.text('Name'),
    accountType: account.text('AccountType'),
    accountSubType: account.optionalText('AccountSubType'),
    active: account.flag('Active', true),
  };
}

/** An invoice. Total and balance are required: a missing balance taken for zero would call the invoice paid. */
export function readInvoice(value: unknown): QboInvoice {
  const invoice = new JsonReader(value, 'Invoice');
  return {
    ...readComparedInvoice(value),
    currency: invoice.optionalCurrency('CurrencyRef'),
    exchangeRate: invoice.optionalRate('ExchangeRate'),
    homeTotalCents: invoice.optionalCents('HomeTotalAmt'),
    taxCents: invoice.optionalInner('TxnTaxDetail')?.optionalCents('TotalTax') ?? 0,
    privateNote: invoice.optionalText('PrivateNote'),
    linkedPaymentIds: linkedTo(invoice, 'Payment'),
    depositCents: invoice.optionalCents('Deposit') ?? 0,
    otherLinks: (['CreditMemo', 'Deposit', 'JournalEntry'] as const).flatMap((type) =>
      linkedTo(invoice, type).map((id) => ({ id, type })),
    ),
    itemLines: readItemLines(invoice),
    taxLines: readTaxLines(invoice),
    createdAt: readable(() => invoice.optionalInner('MetaData')?.optionalInstant('CreateTime') ?? null),
    lastUpdatedAt: invoice.optionalInner('MetaData')?.optionalInstant('LastUpdatedTime') ?? null,
  };
}

/** Status and money never wait for a line that cannot be read. */
function readItemLines(document: JsonReader): QboInvoice['itemLines'] {
  return readable(() =>
    document.list('Line').flatMap((line) => {
      const detail = line.optionalInner('SalesItemLineDetail');
      const itemId = detail?.optionalRef('ItemRef') ?? null;
      const taxCode = detail?.optionalRef('TaxCodeRef') ?? null;
      return itemId === null ? [] : [{ itemId, amountCents: line.optionalCents('Amount') ?? 0, taxCode }];
    }),
  );
}

function readTaxLines(invoice: JsonReader): QboInvoice['taxLines'] {
  return readable(() => {
    const lines = invoice.optionalInner('TxnTaxDetail')?.list('TaxLine') ?? [];
    return lines.map((line) => ({
      rateId: line.optionalInner('TaxLineDetail')?.optionalRef('TaxRateRef') ?? null,
      netCents: line.optionalInner('TaxLineDetail')?.optionalCents('NetAmountTaxable') ?? 0,
      taxCents: line.cents('Amount'),
    }));
  });
}

/** So much of a number is kept; QuickBooks itself takes 21 characters. */
const NUMBER_MAX = 64;

/** As much of an invoice as is compared, of one that holds no more. */
export function readComparedInvoice(value: unknown): ComparedInvoice {
  const invoice = new JsonReader(value, 'Invoice');
  return {
    id: invoice.digits('Id'),
    syncToken: invoice.version('SyncToken'),
    docNumber: invoice.optionalText('DocNumber')?.slice(0, NUMBER_MAX).toWellFormed() ?? null,
    customerId: invoice.ref('CustomerRef'),
    txnDate: invoice.optionalDay('TxnDate'),
    dueDate: invoice.optionalDay('DueDate'),
    totalCents: invoice.cents('TotalAmt'),
    balanceCents: invoice.cents('Balance'),
  };
}

/**
 * A payment with what each invoice got of it, and what it brings beside its own amount. A line that names several
 * invoices counts for the first; the others are named, with nothing.
 */
export function readPayment(value: unknown): QboPayment {
  const payment = new JsonReader(value, 'Payment');
  const lines = payment.list('Line');
  const broughtBy = (...types: string[]): number =>
    readSum(
      'Payment.Line',
      lines
        .filter((line) => types.some((type) => linkedTo(line, type).length > 0))
        .map((line) => line.cents('Amount')),
    );
  return {
    id: payment.digits('Id'),
    syncToken: payment.version('SyncToken'),
    customerId: payment.ref('CustomerRef'),
    totalCents: payment.cents('TotalAmt'),
    unappliedCents: payment.optionalCents('UnappliedAmt') ?? 0,
    currency: payment.optionalCurrency('CurrencyRef'),
    exchangeRate: payment.optionalRate('ExchangeRate'),
    txnDate: payment.optionalDay('TxnDate'),
    privateNote: payment.optionalText('PrivateNote'),
    depositAccountId: payment.optionalInner('DepositToAccountRef')?.text('value') ?? null,
    creditMemoCents: broughtBy('CreditMemo'),
    creditMemos: partsOf(lines, 'CreditMemo'),
    otherMoneyCents: broughtBy('Deposit', 'JournalEntry'),
    journalEntries: partsOf(lines, 'JournalEntry'),
    writtenOffCents: 0,
    givenBackCents: 0,
    applications: lines.flatMap((line) =>
      linkedTo(line, 'Invoice').map((invoiceId, place) => ({
        invoiceId,
        amountCents: place === 0 ? line.cents('Amount') : 0,
      })),
    ),
    enteredAt: payment.optionalInner('MetaData')?.optionalInstant('CreateTime') ?? null,
  };
}

/** The documents of a type that the lines of a payment use, with the part of each. */
function partsOf(lines: readonly JsonReader[], type: string): { id: string; amountCents: number }[] {
  return lines.flatMap((line) =>
    linkedTo(line, type).map((id, place) => ({ id, amountCents: place === 0 ? line.cents('Amount') : 0 })),
  );
}

/** A credit memo. Its total and what is left of it are required, as of an invoice. */
export function readCreditMemo(value: unknown): QboCreditMemo {
  const memo = new JsonReader(value, 'CreditMemo');
  return {
    id: memo.digits('Id'),
    syncToken: memo.version('SyncToken'),
    docNumber: memo.optionalText('DocNumber'),
    customerId: memo.ref('CustomerRef'),
    txnDate: memo.optionalDay('TxnDate'),
    totalCents: memo.cents('TotalAmt'),
    taxCents: memo.optionalInner('TxnTaxDetail')?.optionalCents('TotalTax') ?? 0,
    balanceCents: memo.optionalCents('RemainingCredit') ?? memo.cents('Balance'),
    privateNote: memo.optionalText('PrivateNote'),
    enteredAt: enteredAtOf(memo),
  };
}

export function readRefund(value: unknown): QboRefund {
  const refund = new JsonReader(value, 'RefundReceipt');
  return {
    id: refund.digits('Id'),
    syncToken: refund.version('SyncToken'),
    customerId: refund.optionalRef('CustomerRef'),
    currency: refund.optionalCurrency('CurrencyRef'),
    totalCents: refund.cents('TotalAmt'),
    taxCents: refund.optionalInner('TxnTaxDetail')?.optionalCents('TotalTax') ?? 0,
    itemLines: readItemLines(refund),
    exchangeRate: refund.optionalRate('ExchangeRate'),
    privateNote: refund.optionalText('PrivateNote'),
    enteredAt: enteredAtOf(refund),
  };
}

/** A document is read without it where it is wrong. */
function enteredAtOf(document: JsonReader): Date | null {
  return readable(() => document.optionalInner('MetaData')?.optionalInstant('CreateTime') ?? null);
}

/** Ids of the linked transactions of one type. QBO does not always write types in the same case. */
function linkedTo(owner: JsonReader, type: string): string[] {
  return owner
    .list('LinkedTxn')
    .filter((link) => link.optionalText('TxnType')?.toLowerCase() === type.toLowerCase())
    .map((link) => link.digits('TxnId'));
}
