import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { SessionUser } from './authenticated-users.service.js';

/**
 * Keeps one caller's runaway program from using up this process; answers 429 with Retry-After. Counts signed-in people
 * over all routes; routes open to everyone have their own protection: signatures, one-time states,
 * LoginThrottleService.
 */
@Injectable()
export class RequestRateGuard extends ThrottlerGuard {
  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.commonOptions.generateKey = (_context, user) => user;
  }

  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    return userOf(context.switchToHttp().getRequest()) === undefined;
  }

  protected override async getTracker(request: Record<string, unknown>): Promise<string> {
    return `user:${userOf(request)!.userId}`;
  }
}

function userOf(request: unknown): SessionUser | undefined {
  return (request as FastifyRequest & { user?: SessionUser }).user;
}
