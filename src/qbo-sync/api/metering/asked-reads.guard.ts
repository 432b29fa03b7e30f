import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { AskedReadsService } from './asked-reads.service.js';

export const ASKED_READS = 'qbo:asked-reads';

/** Counts what a route reads for whoever asks, before it does. */
@Injectable()
export class AskedReadsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly asked: AskedReadsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user: AuthenticatedUser }>();
    const reads = this.reflector.get<number>(ASKED_READS, context.getHandler());
    await this.asked.take(user.orgId, reads);
    return true;
  }
}
