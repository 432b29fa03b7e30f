import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { READERS } from '../auth/access/permissions.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { CompanyMirrorView } from './company-mirror.dto.js';
import { CompanyMirrorService } from './company-mirror.service.js';
import { companyMirrorView } from './company-mirror.view.js';

@ApiTags('Reports')
@Controller('reports/mirror')
export class CompanyMirrorController {
  constructor(private readonly mirror: CompanyMirrorService) {}

  @Get()
  @Allow(READERS)
  @ApiOperation({
    summary:
      'How far the documents of the QuickBooks company have been read for reports, and what that costs',
    description: 'Reads nothing from QuickBooks.',
  })
  @ApiOkResponse({ type: CompanyMirrorView })
  @ApiProblems(409)
  async show(@CurrentUser() { orgId }: AuthenticatedUser): Promise<CompanyMirrorView> {
    const { realmId, state } = await this.mirror.state(orgId);
    return companyMirrorView(realmId, state);
  }
}
