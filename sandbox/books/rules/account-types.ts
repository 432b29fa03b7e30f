/** Account types with their classification and the detail type QBO gives when none is sent. */
const TYPES: Record<string, { classification: string; subType: string }> = {
  Bank: { classification: 'Asset', subType: 'CashOnHand' },
  'Accounts Receivable': { classification: 'Asset', subType: 'AccountsReceivable' },
  'Other Current Asset': { classification: 'Asset', subType: 'OtherCurrentAssets' },
  'Fixed Asset': { classification: 'Asset', subType: 'OtherFixedAssets' },
  'Other Asset': { classification: 'Asset', subType: 'OtherLongTermAssets' },
  'Accounts Payable': { classification: 'Liability', subType: 'AccountsPayable' },
  'Credit Card': { classification: 'Liability', subType: 'CreditCard' },
  'Other Current Liability': { classification: 'Liability', subType: 'OtherCurrentLiabilities' },
  'Long Term Liability': { classification: 'Liability', subType: 'OtherLongTermLiabilities' },
  Equity: { classification: 'Equity', subType: 'OpeningBalanceEquity' },
  Income: { classification: 'Revenue', subType: 'SalesOfProductIncome' },
  'Other Income': { classification: 'Revenue', subType: 'OtherMiscellaneousIncome' },
  Expense: { classification: 'Expense', subType: 'OtherMiscellaneousServiceCost' },
  'Other Expense': { classification: 'Expense', subType: 'OtherMiscellaneousExpense' },
  'Cost of Goods Sold': { classification: 'Expense', subType: 'SuppliesMaterialsCogs' },
};

export function classOf(accountType: string): string | undefined {
  return TYPES[accountType]?.classification;
}

export function subTypeOf(accountType: string): string {
  return TYPES[accountType]!.subType;
}
