import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ListedPayment } from './invoice-payments.repository.js';
import type { InvoiceVoid } from '../../push/invoices/invoice-void.service.js';

/** A payment applied to the invoice of a proposal. */
export class InvoicePaymentView {
  @ApiProperty({ example: 12 })
  id!: number;

  @ApiProperty({ example: '180' })
  qbo_payment_id!: string;

  @ApiProperty({ example: 112_500, description: 'The part applied to this invoice' })
  amount_cents!: number;

  @ApiProperty({ type: String, format: 'date', example: '2026-03-04', nullable: true })
  paid_on!: string | null;

  @ApiProperty({
    enum: ['payment', 'credit'],
    example: 'payment',
    description: '`payment`: money came in; `credit`: a credit memo was used',
  })
  kind!: string;
}

/** What asking for a void came to. */
export class InvoiceVoidView {
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiPropertyOptional({ enum: ['voided', 'deleted'], example: 'voided' })
  qbo_state?: string | null;

  @ApiPropertyOptional({ type: String, example: 'CRM-7', nullable: true })
  qbo_invoice_number?: string | null;

  @ApiPropertyOptional({ example: 'QBO not connected' })
  error?: string;
}

export function invoicePaymentView(payment: ListedPayment): InvoicePaymentView {
  return {
    id: payment.id,
    qbo_payment_id: payment.paymentId,
    amount_cents: payment.amountCents,
    paid_on: payment.paidOn,
    kind: payment.kind,
  };
}

export function invoiceVoidView(proposalId: number, outcome: InvoiceVoid): InvoiceVoidView {
  if (!outcome.ok) return { ok: false, proposal_id: proposalId, error: outcome.error };
  const { qboState, qboInvoiceNumber } = outcome.proposal;
  return { ok: true, proposal_id: proposalId, qbo_state: qboState, qbo_invoice_number: qboInvoiceNumber };
}
