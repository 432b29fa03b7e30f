import { moneyText } from '../../../messages/format.js';
import type { OperationKind, OperationRequests } from '../operation-payloads.js';
import type { OutboundOperation } from '../rows/operation.entity.js';

/** An operation that holds its request. */
type Sent = { [K in OperationKind]: { kind: K; payload: OperationRequests[K] } }[OperationKind];

/** What an operation that was sent is about, for people. Pure. */
export function sentTitleOf({ kind, proposalId, payload }: OutboundOperation): string {
  const sent = { kind, payload } as Sent;
  const ofProposal = `of proposal ${proposalId}`;
  switch (sent.kind) {
    case 'invoice.create':
      return `Invoice ${sent.payload.docNumber} ${ofProposal}`;
    case 'credit.create':
      return `Credit memo ${sent.payload.docNumber} ${ofProposal}`;
    case 'credit.apply': {
      const { amountCents, currency } = sent.payload;
      return `The use of ${moneyText(amountCents, currency)} of a credit ${ofProposal}`;
    }
    case 'payment.create': {
      const { amountCents, currency } = sent.payload.fact;
      return `The payment of ${moneyText(amountCents, currency)} for proposal ${proposalId}`;
    }
    case 'refund.create': {
      const { fact, amountCents } = sent.payload;
      return `The refund of ${moneyText(amountCents, fact.currency)} for proposal ${proposalId}`;
    }
    case 'payment.apply':
      return `Payment ${sent.payload.paymentId} on the new invoice ${ofProposal}`;
    default:
      return `What was sent for proposal ${proposalId}`;
  }
}
