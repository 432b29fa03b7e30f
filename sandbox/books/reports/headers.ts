/** What the header of a report has beside its name, times and currency, where it is not everything. */
interface Traits {
  /** Not a matter of cash or accrual. */
  hasNoBasis?: boolean;
  /** Its columns can be divided: `SummarizeColumnsBy`. */
  isSummarised?: boolean;
  /** Follows an accounting standard, and says so. */
  hasStandard?: boolean;
  /** Of the open items of one day, which it names. */
  isOfOneDay?: boolean;
  /** The period of a report that is asked for without one; a company's own year may begin elsewhere. */
  period?: string;
}

const MONTH = 'this month-to-date';
const YEAR = 'this calendar year-to-date';

const TRAITS: Readonly<Record<string, Traits>> = {
  AccountList: { hasNoBasis: true },
  AgedPayableDetail: { hasNoBasis: true, isOfOneDay: true, period: 'today' },
  AgedPayables: { hasNoBasis: true, isOfOneDay: true, period: 'today' },
  AgedReceivableDetail: { hasNoBasis: true, isOfOneDay: true, period: 'today' },
  AgedReceivables: { hasNoBasis: true, isOfOneDay: true, period: 'today' },
  BalanceSheet: { isSummarised: true, hasStandard: true, period: YEAR },
  CashFlow: { hasNoBasis: true, isSummarised: true },
  ClassSales: { isSummarised: true, period: MONTH },
  CustomerIncome: { period: YEAR },
  CustomerSales: { isSummarised: true },
  DepartmentSales: { isSummarised: true },
  GeneralLedger: { period: MONTH },
  ItemSales: { isSummarised: true },
  JournalReport: { hasNoBasis: true, period: MONTH },
  ProfitAndLoss: { isSummarised: true, hasStandard: true, period: YEAR },
  TransactionList: { hasNoBasis: true },
  TransactionListByCustomer: { hasNoBasis: true },
  TransactionListByVendor: { hasNoBasis: true },
  TrialBalance: { period: MONTH },
  VendorExpenses: { isSummarised: true, period: YEAR },
};

/** Of a report there are no records of: as most are. */
export function traitsOf(report: string): Traits {
  return TRAITS[report] ?? {};
}
