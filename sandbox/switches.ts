/**
 * The open questions about the real QuickBooks Online (the reference's "not confirmed" list), each a switch
 * set to the likelier answer.
 */
export interface Switches {
  /** How long a `requestid` is remembered, in milliseconds; 0 forgets at once. */
  requestIdMemoryMs: number;
  /** What happens to a `requestid` seen before: its first answer again, or nothing special. */
  requestIdMode: 'replay' | 'ignore';
  /** The same `requestid` with another body: the first answer again, or fault 600. */
  requestIdOtherBody: 'replay' | '600';
  /** Whether a 4xx outcome is remembered too. */
  requestIdKeepsRefusals: boolean;
  /** Whether the limits below are enforced at all; off unless asked for. */
  limits: boolean;
  /** Requests a minute, per realm. */
  requestsPerMinute: number;
  /** Requests a second, per realm and app. */
  requestsPerSecond: number;
  /** Batch requests a minute, per realm and app. */
  batchesPerMinute: number;
  /** How the gateway words its 401, 403 and 429. */
  gatewayFormat: 'json' | 'xml';
  /** Objects change data capture returns at most. */
  cdcObjectsMax: number;
  /** Whether that cap holds for the whole response or for each entity in it. */
  cdcCapPer: 'response' | 'entity';
  /** Which end is lost beyond the cap. */
  cdcCut: 'newest' | 'oldest';
  /** `MAXRESULTS` above 1000: fault 4001, or 1000 rows. */
  maxResultsAbove1000: 'refuse' | 'clamp';
  /** A number without quotes after `<` or `>` in a query, such as `Balance > 0`: fault 4000, or as if quoted. */
  bareNumbers: 'refuse' | 'allow';
  /** Voiding an invoice with payments: they become unapplied, or fault 6000. */
  voidPaidInvoice: 'allow' | 'refuse';
  /** Deleting an invoice with payments through the API: fault 800, or they become unapplied. */
  deletePaidInvoice: 'refuse' | 'allow';
  /** A payment line above the invoice's open balance: the rest becomes unapplied, or fault 6000. */
  overpayment: 'clip' | 'refuse';
  /** What stands between `Voided` and the note that was there. */
  voidNoteSeparator: string;
  /** Whether a payment also raises an update event for its invoices (and any record changed by another). */
  invoiceEventOnPayment: boolean;
  /** Whether a customer whose balance moved raises an update event. */
  customerEventOnBalance: boolean;
  /** The code of a transaction in another currency than its customer's or vendor's: 6000, or 2220. */
  currencyMismatch: '6000' | '2220';
  /** A payment into a bank account that is in neither the payment's nor the home currency: 6000, or taken. */
  foreignDepositAccount: 'refuse' | 'allow';
  /** Decimals of a currency that has not two, such as yen or dinars: two as in every other, or its own. */
  currencyDecimals: 'two' | 'own';
  /**
   * Whether names that differ only in how their letters are composed (é as one character or as two) are two
   * names, `codepoints`, or one: `normalized`.
   */
  nameComparison: 'codepoints' | 'normalized';
  /** Percent of tax that automated sales tax adds to lines with `TaxCodeRef` `TAX`; 0 adds none. */
  salesTaxPercent: number;
  /**
   * The same by the state a sale is shipped or billed to, such as `{"CA": 8.5}`; wins over `salesTaxPercent`.
   */
  salesTaxByState: Record<string, number>;
  /** A `TotalTax` sent to a company with automated sales tax: ignored, or taken as the tax. */
  explicitTax: 'ignored' | 'honoured';
  /** `GlobalTaxCalculation` sent to a US company, which has none: kept and of no effect, or fault 6000. */
  taxCalculationInUs: 'kept' | 'refused';
  /** A US line below zero, such as a deposit taken off: taxed as its code says, or always, as its invoice is. */
  negativeLineTax: 'by_code' | 'always';
  /** An item whose `IncomeAccountRef` is no income account, such as a liability: taken, or fault 2500. */
  itemAccounts: 'any' | 'income';
  /** An invoice for less than its estimate closes it at once, at 100 % only, or is refused with fault 620. */
  partialInvoiceOfEstimate: 'closes' | 'closes_when_full' | 'refused';
  /** A write, void or delete dated in closed books: fault 6210, or as any other. */
  closedPeriod: 'refuse' | 'allow';
  /** A deposit that comes to less than nothing: fault 6000, or taken. */
  negativeDeposit: 'refuse' | 'allow';
  /** A line of a deposit that books money from a bank account: taken, or fault 2500. */
  bankLineOfDeposit: 'allow' | 'refuse';
  /** A deposit into a foreign account with an `ExchangeRate`: taken, or fault 6000. */
  foreignDepositRate: 'allow' | 'refuse';
  /** Whether a deposit raises an update event for the payments in it, whose tokens do not move. */
  paymentEventOnDeposit: boolean;
  /** How `Id` is compared and sorted in queries. */
  idOrder: 'numeric' | 'text';
  /** A `requestid` on `/send` and `/upload`: of no effect, or as on other writes. */
  requestIdOnSend: 'ignore' | 'replay';
  /** What a batch costs of the read allowance: each query in it, or one for all. */
  batchReads: 'each' | 'one';
  /** How reports are written: as since 2026, or as before. */
  reportGeneration: 'modern' | 'classic';
  /** What open credits and unapplied payments are aged by: their own date, or not at all. */
  creditAging: 'own_date' | 'current';
  /** `aging_method=Current`: ages to today, or to the report's day like `Report_Date`. */
  agingMethodCurrent: 'today' | 'report_date';
  /** What a part payment pays on cash basis: a part of every line, or the income lines before the others. */
  cashPartPayment: 'pro_rata' | 'income_first';
  /** When money that came before its invoice is income of it on cash basis: on the invoice's day, or at once. */
  cashEarlyPayment: 'invoice_day' | 'payment_day';
  /** Stripe: whether the list of what is in a payout has the payout's own transaction too. */
  payoutOwnTransaction: 'present' | 'absent';
  /** Stripe: whether events of a connected account name it where they are listed, as they do where they are sent. */
  listedEventAccount: 'absent' | 'present';
  /** Hours an old refresh token keeps working after a new one was issued. */
  refreshGraceHours: number;
  /**
   * How long one refresh-token value is handed out before a refresh brings a new one; 0 changes it at every
   * refresh.
   */
  refreshRotationHours: number;
  /** Whether using a dead refresh-token value ends the whole connection, as after a theft. */
  revokeOnReuse: boolean;
  /** How long an authorization code may be exchanged, in seconds. */
  codeLifetimeSeconds: number;
  /** The last word of a void event's CloudEvents type: `qbo.invoice.void.v1` or `qbo.invoice.voided.v1`. */
  webhookVoidWord: 'void' | 'voided';
  /** Whether an unacknowledged notification holds back the later ones for the same endpoint. */
  webhookHeadOfLine: boolean;
}

