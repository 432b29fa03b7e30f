import { applyDecorators, UseFilters, UseGuards } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import { AnswersPages } from '../../../platform/http/decorators/answers-pages.decorator.js';
import { Public } from '../../../platform/http/decorators/public.decorator.js';
import { OwnFormGuard } from './own-form.guard.js';
import { PAGE_REQUESTS_PER_MINUTE, PageRateGuard } from './page-rate.guard.js';
import { PortalPageFilter } from './portal-page.filter.js';

/** A controller below the address of a customer's page: whoever has the link may ask, so often a minute. */
export function CustomerPage(): ClassDecorator {
  return applyDecorators(
    ApiTags('Portal'),
    Public(),
    UseGuards(PageRateGuard),
    Throttle({ default: { limit: PAGE_REQUESTS_PER_MINUTE, ttl: 60_000 } }),
    UseFilters(PortalPageFilter),
    AnswersPages(),
    ApiResponse({ status: 404, description: 'A page: there is no such link, or it has ended' }),
    ApiResponse({ status: 429, description: 'A page: asked for too often; see Retry-After' }),
  );
}

/** A route that takes a form of the page, and none that another site sends. */
export function OwnForm(): MethodDecorator {
  return applyDecorators(
    UseGuards(OwnFormGuard),
    ApiResponse({ status: 403, description: 'A page: the form came from another site' }),
  );
}
