/**
 * Types of accounts on which nothing costs a job: what customers owe, as where an expense pays a credit out, money
 * itself, what is owed, as retainage that is kept from a subcontractor, and what owners put in. What is kept as an
 * asset costs, as work in progress does.
 */
const BOOKS_NO_COST = [
  'Accounts Receivable',
  'Accounts Payable',
  'Bank',
  'Credit Card',
  'Other Current Liability',
  'Long Term Liability',
  'Equity',
];

/** The account `a` of a line of qbo_document_lines, by the line's alias. */
export function accountOfLine(line: string): string {
  return `left join qbo_accounts a
    on a.org_id = ${line}.org_id and a.realm_id = ${line}.realm_id and a.qbo_id = ${line}.account_id`;
}

/** True where a line on the account `a` costs something by itself, as far as the chart of accounts is known. */
export const IS_COST = `coalesce(a.type not in (${BOOKS_NO_COST.map((type) => `'${type}'`).join(', ')}), true)`;
