/** A project or sub-customer of QuickBooks is at most so far below its customer. */
export const LEVELS_MAX = 5;

/**
 * The customer of QuickBooks with this id in the statement, and those it is a project or sub-customer of, as rows `up`
 * with their `id`, for a statement about the company $2 of the organisation $1. Goes before the select that asks them.
 */
export const withParentsSql = (customer: string): string => `
  with recursive up as (
    select ${customer} as id, 0 as level
     union all
    select q.parent_id, up.level + 1
      from up
      join qbo_customers q on q.org_id = $1 and q.realm_id = $2 and q.qbo_id = up.id
     where q.parent_id is not null and up.level < ${LEVELS_MAX})`;
