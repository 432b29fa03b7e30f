import type { InvoiceRecord } from '../../invoice-record.js';

/** More than these at once are no odd records: it is how they are read that is wrong, which is mended here. */
const ODD_ONES_MAX = 10;

/**
 * Whether so many invoices of ours that cannot be read are odd records: then a person hears of each, and nothing waits
 * for it to be readable. Where they are more they are asked for until they can be read. Pure.
 */
export function areOddOnes(count: number): boolean {
  return count <= ODD_ONES_MAX;
}

/** A question of each version that was read last: what is decided about one holds until another is read. */
export function subjectOfUnread({ id, syncToken }: Pick<InvoiceRecord, 'id' | 'syncToken'>): string {
  return `invoice.unread:${id}:${syncToken ?? '-'}`;
}

/** The same in SQL, of the row of an invoice that has this name in the statement. */
export const unreadSubjectSql = (invoice: string): string =>
  `'invoice.unread:' || ${invoice}.id || ':' || coalesce(${invoice}.sync_token::text, '-')`;
