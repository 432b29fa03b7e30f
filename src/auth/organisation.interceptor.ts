import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { inOrganisation } from '../platform/database/scope.js';
import type { AuthenticatedUser } from './authenticated-user.js';

/** Handles the request of a signed-in person in their organisation: it sees the rows of no other. */
@Injectable()
export class OrganisationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { user } = context.switchToHttp().getRequest<{ user?: AuthenticatedUser }>();
    if (!user) return next.handle();
    return new Observable((answer) => inOrganisation(user.orgId, () => next.handle().subscribe(answer)));
  }
}
