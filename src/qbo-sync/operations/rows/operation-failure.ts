import type { InboxCode } from '../../../messages/inbox-messages.js';
import type { QboError } from '../../api/errors/qbo-error.js';

/** Why an operation is not done. */
export interface Failure {
  kind: InboxCode;
  code?: string;
  message: string;
  intuitTid?: string;
}

/** What of a QuickBooks error is kept with the operation. */
export function failureOf(error: QboError): Failure {
  return {
    kind: error.kind,
    code: error.detail.code,
    message: error.detail.explanation ? `${error.message} (${error.detail.explanation})` : error.message,
    intuitTid: error.detail.intuitTid,
  };
}
