/** Types of accounts on which a receivable is given up. */
const EXPENSE_TYPES = ['Expense', 'Other Expense'];

const INCOME_TYPES = ['Income', 'Other Income'];

/** What was set aside for bad debts before, kept under the assets: a receivable is given up on it as well. */
const ALLOWANCE_SUB_TYPE = 'AllowanceForBadDebts';

/** Whether a receivable that is settled on the account brings no money, and is no income given back. Pure. */
export function isGivenUpOn({ type, subType }: { type: string; subType: string | null }): boolean {
  return EXPENSE_TYPES.includes(type) || subType === ALLOWANCE_SUB_TYPE;
}

/** Whether a receivable that is settled on the account gives income back, as on one for discounts. Pure. */
export function isIncome({ type }: { type: string }): boolean {
  return INCOME_TYPES.includes(type);
}

/** `isGivenUpOn` as a condition of SQL on a row of qbo_accounts that has this name in the statement. */
export const givenUpOnSql = (account: string): string => `
  (${account}.type in (${EXPENSE_TYPES.map((type) => `'${type}'`).join(', ')})
    or coalesce(${account}.sub_type = '${ALLOWANCE_SUB_TYPE}', false))`;

/** The same of `isIncome`. */
export const incomeSql = (account: string): string =>
  `${account}.type in (${INCOME_TYPES.map((type) => `'${type}'`).join(', ')})`;
