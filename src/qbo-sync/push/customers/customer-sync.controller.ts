import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../../audit/audit.service.js';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { SELLERS } from '../../../auth/access/permissions.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ApiProblems } from '../../../platform/http/problem.dto.js';
import { CustomerSyncView } from './customer-sync.dto.js';
import { CustomerSyncService } from './customer-sync.service.js';
import { customerSyncView } from './customer-sync.view.js';

@ApiTags('QuickBooks')
@Controller('qbo/sync')
export class CustomerSyncController {
  constructor(
    private readonly customers: CustomerSyncService,
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
  ) {}

  @Post('customer/:customer_id')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Make sure a customer is in QuickBooks as the CRM knows it' })
  @ApiOkResponse({ type: CustomerSyncView })
  @ApiProblems(400, 404)
  async syncCustomer(
    @CurrentUser() user: AuthenticatedUser,
    @Param('customer_id', IdPipe) customerId: number,
  ): Promise<CustomerSyncView> {
    const sync = await this.customers.ensureAsked(user.orgId, customerId);
    const deed = { action: 'customer.sync_requested', subject: `customer:${customerId}` } as const;
    await this.audit.record(this.dataSource.manager, user.orgId, deed);
    return customerSyncView(customerId, sync);
  }
}
