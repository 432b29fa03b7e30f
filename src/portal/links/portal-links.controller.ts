import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { READERS, SELLERS } from '../../auth/access/permissions.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, PageQuery, pageOf } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Clock } from '../../platform/time/clock.js';
import { ChangeOrderSigningService } from '../approval/change-order-signing.service.js';
import { CustomerApprovalService } from '../approval/customer-approval.service.js';
import { ChangeOrderEvidenceView, EvidenceView } from '../approval/evidence-view.dto.js';
import { ProposalMailingService } from '../email/proposal-mailing.service.js';
import { CreateLink, EmailView, LinkView, NewLinkView, RevokedLinksView } from './portal-link.dto.js';
import { emailView, linkView } from './portal-link.view.js';
import { PortalLinksService } from './portal-links.service.js';
import { changeOrderEvidenceView, evidenceView } from '../approval/evidence.view.js';

@ApiTags('Portal')
@Controller('portal')
export class PortalLinksController {
  constructor(
    private readonly links: PortalLinksService,
    private readonly mailing: ProposalMailingService,
    private readonly approval: CustomerApprovalService,
    private readonly signing: ChangeOrderSigningService,
    private readonly clock: Clock,
  ) {}

  @Post('links/:proposal_id')
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Make a link by which the customer sees, approves and pays this one proposal' })
  @ApiCreatedResponse({ type: NewLinkView })
  @ApiProblems(400, 404, 409, 422)
  async create(
    @CurrentUser() user: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Body() body: CreateLink,
  ): Promise<NewLinkView> {
    const { link, url } = await this.links.create(user, proposalId, body.expires_in_days);
    return { link_id: link.id, url, expires_at: link.expiresAt.toISOString() };
  }

  @Get('links/:proposal_id')
  @Allow(READERS)
  @ApiOperation({ summary: 'The links of a proposal and what became of their e-mails, newest first' })
  @ApiPageResponse(LinkView)
  @ApiProblems(400, 404, 422)
  async list(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Query() query: PageQuery,
  ): Promise<Page<LinkView>> {
    const now = this.clock.now();
    const links = await this.links.list(orgId, proposalId, query);
    return pageOf(links, query.limit, (link) => linkView(link, now));
  }

  @Post('links/:proposal_id/revoke')
  @HttpCode(200)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'End every link of a proposal at once' })
  @ApiOkResponse({ type: RevokedLinksView })
  @ApiProblems(400, 404)
  async revoke(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<RevokedLinksView> {
    const revoked = await this.links.revokeAll(orgId, proposalId);
    return { status: 'revoked', proposal_id: proposalId, revoked };
  }

  @Post('email/:id')
  @HttpCode(202)
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Make a link and e-mail it to the customer of the proposal' })
  @ApiAcceptedResponse({ type: EmailView })
  @ApiProblems(400, 404, 409, 422)
  async email(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: CreateLink,
  ): Promise<EmailView> {
    return emailView(await this.mailing.queue(user, id, body.expires_in_days));
  }

  @Get('evidence/:proposal_id')
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'What proves that the customer approved a proposal, and that it is still the same',
  })
  @ApiOkResponse({ type: EvidenceView })
  @ApiProblems(400, 404)
  async evidence(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
  ): Promise<EvidenceView> {
    return evidenceView(await this.approval.prove(orgId, proposalId));
  }

  @Get('evidence/:proposal_id/change-orders/:number')
  @Allow(SELLERS)
  @ApiOperation({
    summary: 'What proves that the customer approved a change order, and that it is still the same',
  })
  @ApiOkResponse({ type: ChangeOrderEvidenceView })
  @ApiProblems(400, 404)
  async changeOrderEvidence(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('proposal_id', IdPipe) proposalId: number,
    @Param('number', IdPipe) number: number,
  ): Promise<ChangeOrderEvidenceView> {
    return changeOrderEvidenceView(proposalId, await this.signing.prove(orgId, proposalId, number));
  }
}
