import { ApiProperty } from '@nestjs/swagger';

const NUMBER = { type: Number, nullable: true } as const;
const TEXT = { type: String, nullable: true } as const;
const INSTANT = { type: String, nullable: true, example: '2026-03-02T17:00:00.000Z' } as const;

/** What is wanted of QuickBooks, newest try. */
export class WhyOperationView {
  @ApiProperty({ example: 'uncertain' })
  state!: string;

  @ApiProperty({ example: 1 })
  attempts!: number;

  @ApiProperty({ ...TEXT, example: 'QuickBooks did not answer; it may still be at work.' })
  reason!: string | null;

  @ApiProperty({ example: '2026-03-02T17:00:00.000Z', description: 'First sent, or else requested' })
  since!: string;

  @ApiProperty({ example: '2026-03-02T17:02:10.000Z' })
  next_attempt_at!: string;
}

/** What the answer about a proposal rests on. */
export class WhyProposalFactsView {
  @ApiProperty({ enum: ['lead', 'draft', 'approved', 'cancelled'], example: 'approved' })
  status!: string;

  @ApiProperty({ ...NUMBER, example: 1_250_000 })
  amount_cents!: number | null;

  @ApiProperty({ example: 'USD' })
  currency!: string;

  @ApiProperty(INSTANT)
  approved_at!: string | null;

  @ApiProperty({ enum: ['none', 'live', 'over'], example: 'live' })
  link!: string;

  @ApiProperty({
    example: 375_000,
    description: 'What the customer paid of the deposit by the payment page, before refunds',
  })
  deposit_paid_cents!: number;

  @ApiProperty({ example: 0 })
  deposit_refunded_cents!: number;

  @ApiProperty({ example: 0, description: "What the customer's bank took back after a dispute" })
  deposit_lost_cents!: number;

  @ApiProperty(INSTANT)
  deposit_paid_at!: string | null;

  @ApiProperty({ ...TEXT, example: null })
  dispute_status!: string | null;

  @ApiProperty({ ...INSTANT, example: null, description: 'Until when the bank takes an answer to it' })
  dispute_respond_by!: string | null;

  @ApiProperty({ ...TEXT, example: 'paid' })
  checkout_status!: string | null;

  @ApiProperty({ ...INSTANT, example: null })
  checkout_expires_at!: string | null;

  @ApiProperty({
    enum: ['never', 'connected', 'needs_reauth', 'disconnected', 'elsewhere'],
    example: 'connected',
  })
  connection!: string;

  @ApiProperty({ ...TEXT, example: null })
  invoices_from!: string | null;

  @ApiProperty({ example: true })
  record_payments!: boolean;

  @ApiProperty({ example: 857150, description: 'What of the contract is on no invoice yet, before tax' })
  unbilled_cents!: number;

  @ApiProperty({ ...TEXT, example: 'CRM-7' })
  invoice_number!: string | null;

  @ApiProperty({ ...TEXT, example: 'open' })
  invoice_state!: string | null;

  @ApiProperty({ ...NUMBER, example: 375_000 })
  invoice_total_cents!: number | null;

  @ApiProperty({ ...NUMBER, example: 375_000 })
  invoice_balance_cents!: number | null;

  @ApiProperty({ ...NUMBER, example: 0 })
  invoice_paid_cents!: number | null;

  @ApiProperty({ ...TEXT, example: '2026-03-16' })
  invoice_due_on!: string | null;

  @ApiProperty({ ...INSTANT, example: null })
  invoice_paid_at!: string | null;

  @ApiProperty(INSTANT)
  invoice_last_sync_at!: string | null;

  @ApiProperty({ type: WhyOperationView, nullable: true })
  invoice_operation!: WhyOperationView | null;

  @ApiProperty({
    type: WhyOperationView,
    nullable: true,
    description: 'The recording of the deposit, until it is done',
  })
  payment_operation!: WhyOperationView | null;

  @ApiProperty({ ...TEXT, example: null, description: 'Of the open inbox item that matters most' })
  inbox_code!: string | null;

  @ApiProperty({ example: 0, description: 'Open inbox items about it' })
  inbox_open!: number;

  @ApiProperty({ example: ['refund.create'], description: 'What is neither done in QuickBooks nor given up' })
  unfinished!: string[];

  @ApiProperty({ example: 0, description: 'Money with us beyond what the invoice comes to' })
  excess_cents!: number;

  @ApiProperty({ example: 0, description: 'What is open on other invoices of it than the one named here' })
  others_open_cents!: number;

  @ApiProperty({
    example: 0,
    description: 'Money with us that was paid for other invoices of it, which are gone from QuickBooks',
  })
  gone_cents!: number;
}

/** What the answer about a customer rests on. */
export class WhyCustomerFactsView {
  @ApiProperty({ ...TEXT, example: '58' })
  qbo_customer_id!: string | null;

  @ApiProperty(INSTANT)
  qbo_last_sync_at!: string | null;

  @ApiProperty({ example: false, description: 'Changed here since QuickBooks was told' })
  differs!: boolean;

  @ApiProperty({
    enum: ['never', 'connected', 'needs_reauth', 'disconnected', 'elsewhere'],
    example: 'connected',
  })
  connection!: string;

  @ApiProperty({ type: WhyOperationView, nullable: true })
  operation!: WhyOperationView | null;

  @ApiProperty({ ...TEXT, example: null })
  inbox_code!: string | null;
}

export class WhyProposalView {
  @ApiProperty({ example: 'Invoice CRM-7 over $3,750.00 is open and due by March 16, 2026.' })
  answer!: string;

  @ApiProperty({ example: "Wait for the customer's payment." })
  next_step!: string;

  @ApiProperty({ type: WhyProposalFactsView })
  facts!: WhyProposalFactsView;
}

export class WhyCustomerView {
  @ApiProperty({ example: 'This customer is not in QuickBooks, because QuickBooks is not connected.' })
  answer!: string;

  @ApiProperty({ example: 'Connect QuickBooks at /qbo/oauth/start; the rest follows by itself.' })
  next_step!: string;

  @ApiProperty({ type: WhyCustomerFactsView })
  facts!: WhyCustomerFactsView;
}
