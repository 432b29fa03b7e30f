import type { OutboundOperation } from './rows/operation.entity.js';

/** The subject of the question about an operation that only another company can answer: each has one of its own. */
export function elsewhereSubjectOf({ id }: Pick<OutboundOperation, 'id'>): string {
  return `sent.elsewhere:${id}`;
}

/** The same in SQL, of the operation that has this name in the statement. */
export const elsewhereSubjectSql = (operation: string): string => `'sent.elsewhere:' || ${operation}.id`;
