/**
 * What people call the customer on the row that has this name in the statement: by name, or else e-mail. `otherwise`
 * is said where there is none.
 */
export const customerNameSql = (customer: string, otherwise?: string): string =>
  `coalesce(${customer}.full_name, ${customer}.email${otherwise === undefined ? '' : `, ${otherwise}`})`;
