import { ApiProperty } from '@nestjs/swagger';

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
    enum: ['payment', 'deposit', 'credit'],
    example: 'payment',
    description:
      '`payment`: money came in; `deposit`: money in the own Deposit field of the invoice, whose id then ' +
      'stands for the payment; `credit`: no money, but a credit memo or a journal entry',
  })
  kind!: string;
}
