import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../../../platform/config/config.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { isOwnForm } from './form-origin.js';

/** Refuses a form that another site sends in a customer's name. */
@Injectable()
export class OwnFormGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOwnForm(headers, this.config.portalPublicUrl)) return true;
    throw new DomainError('forbidden', 'foreign_form', 'This form was sent from another site.');
  }
}
