import type { InvoiceKind } from './invoice.entity.js';

/** Which invoice of a proposal, whatever its generation: the entry of the contract that it bills. */
export interface InvoiceKey {
  kind: InvoiceKind;
  /** Which of its kind, from 1. */
  sequence: number;
}

export const DEPOSIT: InvoiceKey = { kind: 'deposit', sequence: 1 };

export function isSameKey(a: InvoiceKey, b: InvoiceKey): boolean {
  return a.kind === b.kind && a.sequence === b.sequence;
}
