import { decimalFromCents } from '../../../../platform/money/cents.js';
import type { ExchangeRate } from '../../../../platform/money/exchange-rate.js';
import type {
  AccountDraft,
  CreditApplicationDraft,
  CreditMemoDraft,
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  ItemDraft,
  PaymentApplication,
  PaymentDraft,
  QboAddressDraft,
  RefundDraft,
} from '../../model/qbo-objects.js';

/** A body for QuickBooks. */
export type Payload = Record<string, unknown>;

/** A new customer. */
export function customerPayload(draft: CustomerDraft): Payload {
  return withoutGaps({
    DisplayName: draft.displayName,
    GivenName: draft.givenName,
    FamilyName: draft.familyName,
    PrimaryEmailAddr: draft.email === undefined ? undefined : { Address: draft.email },
    PrimaryPhone: draft.phone === undefined ? undefined : { FreeFormNumber: draft.phone },
    CurrencyRef: draft.currency === undefined ? undefined : { value: draft.currency },
  });
}

/** A sparse change of a customer: what is not named stays; an empty text clears. */
export function customerPatchPayload(patch: CustomerPatch): Payload {
  const { email, phone } = patch;
  return withoutGaps({
    Id: patch.id,
    SyncToken: patch.syncToken,
    sparse: true,
    DisplayName: patch.displayName,
    GivenName: patch.givenName === null ? '' : patch.givenName,
    FamilyName: patch.familyName === null ? '' : patch.familyName,
    PrimaryEmailAddr: email === undefined ? undefined : { Address: email ?? '' },
    PrimaryPhone: phone === undefined ? undefined : { FreeFormNumber: phone ?? '' },
    Active: patch.active,
  });
}

/** A new account. */
export function accountPayload(draft: AccountDraft): Payload {
  return { Name: draft.name, AccountType: draft.accountType, AccountSubType: draft.accountSubType };
}

/** A new service item. */
export function itemPayload(draft: ItemDraft): Payload {
  return { Name: draft.name, Type: 'Service', IncomeAccountRef: { value: draft.incomeAccountId } };
}

/** A new invoice. */
export function invoicePayload(draft: InvoiceDraft): Payload {
  return withoutGaps({
    ...salePayload(draft),
    DueDate: draft.dueDate,
    SalesTermRef: draft.termId === undefined ? undefined : { value: draft.termId },
    BillEmail: draft.billEmail === undefined ? undefined : { Address: draft.billEmail },
  });
}

/** A new credit memo. */
export function creditMemoPayload(draft: CreditMemoDraft): Payload {
  return withoutGaps(salePayload(draft));
}

/** What a sale and its credit say alike: each line is one piece at its amount, so that quantity times price is it. */
function salePayload(draft: CreditMemoDraft): Payload {
  return {
    CustomerRef: { value: draft.customerId },
    DocNumber: draft.docNumber,
    TxnDate: draft.txnDate,
    CurrencyRef: draft.currency === undefined ? undefined : { value: draft.currency },
    ExchangeRate: rateNumber(draft.exchangeRate),
    PrivateNote: draft.privateNote,
    BillAddr: draft.billTo === undefined ? undefined : addressPayload(draft.billTo),
    ShipAddr: draft.shipTo === undefined ? undefined : addressPayload(draft.shipTo),
    GlobalTaxCalculation: draft.amountsAre === undefined ? undefined : 'TaxExcluded',
    TxnTaxDetail: draft.tax?.countedBy === 'us' ? { TotalTax: decimalFromCents(draft.tax.cents) } : undefined,
    DepartmentRef: draft.locationId === undefined ? undefined : { value: draft.locationId },
    Line: draft.lines.map(({ itemId, description, amountCents, taxCode, classId }) => ({
      Amount: decimalFromCents(amountCents),
      Description: description,
      DetailType: 'SalesItemLineDetail',
      SalesItemLineDetail: withoutGaps({
        ItemRef: { value: itemId },
        Qty: 1,
        UnitPrice: decimalFromCents(amountCents),
        TaxCodeRef: taxCode === undefined ? undefined : { value: taxCode },
        ClassRef: classId === undefined ? undefined : { value: classId },
      }),
    })),
  };
}

