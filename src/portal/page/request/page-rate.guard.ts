import { Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { linkTokenHash, linkTokenIn } from '../../links/link-token.js';

/** What one link may be asked in a minute; a page that waits for a payment asks twenty times by itself. */
export const PAGE_REQUESTS_PER_MINUTE = 60;

/**
 * Keeps one link from being hammered, in this process. Counts each token over all its routes, whether it is good or
 * not, and whatever stands at its end.
 */
@Injectable()
export class PageRateGuard extends ThrottlerGuard {
  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    this.commonOptions.generateKey = (_context, link) => link;
  }

  protected override async getTracker({ params }: Record<string, unknown>): Promise<string> {
    const { token } = params as { token: string };
    return `link:${linkTokenHash(linkTokenIn(token) ?? token).toString('base64url')}`;
  }
}
