import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/problem.dto.js';
import type { UserRole } from './permissions.js';

export const ALLOWED_ROLES = 'auth:allowed-roles';

/**
 * Opens a route to signed-in callers with one of these roles. A route with neither this nor `@Public()` is closed to
 * all.
 */
export const Allow = (roles: readonly UserRole[]): ClassDecorator & MethodDecorator =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiBearerAuth(), ApiProblems(401, 403, 429));
