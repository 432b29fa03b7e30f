import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { QboId } from '../platform/http/decorators/qbo-id.decorator.js';
import { PageQuery } from '../platform/http/lists/page.dto.js';
import { QueryId, SearchText } from '../platform/http/decorators/query.decorator.js';
import { sortsBy } from '../platform/http/lists/sorted-page.js';
import { IfGiven } from '../platform/http/decorators/text.decorator.js';
import { INBOX_EVENTS, type InboxEventKind } from './inbox-event.js';
import {
  INBOX_STATES,
  type InboxState,
  ITEM_DECISIONS,
  type ItemDecision,
  type RetryManner,
} from './inbox-item.js';
import { SEVERITIES, type Severity } from '../messages/codes/inbox-message.js';
import { INBOX_CODES, type InboxCode } from '../messages/inbox-messages.js';

/** `id`: as they came. */
const INBOX_SORTS = sortsBy('id', 'created_at', 'updated_at');
const TEXT = { type: String, nullable: true } as const;
const CODE = { enum: INBOX_CODES, enumName: 'InboxCode' } as const;

/** Which part of the inbox is asked for. */
export class InboxQuery extends PageQuery {
  @ApiPropertyOptional({ enum: [...INBOX_STATES, 'all'], default: 'open' })
  @IsOptional()
  @IsIn([...INBOX_STATES, 'all'])
  state: InboxState | 'all' = 'open';

  @ApiPropertyOptional(CODE)
  @IsOptional()
  @IsIn(INBOX_CODES)
  code?: InboxCode;

  @ApiPropertyOptional({ example: 7 })
  @QueryId()
  proposal_id?: number;

  @ApiPropertyOptional({ example: 1, description: 'About the customer, or about a proposal of theirs' })
  @QueryId()
  customer_id?: number;

  @ApiPropertyOptional({ description: 'Part of the reason, in any case' })
  @SearchText()
  search?: string;

  @ApiPropertyOptional({ enum: INBOX_SORTS, default: 'id' })
  @IsOptional()
  @IsIn(INBOX_SORTS)
  sort: (typeof INBOX_SORTS)[number] = 'id';
}

/** Which kind is to be tried again. */
export class RetryKind {
  @ApiProperty({ ...CODE, example: 'books_closed' })
  @IsIn(INBOX_CODES)
  code!: InboxCode;
}

/** The document that was found or entered by hand, or what is to become of the customer: one at the most. */
export class ResolveItem {
  @ApiPropertyOptional({ example: '145' })
  @IfGiven()
  @QboId()
  qbo_invoice_id?: string;

  @ApiPropertyOptional({ example: '58' })
  @IfGiven()
  @QboId()
  qbo_customer_id?: string;

  @ApiPropertyOptional({ example: '146' })
  @IfGiven()
  @QboId()
  qbo_payment_id?: string;

  @ApiPropertyOptional({ example: '147', description: 'A refund receipt' })
  @IfGiven()
  @QboId()
  qbo_refund_id?: string;

  @ApiPropertyOptional({ example: '148' })
  @IfGiven()
  @QboId()
  qbo_credit_memo_id?: string;

  @ApiPropertyOptional({
    enum: ITEM_DECISIONS,
    example: 'create',
    description:
      'About a customer that may be in QuickBooks already. create: it is none of them, make it; ' +
      'exclude: keep it out of QuickBooks. To link one, name it by qbo_customer_id.',
  })
  @IfGiven()
  @IsIn(ITEM_DECISIONS)
  action?: ItemDecision;
}

