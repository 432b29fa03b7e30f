import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AboutOrganisation } from '../../../auth/access/about-organisation.decorator.js';
import { Allow } from '../../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { BrowserSession } from '../../../auth/access/browser-session.decorator.js';
import { CurrentUser } from '../../../auth/access/current-user.decorator.js';
import { READERS } from '../../../auth/access/permissions.js';
import { HTML } from '../../../platform/http/pages/html.js';
import { REFERRER } from '../../../platform/http/pages/page-form.js';
import { WHY_PAGE_PATH } from '../../../messages/why-address.js';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { IdPipe } from '../../../platform/http/id.pipe.js';
import { ExplainService } from './explain.service.js';
import { whyPage } from './why-page.js';

/** The answers of `GET …/why` for a browser: where alerts and the inbox lead. */
@ApiTags('Why?')
@Controller(WHY_PAGE_PATH)
@AnswersPages()
@BrowserSession()
export class WhyPageController {
  constructor(private readonly explain: ExplainService) {}

  @Get('proposals/:id')
  @Allow(READERS)
  @AboutOrganisation()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of why a lead or proposal is not invoiced, paid or synced' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 404, description: 'A page: there is no such proposal' })
  async proposal(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<string> {
    const answer = await this.explain.proposal(orgId, id);
    const names = await this.explain.namesOf(orgId, 'proposal', id);
    return whyPage('Proposal', id, { ...answer, orgId, names });
  }

  @Get('customers/:id')
  @Allow(READERS)
  @AboutOrganisation()
  @Header('content-type', HTML)
  @Header(...REFERRER)
  @ApiOperation({ summary: 'The page of why a customer is not in QuickBooks' })
  @ApiResponse({ status: 200, description: 'The page' })
  @ApiResponse({ status: 404, description: 'A page: there is no such customer' })
  async customer(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<string> {
    const answer = await this.explain.customer(orgId, id);
    const names = await this.explain.namesOf(orgId, 'customer', id);
    return whyPage('Customer', id, { ...answer, orgId, names });
  }
}
