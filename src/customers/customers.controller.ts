import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/access/allow.decorator.js';
import type { AuthenticatedUser } from '../auth/access/authenticated-user.js';
import { READERS, SELLERS } from '../auth/access/permissions.js';
import { CurrentUser } from '../auth/access/current-user.decorator.js';
import { IdPipe } from '../platform/http/id.pipe.js';
import { ApiPageResponse, type Page } from '../platform/http/lists/page.dto.js';
import { sortedPageOf } from '../platform/http/lists/sorted-page.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { CreateCustomer, CustomersQuery, UpdateCustomer } from './customer.dto.js';
import { CustomerView } from './customer-view.dto.js';
import { CustomersService } from './customers.service.js';
import { customerView } from './customer.view.js';

@ApiTags('Customers')
@Controller('customers')
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Post()
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Add a customer' })
  @ApiCreatedResponse({ type: CustomerView })
  @ApiProblems(400, 409, 422)
  async create(@CurrentUser() user: AuthenticatedUser, @Body() body: CreateCustomer): Promise<CustomerView> {
    return customerView(await this.customers.create(user.orgId, body));
  }

  @Get()
  @Allow(READERS)
  @ApiOperation({ summary: 'List customers, by what is known of them; oldest first, or as sort says' })
  @ApiPageResponse(CustomerView)
  @ApiProblems(400, 422)
  async list(
    @CurrentUser() user: AuthenticatedUser,
    @Query() query: CustomersQuery,
  ): Promise<Page<CustomerView>> {
    return sortedPageOf(await this.customers.list(user.orgId, query), query, customerView);
  }

  @Get(':id')
  @Allow(READERS)
  @ApiOperation({ summary: 'Show a customer' })
  @ApiOkResponse({ type: CustomerView })
  @ApiProblems(400, 404)
  async get(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<CustomerView> {
    return customerView(await this.customers.get(user.orgId, id));
  }

  @Patch(':id')
  @Allow(SELLERS)
  @ApiOperation({ summary: 'Change a customer' })
  @ApiOkResponse({ type: CustomerView })
  @ApiProblems(400, 404, 409, 422)
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: UpdateCustomer,
  ): Promise<CustomerView> {
    return customerView(await this.customers.update(user.orgId, id, body));
  }
}
