import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { ApiProblems } from '../http/problem.dto.js';
import { Public } from '../http/decorators/public.decorator.js';

@ApiTags('Operations')
@Controller()
export class MetricsController extends PrometheusController {
  @Public()
  @Get()
  @ApiOperation({ summary: 'What this process counted, for Prometheus' })
  @ApiProduces('text/plain')
  @ApiProblems(401, 404)
  @ApiOkResponse({ schema: { type: 'string', example: 'crm_invoices_paid_total{org_id="1"} 3' } })
  override async index(@Res({ passthrough: true }) response: object): Promise<string> {
    return super.index(response);
  }
}