/** Switches that choose between words. */
type WordSwitch = {
  [Name in keyof Switches]: Switches[Name] extends string
    ? string extends Switches[Name]
      ? never
      : Name
    : never;
}[keyof Switches];

/** The words of each switch that chooses between words, the default first. */
export const SWITCH_CHOICES: { readonly [Name in WordSwitch]: readonly Switches[Name][] } = {
  requestIdMode: ['replay', 'ignore'],
  requestIdOtherBody: ['replay', '600'],
  gatewayFormat: ['json', 'xml'],
  cdcCapPer: ['response', 'entity'],
  cdcCut: ['newest', 'oldest'],
  maxResultsAbove1000: ['refuse', 'clamp'],
  bareNumbers: ['refuse', 'allow'],
  voidPaidInvoice: ['allow', 'refuse'],
  deletePaidInvoice: ['refuse', 'allow'],
  overpayment: ['clip', 'refuse'],
  currencyMismatch: ['6000', '2220'],
  foreignDepositAccount: ['refuse', 'allow'],
  currencyDecimals: ['two', 'own'],
  nameComparison: ['codepoints', 'normalized'],
  explicitTax: ['ignored', 'honoured'],
  taxCalculationInUs: ['kept', 'refused'],
  negativeLineTax: ['by_code', 'always'],
  itemAccounts: ['any', 'income'],
  partialInvoiceOfEstimate: ['closes', 'closes_when_full', 'refused'],
  closedPeriod: ['refuse', 'allow'],
  negativeDeposit: ['refuse', 'allow'],
  bankLineOfDeposit: ['allow', 'refuse'],
  foreignDepositRate: ['allow', 'refuse'],
  idOrder: ['numeric', 'text'],
  requestIdOnSend: ['ignore', 'replay'],
  batchReads: ['each', 'one'],
  reportGeneration: ['modern', 'classic'],
  creditAging: ['own_date', 'current'],
  agingMethodCurrent: ['today', 'report_date'],
  cashPartPayment: ['pro_rata', 'income_first'],
  cashEarlyPayment: ['invoice_day', 'payment_day'],
  payoutOwnTransaction: ['present', 'absent'],
  listedEventAccount: ['absent', 'present'],
  webhookVoidWord: ['void', 'voided'],
};

