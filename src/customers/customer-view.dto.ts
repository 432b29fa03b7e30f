import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PostalAddressBody } from './postal-address.dto.js';
import type { PostalAddress } from './postal-address.js';

/** A customer as callers see it. */
export class CustomerView {
  @ApiProperty({ example: 1 })
  id!: number;

  @ApiProperty({ example: 1 })
  org_id!: number;

  @ApiProperty({ example: 'test@example.com' })
  email!: string;

  @ApiProperty({ type: String, example: 'Test Customer', nullable: true })
  full_name!: string | null;

  @ApiProperty({ type: String, example: '555-0100', nullable: true })
  phone!: string | null;

  @ApiPropertyOptional({
    type: PostalAddressBody,
    description: 'Where invoices go; left out where nobody said',
  })
  billing_address?: PostalAddress;

  @ApiProperty({ example: true })
  is_active!: boolean;

  @ApiPropertyOptional({
    example: false,
    description: 'false: it is not reminded by e-mail of invoices that are due. Left out where it is',
  })
  reminders?: boolean;

  @ApiProperty({ type: String, example: '58', nullable: true, description: 'Its customer in QuickBooks' })
  qbo_customer_id!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:05:00.000Z', nullable: true })
  qbo_last_sync_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  updated_at!: string;
}
