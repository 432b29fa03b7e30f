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
  /** The same for every route: nothing has to be looked up for a request. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const user = userOf(context.switchToHttp().getRequest());
    if (!user) return true;
    const [throttler] = this.throttlers;
    const [limit, ttl] = [Number(throttler!.limit), Number(throttler!.ttl)];
    const key = `user:${user.userId}`;
    return this.handleRequest({
      context,
      limit,
      ttl,
      throttler: throttler!,
      blockDuration: ttl,
      getTracker: async () => key,
      generateKey: () => key,
    });
  }
}

/** What a caller is told who asked more than a minute allows. */
export function askedTooOften(seconds: number): string {
  return `Too many requests within a minute. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}

function userOf(request: unknown): SessionUser | undefined {
  return (request as FastifyRequest & { user?: SessionUser }).user;
}