/** What is wrong with a change of switches: names there are not, values of another type or word. Pure. */
export function switchProblems(patch: Readonly<Record<string, unknown>>): string[] {
  const known = defaultSwitches();
  return Object.entries(patch).flatMap(([name, value]) => {
    if (!Object.hasOwn(known, name)) return [`there is no switch ${name}`];
    const type = typeof known[name as keyof Switches];
    if (typeof value !== type || value === null)
      return [`${name} must be ${type === 'object' ? 'an' : 'a'} ${type}`];
    if (type === 'number' && !isAmount(value)) return [`${name} must not be below 0`];
    if (type === 'object' && !isAmounts(value)) return [`${name} must hold numbers that are not below 0`];
    const choices: readonly unknown[] | undefined = SWITCH_CHOICES[name as WordSwitch];
    return !choices || choices.includes(value) ? [] : [`${name} must be ${choices.join(' or ')}`];
  });
}

/** No number of a switch means anything below 0, nor without an end. */
function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isAmounts(value: unknown): boolean {
  return !Array.isArray(value) && Object.values(value as object).every(isAmount);
}

export function defaultSwitches(): Switches {
  return {
    requestIdMemoryMs: 24 * 3_600_000,
    requestIdMode: 'replay',
    requestIdOtherBody: 'replay',
    requestIdKeepsRefusals: false,
    limits: false,
    requestsPerMinute: 500,
    requestsPerSecond: 10,
    batchesPerMinute: 40,
    gatewayFormat: 'json',
    cdcObjectsMax: 1000,
    cdcCapPer: 'response',
    cdcCut: 'newest',
    maxResultsAbove1000: 'refuse',
    bareNumbers: 'refuse',
    voidPaidInvoice: 'allow',
    deletePaidInvoice: 'refuse',
    overpayment: 'clip',
    voidNoteSeparator: '\n',
    invoiceEventOnPayment: false,
    customerEventOnBalance: false,
    currencyMismatch: '6000',
    foreignDepositAccount: 'refuse',
    currencyDecimals: 'two',
    nameComparison: 'codepoints',
    salesTaxPercent: 0,
    salesTaxByState: {},
    explicitTax: 'ignored',
    taxCalculationInUs: 'kept',
    negativeLineTax: 'by_code',
    itemAccounts: 'any',
    partialInvoiceOfEstimate: 'closes',
    closedPeriod: 'refuse',
    negativeDeposit: 'refuse',
    bankLineOfDeposit: 'allow',
    foreignDepositRate: 'allow',
    paymentEventOnDeposit: false,
    idOrder: 'numeric',
    requestIdOnSend: 'ignore',
    batchReads: 'each',
    reportGeneration: 'modern',
    creditAging: 'own_date',
    agingMethodCurrent: 'today',
    cashPartPayment: 'pro_rata',
    cashEarlyPayment: 'invoice_day',
    payoutOwnTransaction: 'present',
    listedEventAccount: 'absent',
    refreshGraceHours: 0,
    refreshRotationHours: 24,
    revokeOnReuse: false,
    codeLifetimeSeconds: 300,
    webhookVoidWord: 'void',
    webhookHeadOfLine: true,
  };
}
