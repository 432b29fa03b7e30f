import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../auth/allow.decorator.js';
import type { AuthenticatedUser } from '../../auth/authenticated-user.js';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { READERS } from '../../auth/permissions.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { CashForecastQuery, CashForecastView, DsoQuery, DsoView } from './collections.dto.js';
import { CollectionsService } from './collections.service.js';
import { cashForecastView } from './collections.view.js';

@ApiTags('Reports')
@Controller('reports')
@Allow(READERS)
export class CollectionsController {
  constructor(private readonly collections: CollectionsService) {}

  @Get('dso')
  @ApiOperation({ summary: 'Days sales outstanding: what is owed, in days of invoicing' })
  @ApiOkResponse({ type: DsoView })
  @ApiProblems(422)
  async dso(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { as_of, days }: DsoQuery,
  ): Promise<DsoView> {
    const { asOf, rows } = await this.collections.dso(orgId, as_of, days);
    return {
      as_of: asOf,
      days,
      rows: rows.map((row) => ({
        currency: row.currency,
        receivable_cents: row.receivableCents,
        invoiced_cents: row.invoicedCents,
        dso_days: row.dsoDays,
      })),
    };
  }

  @Get('cash-forecast')
  @ApiOperation({ summary: 'When the money of open invoices is expected, week by week' })
  @ApiOkResponse({ type: CashForecastView })
  @ApiProblems(422)
  async forecast(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Query() { weeks }: CashForecastQuery,
  ): Promise<CashForecastView> {
    return cashForecastView(await this.collections.forecast(orgId, weeks));
  }
}
