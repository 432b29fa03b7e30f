import type { InvoiceKind } from './invoice.entity.js';

/** Which invoice of a proposal, whatever its generation: the entry of the contract that it bills. */
export interface InvoiceKey {
  kind: InvoiceKind;
  /** Which of its kind, from 1. */
  sequence: number;
}

/** The change order that an entry of a contract bills. */
export interface BilledChange {
  number: number;
  description: string;
}

/** An entry with what it is called by. */
export interface NamedKey extends InvoiceKey {
  /** Null where it bills no change order by itself. */
  change: BilledChange | null;
}

export const DEPOSIT: NamedKey = { kind: 'deposit', sequence: 1, change: null };

export function isSameKey(a: InvoiceKey, b: InvoiceKey): boolean {
  return a.kind === b.kind && a.sequence === b.sequence;
}
