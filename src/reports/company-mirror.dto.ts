import { ApiProperty } from '@nestjs/swagger';
import { DOCUMENT_TYPES } from '../qbo-sync/api/model/qbo-documents.js';

const INSTANT = { type: String, format: 'date-time', nullable: true } as const;

export class MirroredTypeView {
  @ApiProperty({ enum: DOCUMENT_TYPES, example: 'Invoice' })
  type!: string;

  @ApiProperty({ example: 2_000, description: 'Read so far' })
  read!: number;

  @ApiProperty({ type: Number, nullable: true, example: 10_000, description: 'null: not counted yet' })
  total!: number | null;
}

/** How far the documents of the QuickBooks company have been read for reports. */
export class CompanyMirrorView {
  @ApiProperty({ example: '9130357992221046' })
  qbo_realm_id!: string;

  @ApiProperty({
    enum: ['unread', 'waiting', 'filling', 'filled'],
    description:
      '`unread`: the first report over all of the company has it read. `waiting`: the read budget of the month has ' +
      'no room for it; it goes on by itself next month, or when the budget was raised',
  })
  state!: 'unread' | 'waiting' | 'filling' | 'filled';

  @ApiProperty({ ...INSTANT, description: 'Since when it waits for metered reads' })
  waiting_since!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it takes, and how the budget of the month stands',
  })
  waits_for!: string | null;

  @ApiProperty({ ...INSTANT, description: 'When all of it was read' })
  filled_at!: string | null;

  @ApiProperty({ ...INSTANT, description: 'When it was last brought up to date' })
  looked_at!: string | null;

  @ApiProperty({
    example: 33,
    description:
      'Metered reads that reading all of it takes: the least until the documents are counted; more where many are long',
  })
  reads_forecast!: number;

  @ApiProperty({ type: [MirroredTypeView] })
  documents!: MirroredTypeView[];
}
