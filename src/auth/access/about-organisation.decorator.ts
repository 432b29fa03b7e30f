import { applyDecorators, type CanActivate, type ExecutionContext, UseGuards } from '@nestjs/common';
import { ApiQuery, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ROW_ID_MAX, rowIdIn } from '../../platform/database/statements/row-id.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { wantsPage } from '../../platform/http/accepts.js';
import { SWITCH_PATH } from '../account/account-addresses.js';
import type { SessionUser } from './authenticated-users.service.js';

/**
 * Looks, before a page is shown or a form of it is taken, whether it is of the organisation that its address names: a
 * person may be in several, and in another one than the alert is about, or than the page in another tab. Else the page
 * is that of others, or says that there is nothing.
 */
class OrganisationOfLinkGuard implements CanActivate {
  constructor(private readonly pageOfForm?: string) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user: SessionUser }>();
    const orgId = rowIdIn((request.query as { org_id?: unknown }).org_id);
    if (orgId === null || orgId === request.user.orgId) return true;
    const place = this.pageOfForm === undefined ? request.url : `${this.pageOfForm}?org_id=${orgId}`;
    throw otherOrganisation(orgId, place, request.headers.accept);
  }
}

/** A browser is led to where it goes on in the other organisation, and then to the place. */
function otherOrganisation(orgId: number, place: string, accept: string | undefined): DomainError {
  const detail =
    'This is about another organisation than the one you are signed in to. Switch to it first; nothing was done.';
  const leadsTo = `${SWITCH_PATH}?org_id=${orgId}&return_to=${encodeURIComponent(place)}`;
  return new DomainError(
    'conflict',
    'other_organisation',
    detail,
    undefined,
    wantsPage(accept) ? { leadsTo } : {},
  );
}

/** A page that links lead to, which say by `org_id` about which organisation they are, or a form of such a page. */
export const AboutOrganisation = (pageOfForm?: string): MethodDecorator =>
  applyDecorators(
    UseGuards(new OrganisationOfLinkGuard(pageOfForm)),
    ApiQuery({
      name: 'org_id',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: ROW_ID_MAX },
      example: 1,
      description: 'The organisation it is about, as links of ours say',
    }),
    ApiResponse({
      status: pageOfForm === undefined ? 302 : 303,
      description:
        pageOfForm === undefined
          ? 'It is about another one: go to where the browser is switched'
          : 'The page again; or, where it is about another organisation, to where the browser is switched',
    }),
  );
