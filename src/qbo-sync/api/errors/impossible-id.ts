import { idOfNone } from '../../../messages/invoice-check-messages.js';
import { isQboId } from '../../../platform/text/qbo-id.js';
import { QboError } from './qbo-error.js';

/** Throws QboError for what can be no id of QuickBooks: asking about it costs a call each time and answers nothing. */
export function assertQboId(what: 'invoice' | 'customer', id: string): void {
  if (isQboId(id)) return;
  throw new QboError('validation', idOfNone(what, id), { operation: `${what}.read`, unsent: true });
}