/** Something that waits for a person, or did. */
export class InboxItemView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ ...CODE, example: 'books_closed', description: 'Stable, for programs' })
  code!: InboxCode;

  @ApiProperty({
    enum: SEVERITIES,
    example: 'blocked',
    description:
      'Most first: `money` is wrong or at risk, work is `blocked`, or two records show a `difference`',
  })
  severity!: Severity;

  @ApiProperty({ ...TEXT, example: '6210', description: "QuickBooks' own code" })
  qbo_code!: string | null;

  @ApiProperty({
    example:
      'The invoice of proposal 7, Roof of 12 Elm Street, over $3,750.00 for Ann Ruiz: The books are ' +
      'closed for this date in QuickBooks (code 6210: Account Period Closed).',
  })
  reason!: string;

  @ApiProperty({
    example:
      'Open the period in QuickBooks and retry all of this kind, or book it there by hand and resolve this with ' +
      'its id.',
  })
  next_step!: string;

  @ApiProperty({
    enum: ['together', 'singly'],
    nullable: true,
    example: 'together',
    description:
      'Whether it can be tried again with all of its kind, or only by itself after a look in QuickBooks; ' +
      'null where there is nothing to try',
  })
  retry!: RetryManner | null;

  @ApiProperty({ ...TEXT, example: null, description: 'Since when it waits for its turn to be tried again' })
  retry_queued_at!: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 7 })
  proposal_id!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: null })
  customer_id!: number | null;

  @ApiProperty({ ...TEXT, example: 'Ann Ruiz', description: "Of the customer, or of the proposal's" })
  customer_name!: string | null;

  @ApiProperty({ ...TEXT, description: "Intuit's trace id, for their support" })
  intuit_tid!: string | null;

  @ApiProperty({ enum: INBOX_STATES, example: 'open' })
  state!: InboxState;

  @ApiProperty({ example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ example: '2026-03-02T17:00:00.000Z' })
  updated_at!: string;

  @ApiProperty({ ...TEXT, example: null })
  closed_at!: string | null;
}

/** One thing that happened to an item. */
export class InboxEventView {
  @ApiProperty({ example: '2026-03-03T09:12:00.000Z' })
  at!: string;

  @ApiProperty({ enum: INBOX_EVENTS, example: 'retried' })
  event!: InboxEventKind;

  @ApiProperty({
    example: 3,
    description: 'Another id than the item has is of an earlier one about the same',
  })
  item_id!: number;

  @ApiProperty({ type: Number, nullable: true, example: 1 })
  user_id!: number | null;

  @ApiProperty({ ...TEXT, example: 'Ada Acme', description: 'Who did it; null where it came by itself' })
  by!: string | null;

  @ApiProperty({ ...TEXT, example: null, description: 'What it waited for from then on' })
  code!: string | null;

  @ApiProperty({ ...TEXT, example: null })
  qbo_code!: string | null;

  @ApiProperty({ ...TEXT, example: null })
  reason!: string | null;

  @ApiProperty({ ...TEXT, example: null })
  intuit_tid!: string | null;

  @ApiProperty({ ...TEXT, example: null, description: 'The document a person named' })
  qbo_id!: string | null;

  @ApiProperty({
    enum: ['open', 'resolved'],
    nullable: true,
    example: 'open',
    description: 'What came of a retry; null while it is under way',
  })
  outcome!: 'open' | 'resolved' | null;

  @ApiProperty({ ...TEXT, example: 'The books are closed for this date in QuickBooks (code 6210).' })
  error!: string | null;
}

export class InboxHistoryView extends InboxItemView {
  @ApiProperty({ type: [InboxEventView], description: 'Oldest first, of earlier items about the same too' })
  history!: InboxEventView[];
}

export class InboxDecisionView {
  @ApiProperty({ example: 3 })
  id!: number;

  @ApiProperty({ enum: ['resolved', 'dismissed', 'open'], example: 'resolved' })
  state!: string;

  @ApiPropertyOptional({ description: 'Why a retry left it open' })
  error?: string;
}

export class LeftItemView {
  @ApiProperty({ example: 5 })
  id!: number;

  @ApiProperty({
    example:
      'It may have been done, so it is not tried again unseen. Look in QuickBooks. If it is there, ' +
      'resolve this with its id; if it is not, retry.',
  })
  reason!: string;
}

export class QueuedRetriesView {
  @ApiProperty({ ...CODE, example: 'books_closed' })
  code!: InboxCode;

  @ApiProperty({ example: 2 })
  queued!: number;

  @ApiProperty({ type: [Number], example: [3, 4], description: 'The items that are tried again' })
  item_ids!: number[];

  @ApiProperty({ type: [LeftItemView], description: 'Those that are not, and why; the oldest 500' })
  left!: LeftItemView[];

  @ApiProperty({
    example: false,
    description: 'There are more to try of the kind than one request takes: ask again',
  })
  more!: boolean;
}
