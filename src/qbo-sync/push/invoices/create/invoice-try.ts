import { moneyText } from '../../../../messages/format.js';
import type { Invoice } from '../../../../invoices/invoice.entity.js';
import type { Lead } from '../../../../proposals/rows/lead.entity.js';
import { isInHand, isMaybeDone } from '../../../operations/operation-state.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';

/** An invoice of ours and the newest try at making it. */
export interface WantedInvoice {
  invoice: Invoice;
  operation: OutboundOperation<'invoice.create'>;
}

/** True of a try that has its request, and is not given up. Pure. */
export function isUnderWay(operation: Pick<OutboundOperation, 'state'>): boolean {
  return operation.state === 'done' || isInHand(operation);
}

/** True of a try of which nobody knows yet whether it made the invoice. Pure. */
export function mayBeMade({ state }: Pick<OutboundOperation, 'state'>): boolean {
  return state === 'needs_person' || isMaybeDone(state);
}

/** What a try is about, for people. Pure. */
export function invoiceTitleOf({ id, name, currency }: Lead, amountCents: number): string {
  return `The invoice of proposal ${id}, ${name}, over ${moneyText(amountCents, currency)}`;
}
