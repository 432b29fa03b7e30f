import { type BilledChange, type InvoiceKey, isSameKey, type NamedKey } from '../../invoices/invoice-key.js';

/** An entry of a contract that bills a change order, which was approved once the final invoice was out. */
export interface EntryChange extends InvoiceKey, BilledChange {}

/** The entry with the change order that it bills, of all that the contract's entries bill. Pure. */
export function namedKey({ kind, sequence }: InvoiceKey, changes: readonly EntryChange[]): NamedKey {
  const key = { kind, sequence };
  const change = changes.find((one) => isSameKey(one, key));
  return { ...key, change: change ? { number: change.number, description: change.description } : null };
}