/** A new payment of nothing: what it takes of a credit memo it puts on an invoice. */
export function creditApplicationPayload(draft: CreditApplicationDraft): Payload {
  const Amount = decimalFromCents(draft.amountCents);
  return withoutGaps({
    CustomerRef: { value: draft.customerId },
    TotalAmt: 0,
    TxnDate: draft.txnDate,
    CurrencyRef: { value: draft.currency },
    ExchangeRate: rateNumber(draft.exchangeRate),
    PrivateNote: draft.privateNote,
    Line: [
      { Amount, LinkedTxn: [{ TxnId: draft.invoiceId, TxnType: 'Invoice' }] },
      { Amount, LinkedTxn: [{ TxnId: draft.creditMemoId, TxnType: 'CreditMemo' }] },
    ],
  });
}

function addressPayload(address: QboAddressDraft): Payload {
  return withoutGaps({
    Line1: address.line1,
    Line2: address.line2,
    City: address.city,
    CountrySubDivisionCode: address.region,
    PostalCode: address.postalCode,
    Country: address.country,
  });
}

/** A new payment, all of it applied to one invoice. */
export function paymentPayload(draft: PaymentDraft): Payload {
  const amount = decimalFromCents(draft.totalCents);
  return withoutGaps({
    CustomerRef: { value: draft.customerId },
    TotalAmt: amount,
    TxnDate: draft.txnDate,
    CurrencyRef: { value: draft.currency },
    ExchangeRate: rateNumber(draft.exchangeRate),
    PaymentRefNum: draft.paymentRef,
    PrivateNote: draft.privateNote,
    Line: [{ Amount: amount, LinkedTxn: [{ TxnId: draft.invoiceId, TxnType: 'Invoice' }] }],
  });
}

/** What a payment is applied to from now on. QuickBooks replaces all lines, and wants customer and total with them. */
export function paymentApplicationPayload(application: PaymentApplication): Payload {
  return {
    Id: application.id,
    SyncToken: application.syncToken,
    sparse: true,
    CustomerRef: { value: application.customerId },
    TotalAmt: decimalFromCents(application.totalCents),
    Line: application.applications.map(({ invoiceId, amountCents }) => ({
      Amount: decimalFromCents(amountCents),
      LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }],
    })),
  };
}

/** A new refund receipt, paid from the account the money had gone to: what was taxed, and the rest. */
export function refundPayload(draft: RefundDraft): Payload {
  const { taxed, taxCode, amountsAre } = draft;
  const isWithTax = amountsAre === 'with_tax';
  const taxedCents = taxed ? taxed.netCents + taxed.taxCents : 0;
  const wholeTaxed = [{ cents: isWithTax ? taxedCents : (taxed?.netCents ?? 0), taxCode: taxed?.taxCode }];
  const { itemId, released = { itemId, cents: 0 } } = draft;
  const lines = [
    ...((isWithTax && taxed?.byCode) || wholeTaxed).map((line) => ({ ...line, itemId })),
    { cents: draft.amountCents - taxedCents - released.cents, taxCode, itemId },
    { cents: released.cents, taxCode, itemId: released.itemId },
  ];
  return withoutGaps({
    CustomerRef: { value: draft.customerId },
    TxnDate: draft.txnDate,
    CurrencyRef: { value: draft.currency },
    ExchangeRate: rateNumber(draft.exchangeRate),
    PaymentRefNum: draft.paymentRef,
    PrivateNote: draft.privateNote,
    ShipAddr: draft.shipTo === undefined ? undefined : addressPayload(draft.shipTo),
    DepositToAccountRef: { value: draft.depositAccountId },
    GlobalTaxCalculation: amountsAre && (isWithTax ? 'TaxInclusive' : 'TaxExcluded'),
    TxnTaxDetail:
      taxed?.countedBy === 'us' && !isWithTax ? { TotalTax: decimalFromCents(taxed.taxCents) } : undefined,
    Line: lines
      .filter(({ cents }) => cents !== 0)
      .map((line) => ({
        Amount: decimalFromCents(line.cents),
        Description: draft.description,
        DetailType: 'SalesItemLineDetail',
        SalesItemLineDetail: withoutGaps({
          ItemRef: { value: line.itemId },
          Qty: 1,
          UnitPrice: decimalFromCents(line.cents),
          TaxCodeRef: line.taxCode === undefined ? undefined : { value: line.taxCode },
        }),
      })),
  });
}

/** QuickBooks takes a number; a rate has at most fifteen digits, which a number holds as they are. */
function rateNumber(rate: ExchangeRate | undefined): number | undefined {
  return rate === undefined ? undefined : Number(rate);
}

function withoutGaps(payload: Payload): Payload {
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
}
