import { ApiProperty } from '@nestjs/swagger';
import { PREFLIGHT_CODES, PREFLIGHT_SEVERITIES } from './preflight-check.js';

export class PreflightCheckView {
  @ApiProperty({ enum: PREFLIGHT_CODES, example: 'document_numbers' })
  code!: string;

  @ApiProperty({ example: false })
  ok!: boolean;

  @ApiProperty({
    enum: PREFLIGHT_SEVERITIES,
    example: 'warn',
    description: 'What it means where it is not ok: invoices fail, may come out otherwise, or good to know',
  })
  severity!: string;

  @ApiProperty({ example: 'Custom transaction numbers is off', description: 'What QuickBooks says' })
  found!: string;

  @ApiProperty({ type: String, example: 'Turn Custom transaction numbers on in QuickBooks.', nullable: true })
  next_step!: string | null;
}

export class PreflightView {
  @ApiProperty({
    type: String,
    format: 'date-time',
    example: '2026-03-02T09:00:00.000Z',
    nullable: true,
    description: 'Null where nothing was looked at since the company was connected',
  })
  checked_at!: Date | null;

  @ApiProperty({ example: 6, description: 'Metered reads it took' })
  reads!: number;

  @ApiProperty({ type: [PreflightCheckView] })
  checks!: PreflightCheckView[];
}
