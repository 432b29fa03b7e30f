import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { ADMINS } from '../auth/access/permissions.js';
import { StepUp } from '../auth/access/step-up.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { CustomerPrivacyService } from './customer-privacy.service.js';
import { CustomerExportView, ErasureView } from './privacy.dto.js';
import { erasureView } from './privacy.view.js';

@ApiTags('Customers')
@Controller('customers')
@Allow(ADMINS)
export class CustomerPrivacyController {
  constructor(private readonly privacy: CustomerPrivacyService) {}

  @Get(':id/export')
  @ApiOperation({ summary: 'Export everything that is known of a customer' })
  @ApiOkResponse({ type: CustomerExportView })
  @ApiProblems(400, 404)
  async export(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<CustomerExportView> {
    const { at, parts } = await this.privacy.export(orgId, id);
    return { customer_id: id, exported_at: at.toISOString(), data: parts };
  }

  @Post(':id/erase')
  @StepUp()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erase the personal data of a customer, for good; figures and documents stay',
    description:
      'Says what was erased, what is kept and why, and what is left to do in QuickBooks and Stripe.',
  })
  @ApiOkResponse({ type: ErasureView })
  @ApiProblems(400, 404, 409)
  async erase(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<ErasureView> {
    return erasureView(await this.privacy.erase(orgId, id));
  }
}
