import type { EntityName } from '../catalog.ts';
import { currencyFor } from '../currency.ts';
import { currencyOf } from '../currency-of.ts';
import { badCurrency, badNumber, businessRule, cannotLink, required } from '../fault.ts';
import { type Body, isBody, partOf, refOf, rowsOf, spelled, textOf } from '../json.ts';
import { keptOf, majorOf, productOf } from '../money.ts';
import { type Priced, emptiedLines, priceLines } from './lines.ts';
import { numbered } from './numbering.ts';
import { identifyAddresses } from './person.ts';
import type { Rules, RuleContext } from './rule-context.ts';
import { type Tax, usSalesTax } from './sales-tax.ts';
import { checkCalculation, valueAddedTax } from './value-added-tax.ts';

/** Sold and paid at the counter: the customer may be unknown. */
const PAID_AT_ONCE = new Set<EntityName>(['SalesReceipt', 'RefundReceipt']);

/** The currency of a customer's or vendor's transaction: theirs, and no other. */
export function partyCurrency(context: RuleContext, draft: Body, party: Body | undefined): Body {
  const own = refOf(party, 'CurrencyRef') ?? context.company.homeCurrency;
  const currency = currencyFor(context.company, draft, own);
  if (currency.value !== own) {
    const text = 'The currency of the transaction is invalid for customer / vendor / account.';
    const { currencyMismatch } = context.company.world.switches;
    throw currencyMismatch === '6000' ? businessRule(text) : badCurrency(`Invalid Currency : ${text}`);
  }
  return currency;
}

/** The lines priced and taxed: in the US by the document's rate, elsewhere by the code of each line. */
function pricedAndTaxed(
  context: RuleContext,
  sent: Body,
  before: Body | undefined,
  currency: string,
): { priced: Priced } & Tax {
  const { company } = context;
  if (company.isUs) {
    const priced = priceLines(company, sent, before, currency);
    return { priced, ...usSalesTax(context, sent, priced, currency) };
  }
  const lines = rowsOf(sent, 'Line').filter((line) => line.DetailType !== 'SubTotalLineDetail');
  const {
    lines: Line,
    tax,
    TxnTaxDetail,
  } = valueAddedTax(company, sent, lines, currency, 'SalesTaxRateList');
  return { priced: priceLines(company, { ...sent, Line }, before, currency), tax, TxnTaxDetail };
}

function checkEmailStatus(draft: Body): void {
  if (draft.EmailStatus === 'NeedToSend' && !textOf(partOf(draft, 'BillEmail'), 'Address'))
    throw required('BillEmail');
}

/**
 * What a form takes over from its customer when it brings none of its own. QBO's own page fills in the e-mail address
 * too; the API does not.
 */
function inheritedFrom(
  { byHand }: RuleContext,
  customer: Body | undefined,
  draft: Body,
  before: Body | undefined,
): Body {
  if (before || !customer) return draft;
  const taken = {
    BillAddr: customer.BillAddr,
    ShipAddr: customer.ShipAddr,
    ...(byHand ? { BillEmail: customer.PrimaryEmailAddr } : {}),
  };
  const own = Object.entries(taken).filter(([field, value]) => draft[field] === undefined && isBody(value));
  return { ...draft, ...Object.fromEntries(own) };
}

/** Where a sale is shipped from unless it says so: the company's own address, on two lines. */
function shipFrom({ company }: RuleContext, draft: Body, before: Body | undefined): Body {
  if (before || draft.ShipFromAddr !== undefined || !company.isUs) return {};
  const own = partOf(company.store.find('CompanyInfo', '1'), 'CompanyAddr');
  if (own.Line1 === undefined) return {};
  const joined = (separator: string, ...parts: (string | undefined)[]): string =>
    parts.filter(Boolean).join(separator);
  const region = joined('  ', textOf(own, 'CountrySubDivisionCode'), textOf(own, 'PostalCode'));
  const Line2 = joined(', ', textOf(own, 'City'), region);
  return {
    ShipFromAddr: { Id: company.store.next('address'), Line1: own.Line1, ...(Line2 ? { Line2 } : {}) },
  };
}

/** The rate sent, or 1: the API does not look one up. A rate of nothing or less is refused. */
function rateOf(context: RuleContext, body: Body): unknown {
  if (currencyOf(body) === context.company.homeCurrency) return 1;
  const rate = body.ExchangeRate ?? 1;
  if (Number(rate) <= 0) throw badNumber('ExchangeRate', spelled(rate));
  return rate;
}

/** Amounts in the company's own money, where it keeps several currencies. */
export function homeAmounts(context: RuleContext, body: Body, ...fields: ('TotalAmt' | 'Balance')[]): Body {
  if (!context.company.isMultiCurrency) return {};
  const rate = rateOf(context, body);
  const { homeCurrency: home, store } = context.company;
  const inHome = (field: string): number =>
    majorOf(keptOf(productOf(body[field], rate, home), home, store.decimals), home);
  return {
    ExchangeRate: rate as number,
    ...Object.fromEntries(fields.map((field) => [`Home${field}`, inHome(field)])),
  };
}

