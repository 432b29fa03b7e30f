import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  type HealthCheckResult,
  TypeOrmHealthIndicator,
} from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import { databaseUnavailable } from '../platform/errors/database-unavailable.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { mayReadFigures } from '../platform/http/operations-door.js';
import { ApiProblems } from '../platform/http/problem.dto.js';
import { Public } from '../platform/http/decorators/public.decorator.js';
import { VERSION } from '../platform/version.js';
import { HealthRegistryService } from './health-registry.service.js';
import { ReadinessService } from './readiness.service.js';

const PING_TIMEOUT_MS = 2_000;

@ApiTags('Operations')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly registry: HealthRegistryService,
    private readonly checks: HealthCheckService,
    private readonly database: TypeOrmHealthIndicator,
    private readonly readiness: ReadinessService,
    private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'How the service and its QuickBooks connections stand, within a second',
    description:
      'Whoever may not read `/metrics` is told `ok`, `service`, `version`, `qbo.configured` and `qbo.env` ' +
      'alone; so is everybody, with status 503 and `ok` false, while the rest cannot be read.',
  })
  @ApiOkResponse({
    schema: {
      type: 'object',
      properties: {
        ok: { type: 'boolean' },
        service: { type: 'string' },
        version: { type: 'string' },
        qbo: { type: 'object' },
        pool: { type: 'object' },
        queue: { type: 'object' },
      },
      example: {
        ok: true,
        service: 'crm-api',
        version: VERSION,
        pool: { max: 10, open: 3, idle: 2, waiting: 0 },
        queue: { due: 0, lag_seconds: 0 },
        qbo: {
          configured: true,
          env: 'sandbox',
          connected: 1,
          needs_reauth: 0,
          disconnected: 0,
          last_sweep_age_seconds: 41,
          stalest_sweep_age_seconds: 41,
          sweeps_failing: 0,
          operations: { waiting: 0, under_way: 0, uncertain: 0 },
          inbox_open: 0,
        },
      },
    },
  })
  async health(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const parts = await this.registry.read().catch(() => null);
    if (parts === null) reply.status(503);
    const figures = mayReadFigures(request, this.config.metrics) ? parts : null;
    return {
      ok: parts !== null,
      service: 'crm-api',
      version: VERSION,
      ...(figures ?? this.registry.settled),
    };
  }

  @Get('live')
  @ApiOperation({ summary: 'The process runs and its event loop turns' })
  @ApiOkResponse({ schema: { type: 'object', example: { status: 'ok' } } })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'The process wants requests: it is not shutting down, and its database answers' })
  @ApiOkResponse({
    schema: { type: 'object', example: { status: 'ok', info: { database: { status: 'up' } } } },
  })
  @ApiProblems(503)
  async ready(): Promise<HealthCheckResult> {
    if (this.readiness.isDraining) {
      throw new DomainError('unavailable', 'shutting_down', 'This process is shutting down; others serve.');
    }
    const ping = () => this.database.pingCheck('database', { timeout: PING_TIMEOUT_MS });
    return this.checks.check([ping]).catch(() => {
      throw databaseUnavailable();
    });
  }
}
