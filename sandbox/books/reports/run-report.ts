import type { Company } from '../company.ts';
import { unsupportedOperation } from '../fault.ts';
import { agedDetail } from './aged-detail.ts';
import { agedSummary } from './aged-summary.ts';
import { balanceDetail, balanceSummary } from './open-balances.ts';
import { itemSales } from './by-item.ts';
import { inventoryDetail, inventoryValuation } from './inventory.ts';
import { taxSummary } from './tax-summary.ts';
import { transactionList, transactionListBy, transactionListWithSplits } from './transaction-lists.ts';
import { balanceSheet, cashFlow, trialBalance } from './balance-sheet.ts';
import { customerIncome, customerSales, salesBy, vendorExpenses } from './by-party.ts';
import { accountList, generalLedger, journalReport, profitAndLossDetail } from './listings.ts';
import { profitAndLoss } from './profit-and-loss.ts';
import { type Report, type WrittenReport, written } from './report.ts';
import { type ReportRequest, reportRequestOf } from './request.ts';

/** The reports of `GET /reports/{name}`. */
export const REPORTS: Readonly<Record<string, (request: ReportRequest) => Report>> = {
  AccountList: accountList,
  AgedPayableDetail: agedDetail('Vendor'),
  AgedPayables: agedSummary('Vendor'),
  AgedReceivableDetail: agedDetail('Customer'),
  AgedReceivables: agedSummary('Customer'),
  BalanceSheet: balanceSheet,
  CashFlow: cashFlow,
  ClassSales: salesBy('Class'),
  CustomerBalance: balanceSummary('Customer'),
  CustomerBalanceDetail: balanceDetail('Customer'),
  CustomerIncome: customerIncome,
  CustomerSales: customerSales,
  DepartmentSales: salesBy('Department'),
  GeneralLedger: generalLedger,
  InventoryValuationDetail: inventoryDetail,
  InventoryValuationSummary: inventoryValuation,
  ItemSales: itemSales,
  JournalReport: journalReport,
  ProfitAndLoss: profitAndLoss,
  ProfitAndLossDetail: profitAndLossDetail,
  TaxSummary: taxSummary,
  TransactionList: transactionList,
  TransactionListByCustomer: transactionListBy('Customer'),
  TransactionListByVendor: transactionListBy('Vendor'),
  TransactionListWithSplits: transactionListWithSplits,
  TrialBalance: trialBalance,
  VendorBalance: balanceSummary('Vendor'),
  VendorBalanceDetail: balanceDetail('Vendor'),
  VendorExpenses: vendorExpenses,
};

const BY_LOWER_NAME = new Map(Object.entries(REPORTS).map((report) => [report[0].toLowerCase(), report]));

/** Reports of a French company, which no company here is. */
const FRENCH = new Set(['fecreport', 'generalledgerfr', 'journalreportfr', 'trialbalancefr']);

/** A report by its name, whatever the case. */
export function runReport(company: Company, name: string, query: Record<string, string>): WrittenReport {
  if (FRENCH.has(name.toLowerCase()))
    throw unsupportedOperation(`Report ${name} for a company in ${company.country}`, 400);
  const report = BY_LOWER_NAME.get(name.toLowerCase());
  if (!report) throw unsupportedOperation(`Report ${name}`, 400);
  const [known, run] = report;
  return written(run(reportRequestOf(company, known, query)), {
    currency: company.homeCurrency,
    decimals: company.store.decimals,
  });
}
