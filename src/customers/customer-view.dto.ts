import { ApiProperty } from '@nestjs/swagger';
import type { Customer } from './customer.entity.js';

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

  @ApiProperty({ example: true })
  is_active!: boolean;

  @ApiProperty({ type: String, example: '58', nullable: true, description: 'Its customer in QuickBooks' })
  qbo_customer_id!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:05:00.000Z', nullable: true })
  qbo_last_sync_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-03-02T17:00:00.000Z' })
  created_at!: string;
}

/** Shows a customer. */
export function customerView(customer: Customer): CustomerView {
  return {
    id: customer.id,
    org_id: customer.orgId,
    email: customer.email,
    full_name: customer.fullName,
    phone: customer.phone,
    is_active: customer.isActive,
    qbo_customer_id: customer.qboCustomerId,
    qbo_last_sync_at: customer.qboLastSyncAt?.toISOString() ?? null,
    created_at: customer.createdAt.toISOString(),
  };
}