/** Documents a form is made from, such as the estimate of an invoice, must exist: 620. */
function sourcesOf(context: RuleContext, sent: Body): Body[] {
  const links = rowsOf(sent, 'LinkedTxn');
  for (const link of links) {
    const isEstimate = link.TxnType === 'Estimate';
    if (isEstimate && !context.company.store.find('Estimate', textOf(link, 'TxnId'))) {
      throw cannotLink(`there is no estimate ${textOf(link, 'TxnId')}`);
    }
  }
  return links;
}

/**
 * The common part of invoices, estimates, credit memos, sales and refund receipts: customer, currency, lines,
 * tax, total.
 */
export function completeSale(
  context: RuleContext,
  entity: EntityName,
  sent: Body,
  before: Body | undefined,
): Body {
  const { company } = context;
  const customerId = refOf(sent, 'CustomerRef');
  if (customerId === undefined && !PAID_AT_ONCE.has(entity)) throw required('CustomerRef');
  const customer = company.store.find('Customer', customerId);
  const CurrencyRef = partyCurrency(context, sent, customer);
  const currency = textOf(CurrencyRef, 'value')!;
  checkEmailStatus(sent);
  checkCalculation(company, sent);
  const addressed = inheritedFrom(context, customer, sent, before);
  const { priced, tax, TxnTaxDetail } = pricedAndTaxed(context, addressed, before, currency);
  if (priced.net + tax < 0) throw businessRule('Transaction amount must be 0 or greater.');
  const identified = identifyAddresses(context, addressed, before, 'BillAddr', 'ShipAddr');
  return {
    CustomField: [],
    ...numbered(context, entity, identified, before),
    TxnDate: textOf(sent, 'TxnDate') ?? textOf(before, 'TxnDate') ?? context.company.today(),
    CurrencyRef,
    LinkedTxn: before?.LinkedTxn ?? sourcesOf(context, sent),
    Line: priced.lines,
    TxnTaxDetail,
    ...(company.isUs ? {} : { GlobalTaxCalculation: sent.GlobalTaxCalculation ?? 'TaxExcluded' }),
    ...(customerId === undefined ? {} : { CustomerRef: { value: customerId } }),
    FreeFormAddress: sent.FreeFormAddress ?? true,
    ...shipFrom(context, identified, before),
    TotalAmt: majorOf(priced.net + tax, currency),
    ApplyTaxAfterDiscount: sent.ApplyTaxAfterDiscount ?? false,
    PrintStatus: sent.PrintStatus ?? 'NeedToPrint',
    EmailStatus: sent.EmailStatus ?? 'NotSet',
  };
}

/** `Voided` first, then the note that was there. A second void adds nothing. */
export function voidedNote(context: RuleContext, body: Body): string {
  const note = textOf(body, 'PrivateNote');
  if (note === undefined) return 'Voided';
  return note.startsWith('Voided')
    ? note
    : `Voided${context.company.world.switches.voidNoteSeparator}${note}`;
}

/** A sales form with nothing left in it. */
export function voidedSale(context: RuleContext, body: Body): Body {
  return {
    ...body,
    Line: emptiedLines(body),
    TxnTaxDetail: { ...partOf(body, 'TxnTaxDetail'), TotalTax: 0 },
    LinkedTxn: [],
    TotalAmt: 0,
    Balance: 0,
    PrivateNote: voidedNote(context, body),
    ...homeAmounts(context, { ...body, TotalAmt: 0, Balance: 0 }, 'TotalAmt', 'Balance'),
  };
}

/** Sales receipts and refunds: paid on the spot, never open. A refund says which account the money leaves. */
export function receiptRules(entity: 'SalesReceipt' | 'RefundReceipt'): Rules {
  return {
    complete(context, draft, before) {
      if (entity === 'RefundReceipt' && refOf(draft, 'DepositToAccountRef') === undefined)
        throw required('DepositToAccountRef');
      const sale = completeSale(context, entity, draft, before);
      const account = draft.DepositToAccountRef ?? { value: '4' };
      const receipt = { ...sale, DepositToAccountRef: account, Balance: 0 };
      return { ...receipt, ...homeAmounts(context, receipt, 'TotalAmt') };
    },
    voided: voidedSale,
  };
}

export const estimateRules: Rules = {
  complete(context, draft, before) {
    const sale = completeSale(context, 'Estimate', draft, before);
    return { ...sale, TxnStatus: draft.TxnStatus ?? 'Pending', ...homeAmounts(context, sale, 'TotalAmt') };
  },
};
