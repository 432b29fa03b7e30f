import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/time/clock.js';
import { badState } from '../connect-refusals.js';
import { connectedPage, connectingPage, notConnectedPage } from '../connection-page.js';
import { type AnsweredBrowser, ConsentService } from './consent.service.js';
import type { SpentConsent } from './oauth-states.repository.js';

/** As long as a code is exchanged and the company asked, at most. */
const UNDER_WAY_MS = 30_000;

/** What came of a consent, for the browser that gave it, however often it opens the callback or the page. */
@Injectable()
export class ConsentResultService {
  constructor(
    private readonly consents: ConsentService,
    private readonly clock: Clock,
  ) {}

  /** True where this browser brought this state before, and what came of it is known or may be about to be. */
  async isKnown(browser: AnsweredBrowser): Promise<boolean> {
    const spent = await this.consents.findSpent(browser);
    return spent !== null && (spent.company !== null || spent.failure !== null || this.isUnderWay(spent));
  }

  /** The page of the result and its status. Throws `qbo_bad_state` for a browser of which no consent is known. */
  async page(browser: AnsweredBrowser): Promise<{ status: number; html: string }> {
    const spent = await this.consents.findSpent(browser);
    if (spent?.company) return { status: 200, html: connectedPage(spent.company) };
    if (spent?.failure)
      return { status: spent.failure.status, html: notConnectedPage(spent.failure, spent.orgId) };
    if (spent && this.isUnderWay(spent)) return { status: 200, html: connectingPage() };
    throw badState();
  }

  private isUnderWay({ usedAt }: SpentConsent): boolean {
    return this.clock.now().getTime() - usedAt.getTime() < UNDER_WAY_MS;
  }
}
