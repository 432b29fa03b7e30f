import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ROW_ID_MAX, rowIdIn } from '../../platform/database/row-id.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { wantsPage } from '../../platform/http/accepts.js';
import { SWITCH_PATH } from '../account/account-addresses.js';
import type { SessionUser } from './authenticated-users.service.js';

/**
 * Looks, before a page is shown, whether it is of the organisation that the link names: a person may be in several, and
 * in another one than the alert is about. Else the page is that of others, or says that there is nothing.
 */
@Injectable()
class OrganisationOfLinkGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: SessionUser }>();
    const orgId = rowIdIn((request.query as { org_id?: unknown }).org_id);
    if (orgId === null || orgId === request.user.orgId) return true;
    throw otherOrganisation(orgId, request);
  }
}

/** A browser is led to where it goes on in the other organisation, and back. */
function otherOrganisation(orgId: number, { url, headers }: FastifyRequest): DomainError {
  const detail =
    'This link is about another organisation than the one you are signed in to. Switch to it first.';
  const leadsTo = `${SWITCH_PATH}?org_id=${orgId}&return_to=${encodeURIComponent(url)}`;
  const hints = wantsPage(headers.accept) ? { leadsTo } : {};
  return new DomainError('conflict', 'other_organisation', detail, undefined, hints);
}

/** A page that links lead to, which say by `org_id` about which organisation they are. */
export const AboutOrganisation = (): MethodDecorator =>
  applyDecorators(
    UseGuards(OrganisationOfLinkGuard),
    ApiQuery({
      name: 'org_id',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: ROW_ID_MAX },
      example: 1,
      description: 'The organisation it is about, as links of ours say',
    }),
    ApiResponse({ status: 302, description: 'It is about another one: go to where the browser is switched' }),
  );
