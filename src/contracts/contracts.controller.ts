import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { BOOKKEEPERS, READERS } from '../auth/access/permissions.js';
import { InvoicesService } from '../invoices/invoices.service.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { CompleteContract, ContractView, UpdateSchedule } from './contract.dto.js';
import { contractView } from './contract.view.js';
import type { ContractStatus } from './contract-record.js';
import { ContractsService } from './contracts.service.js';

@ApiTags('Contracts')
@Controller('proposals')
export class ContractsController {
  constructor(
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesService,
  ) {}

  @Get(':id/contract')
  @Allow(READERS)
  @ApiOperation({
    summary: 'Show the contract of an approved proposal: what is billed of it, and what remains',
  })
  @ApiOkResponse({ type: ContractView })
  @ApiProblems(400, 404)
  async get(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<ContractView> {
    return this.view(orgId, await this.contracts.get(orgId, id));
  }

  @Put(':id/contract/schedule')
  @Allow(BOOKKEEPERS)
  @ApiOperation({ summary: 'Set the progress payments; the final one follows by itself' })
  @ApiOkResponse({ type: ContractView })
  @ApiProblems(400, 404, 409, 422)
  async reschedule(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() { entries }: UpdateSchedule,
  ): Promise<ContractView> {
    const progress = entries.map((entry) => ({
      percent: entry.percent ?? null,
      amountCents: entry.amount_cents ?? null,
      milestone: entry.milestone ?? null,
      triggerOn: entry.trigger_on ?? null,
    }));
    return this.view(orgId, await this.contracts.reschedule(orgId, id, progress));
  }

  @Post(':id/complete')
  @HttpCode(200)
  @Allow(BOOKKEEPERS)
  @ApiOperation({
    summary: 'Note that the work of a contract is complete; retainage can be billed from then on',
  })
  @ApiOkResponse({ type: ContractView })
  @ApiProblems(400, 404, 409, 422)
  async complete(
    @CurrentUser() { orgId }: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: CompleteContract,
  ): Promise<ContractView> {
    return this.view(orgId, await this.contracts.complete(orgId, id, body.completed_on));
  }

  private async view(orgId: number, status: ContractStatus): Promise<ContractView> {
    const ids = status.invoices.map(({ id }) => id);
    const orders = await this.contracts.changeOrdersOf(status.contract);
    return contractView(status, orders, await this.invoices.getAll(orgId, ids));
  }
}
