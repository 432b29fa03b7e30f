import type { PaymentToRecord, RefundToRecord } from '../../jobs/queues.js';
import type {
  CustomerDraft,
  CustomerPatch,
  InvoiceDraft,
  ItemDraft,
  PaymentDraft,
  RefundDraft,
} from '../api/model/qbo-objects.js';

/** What each kind of operation sends, complete. Frozen with the first attempt: a retry never sends anything else. */
export interface OperationRequests {
  'customer.create': CustomerDraft;
  'customer.update': CustomerPatch;
  'item.create': ItemDraft;
  'invoice.create': InvoiceDraft;
  /** The version the void was asked for; QuickBooks refuses any other. */
  'invoice.void': { id: string; syncToken: string };
  'payment.create': { fact: PaymentToRecord; draft: PaymentDraft };
  /** `amountCents` is this step's part of all that was refunded. */
  'refund.create': { fact: RefundToRecord; amountCents: number; draft: RefundDraft };
}

export type OperationKind = keyof OperationRequests;

/** Kinds whose caller reports a failure itself, so that it opens no inbox item. */
export const ANSWERED_BY_CALLER: ReadonlySet<OperationKind> = new Set(['item.create', 'invoice.void']);

/** What a blocked operation holds until its request can be prepared. */
interface BlockedPayloads {
  'invoice.create': { lines?: undefined };
  'payment.create': { fact: PaymentToRecord; draft?: undefined };
  'refund.create': { fact: RefundToRecord; amountCents: number; draft?: undefined };
}

/** The payload column of one kind: its request, or for kinds that may be blocked what the request is made from. */
export type OperationPayload<K extends OperationKind = OperationKind> = {
  [Kind in K]: OperationRequests[Kind] | (Kind extends keyof BlockedPayloads ? BlockedPayloads[Kind] : never);
}[K];
