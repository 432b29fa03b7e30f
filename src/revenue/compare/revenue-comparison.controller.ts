import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/access/authenticated-user.js';
import { CurrentUser } from '../../auth/access/current-user.decorator.js';
import { BOOKKEEPERS } from '../../auth/access/permissions.js';
import { documentLink } from '../../messages/quickbooks-links.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { CompareRevenue, RevenueComparisonView } from './revenue-comparison.dto.js';
import { type ComparedRevenue, RevenueComparisonService } from './revenue-comparison.service.js';
import type { DifferenceDocument } from './revenue-comparison.js';
import { ReadsQuickBooks } from '../../qbo-sync/api/metering/reads-quickbooks.decorator.js';

const DOCUMENTS_MAX = 100;

@ApiTags('Reports')
@Controller('reports/revenue/compare')
export class RevenueComparisonController {
  constructor(private readonly comparisons: RevenueComparisonService) {}

  @Post()
  @HttpCode(200)
  @ReadsQuickBooks(2)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: "Compare revenue with the income of QuickBooks' profit and loss, document by document",
    description:
      'Each difference stands under a reason, and the reasons sum to the whole. Two metered reads.',
  })
  @ApiOkResponse({ type: RevenueComparisonView })
  @ApiProblems(409, 422)
  async compare(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Body() { basis, from, to }: CompareRevenue,
  ): Promise<RevenueComparisonView> {
    const compared = await this.comparisons.compare(orgId, { basis, from, to });
    const { currency, comparison } = compared;
    return {
      basis,
      from: compared.from,
      to: compared.to,
      items: [
        {
          currency,
          ours_cents: comparison.oursCents,
          quickbooks_cents: comparison.quickbooksCents,
          difference_cents: comparison.differenceCents,
          unexplained_cents: comparison.unexplainedCents,
          reasons: comparison.reasons.map(({ reason, cents, documents }) => ({
            reason,
            cents,
            documents: documents.slice(0, DOCUMENTS_MAX).map((one) => documentView(compared, one)),
            document_count: documents.length,
          })),
        },
      ],
    };
  }
}

function documentView({ company }: ComparedRevenue, document: DifferenceDocument) {
  const { type, id, proposalId, oursCents, quickbooksCents } = document;
  return {
    type,
    id,
    proposal_id: proposalId,
    ours_cents: oursCents,
    quickbooks_cents: quickbooksCents,
    timeline: proposalId === null ? null : `/proposals/${proposalId}/timeline`,
    qbo_url: documentLink({ environment: company.env, realmId: company.realmId }, type, id),
  };
}
