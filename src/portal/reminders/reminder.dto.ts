import { ApiProperty } from '@nestjs/swagger';
import { REMINDER_STATES } from './invoice-reminder.entity.js';

const INSTANT = { type: String, format: 'date-time', nullable: true } as const;

/** A reminder of an invoice, and what became of it. */
export class ReminderView {
  @ApiProperty({ example: 5 })
  id!: number;

  @ApiProperty({
    example: 'after_7',
    description: 'before_3: three days before the due day; due; after_7; by_hand: a person asked for it',
  })
  step!: string;

  @ApiProperty({
    type: String,
    format: 'date',
    example: '2026-03-16',
    nullable: true,
    description: 'The day the invoice was due on then',
  })
  due_on!: string | null;

  @ApiProperty({
    enum: REMINDER_STATES,
    example: 'sent',
    description:
      'sent: the mail server has accepted it; skipped: something spoke against it; failed: it was refused for good; ' +
      'uncertain: the answer of the mail server was lost, and it is not sent again',
  })
  state!: string;

  @ApiProperty({
    type: String,
    example: null,
    nullable: true,
    description: 'Why it was not sent, or why the last attempt failed',
  })
  reason!: string | null;

  @ApiProperty({ type: String, example: 'maria.ruiz@example.com', nullable: true })
  emailed_to!: string | null;

  @ApiProperty({ type: Number, example: null, nullable: true, description: 'The person who asked for it' })
  asked_by!: number | null;

  @ApiProperty({ type: Number, example: 9, nullable: true, description: 'The link it brought' })
  link_id!: number | null;

  @ApiProperty({ ...INSTANT, example: null, description: 'When a queued one is tried, or tried again' })
  next_attempt_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-23T15:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ ...INSTANT, example: '2026-03-23T15:00:02.000Z' })
  sent_at!: string | null;
}

/** What becomes of a reminder that was asked for. */
export class AskedReminderView {
  @ApiProperty({
    enum: REMINDER_STATES,
    example: 'queued',
    description:
      'sent: one went out within the hour and stands for it. How it goes on: GET /invoices/{id}/reminders',
  })
  status!: string;

  @ApiProperty({ example: 5 })
  reminder_id!: number;

  @ApiProperty({ example: 12 })
  invoice_id!: number;

  @ApiProperty({ type: String, example: 'maria.ruiz@example.com', nullable: true })
  emailed_to!: string | null;
}
