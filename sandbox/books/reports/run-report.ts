import type { Company } from '../company.ts';
import { unsupportedOperation } from '../fault.ts';
import { agedDetail } from './aged-detail.ts';
import { agedSummary } from './aged-summary.ts';
import { balanceDetail, balanceSummary } from './open-balances.ts';
import { inventoryValuation, itemSales } from './by-item.ts';
import { transactionList, transactionListBy } from './transaction-lists.ts';
import { balanceSheet, cashFlow, trialBalance } from './balance-sheet.ts';
import { customerIncome, customerSales, salesBy, vendorExpenses } from './by-party.ts';
import { accountList, generalLedger, journalReport, profitAndLossDetail } from './listings.ts';
import { profitAndLoss } from './profit-and-loss.ts';
import type { Report } from './report.ts';
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
  InventoryValuationSummary: inventoryValuation,
  ItemSales: itemSales,
  JournalReport: journalReport,
  ProfitAndLoss: profitAndLoss,
  ProfitAndLossDetail: profitAndLossDetail,
  TransactionList: transactionList,
  TransactionListByCustomer: transactionListBy('Customer'),
  TransactionListByVendor: transactionListBy('Vendor'),
  TrialBalance: trialBalance,
  VendorBalance: balanceSummary('Vendor'),
  VendorBalanceDetail: balanceDetail('Vendor'),
  VendorExpenses: vendorExpenses,
};

const BY_LOWER_NAME = new Map(Object.entries(REPORTS).map(([name, run]) => [name.toLowerCase(), run]));

/** A report by its name, whatever the case. */
export function runReport(company: Company, name: string, query: Record<string, string>): Report {
  const run = BY_LOWER_NAME.get(name.toLowerCase());
  if (!run) throw unsupportedOperation(`Report ${name}`, 400);
  return run(reportRequestOf(company, query));
}
