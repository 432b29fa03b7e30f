import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { IdPipe } from '../../platform/http/id.pipe.js';
import { ApiPageResponse, type Page, pageOf, PageQuery } from '../../platform/http/lists/page.dto.js';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import { Allow } from '../access/allow.decorator.js';
import type { AuthenticatedUser } from '../access/authenticated-user.js';
import { ADMINS } from '../access/permissions.js';
import { SecondFactorRemovalService } from '../second-factor/second-factor-removal.service.js';
import { StepUp } from '../access/step-up.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { PersonChangeService } from './person-change.service.js';
import { PersonErasureService } from './person-erasure.service.js';
import { CreateUser, newPersonOf, personChangeOf, UpdateUser } from './user.dto.js';
import { UserView } from './user-view.dto.js';
import { UsersService } from './users.service.js';
import { userView } from './user.view.js';

@ApiTags('People')
@Controller('users')
@Allow(ADMINS)
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly changes: PersonChangeService,
    private readonly erasure: PersonErasureService,
    private readonly factors: SecondFactorRemovalService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the people of the organisation' })
  @ApiPageResponse(UserView)
  @ApiProblems(400, 422)
  async list(@CurrentUser() user: AuthenticatedUser, @Query() query: PageQuery): Promise<Page<UserView>> {
    return pageOf(await this.users.list(user.orgId, query), query.limit, userView);
  }

  @Post()
  @StepUp()
  @ApiOperation({ summary: 'Add a person with a password and roles' })
  @ApiCreatedResponse({ type: UserView })
  @ApiProblems(400, 409, 422)
  async create(@CurrentUser() user: AuthenticatedUser, @Body() body: CreateUser): Promise<UserView> {
    return userView(await this.users.add(user.orgId, newPersonOf(body)));
  }

  @Patch(':id')
  @StepUp()
  @ApiOperation({ summary: 'Change name, roles or password of a person, or let them in or out' })
  @ApiOkResponse({ type: UserView })
  @ApiProblems(400, 404, 409, 422, 429)
  async update(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
    @Body() body: UpdateUser,
  ): Promise<UserView> {
    return userView(await this.changes.change(user, id, personChangeOf(body)));
  }

  @Delete(':id/totp')
  @StepUp()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Turn the second factor of somebody else off, who lost the phone, and end their sessions',
    description: 'The person signs in with the password alone then, and hears of it by mail.',
  })
  @ApiNoContentResponse({ description: 'It is off' })
  @ApiProblems(400, 404, 409)
  async resetSecondFactor(
    @CurrentUser() user: AuthenticatedUser,
    @Param('id', IdPipe) id: number,
  ): Promise<void> {
    await this.factors.reset(user, id);
  }

  @Post(':id/erase')
  @StepUp()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erase name and e-mail of a person who left, for good',
    description:
      'Only of one who cannot sign in any more. What they did stays, and so do entries of the audit log.',
  })
  @ApiOkResponse({ type: UserView })
  @ApiProblems(400, 404, 409)
  async erase(@CurrentUser() user: AuthenticatedUser, @Param('id', IdPipe) id: number): Promise<UserView> {
    return userView(await this.erasure.erase(user.orgId, id));
  }
}
