import { ApiProperty } from '@nestjs/swagger';

/** What proves that a customer approved. */
export class EvidenceView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 'Maria Ruiz', description: 'As the customer typed it' })
  signer_name!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' })
  approved_at!: string;

  @ApiProperty({ example: '203.0.113.7' })
  ip!: string;

  @ApiProperty({ type: String, example: 'Mozilla/5.0 …', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ example: 3 })
  link_id!: number;

  @ApiProperty({ example: 1_102_500 })
  total_cents!: number;

  @ApiProperty({ example: 'USD', description: 'ISO 4217' })
  currency!: string;

  @ApiProperty({
    description: 'SHA-256 of name, currency, total, deposit, terms and lines as they were approved',
  })
  content_sha256!: string;

  @ApiProperty({ example: true, description: 'The proposal still is what was approved' })
  unchanged!: boolean;
}

/** What proves that a customer approved a change order. */
export class ChangeOrderEvidenceView {
  @ApiProperty({ example: 7 })
  proposal_id!: number;

  @ApiProperty({ example: 1 })
  number!: number;

  @ApiProperty({ example: 'Maria Ruiz', description: 'As the customer typed it' })
  signer_name!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-03T15:00:00.000Z' })
  approved_at!: string;

  @ApiProperty({ example: '203.0.113.7' })
  ip!: string;

  @ApiProperty({ type: String, example: 'Mozilla/5.0 …', nullable: true })
  user_agent!: string | null;

  @ApiProperty({ example: 3 })
  link_id!: number;

  @ApiProperty({ example: 90_000 })
  delta_cents!: number;

  @ApiProperty({ example: 1_192_500, description: 'What the contract came to with it' })
  value_cents!: number;

  @ApiProperty({ example: 'USD', description: 'ISO 4217' })
  currency!: string;

  @ApiProperty({ description: 'SHA-256 of the change order, its lines and the value as they were approved' })
  content_sha256!: string;

  @ApiProperty({ example: true, description: 'The change order still is what was approved' })
  unchanged!: boolean;
}
