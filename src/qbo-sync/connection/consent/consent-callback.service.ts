import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import type { SessionUser } from '../../../auth/access/authenticated-users.service.js';
import { inOtherOrg, isBadState } from '../connect-refusals.js';
import { type Callback, type Connected, ConnectService } from '../connect.service.js';
import { ConsentResultService } from './consent-result.service.js';
import { type AnsweredBrowser, ConsentService, type Finisher } from './consent.service.js';

/** Who brings the answer of QuickBooks, as far as the request says. */
export interface CallbackVisit {
  /** The secret of the browser's cookie. */
  browser: string | null;
  /** The state that the browser was answered for before. */
  answered: string | null;
  bearer: SessionUser | null;
  /** By the bearer token or by the cookie of a signed-in browser. */
  signedIn: SessionUser | null;
  wants: 'json' | 'page' | 'anything';
}

/** What a visit is answered with: the new connection, the page that asks first, or the page of the result. */
export type CallbackAnswer =
  | { kind: 'connected'; connected: Connected }
  | { kind: 'confirm' }
  | { kind: 'result' };

/** Decides what a visit of the callback leads to. */
@Injectable()
export class ConsentCallbackService {
  constructor(
    private readonly consents: ConsentService,
    private readonly connect: ConnectService,
    private readonly results: ConsentResultService,
  ) {}

  /**
   * Connects, unless the consent was answered before, or the browser did not begin it and its starter, who is signed in
   * there, is to be asked first. Throws DomainError where the browser is in another organisation by now, and what
   * `finish` throws.
   */
  async answer(callback: Callback, visit: CallbackVisit): Promise<CallbackAnswer> {
    const { state } = callback;
    const { browser, answered, bearer, signedIn, wants } = visit;
    const begunFor = await this.consents.orgBegunIn(state, browser);
    if (begunFor && signedIn && signedIn.orgId !== begunFor.id) throw inOtherOrg(begunFor, signedIn);
    const finisher = { browser, person: bearer };
    if (wants === 'json')
      return { kind: 'connected', connected: await this.connect.finish(callback, finisher) };
    const asked = { state, browser, answered, person: null };
    if (await this.results.isKnown(asked)) return { kind: 'result' };
    const isOwn = signedIn !== null && (await this.consents.orgOfOpen(state, signedIn)) !== null;
    if (!bearer && !begunFor && isOwn) return { kind: 'confirm' };
    await this.finish(callback, finisher, { asked, wants });
    return { kind: 'result' };
  }

  /**
   * Finishes the consent that its starter confirms, unless they did so a moment ago: who presses twice is shown what
   * came of the first. Throws what `finish` throws.
   */
  async confirm(
    callback: Callback,
    asked: AnsweredBrowser & { person: AuthenticatedUser },
    wants: CallbackVisit['wants'],
  ): Promise<void> {
    if (await this.results.isKnown(asked)) return;
    await this.finish(callback, asked, { asked, wants });
  }

  /**
   * Finishes a consent, whatever comes of it, so that the page of its result says the same however often it is loaded.
   * Throws what went wrong where nothing is known of the consent, and for a client that wants no page.
   */
  private async finish(
    callback: Callback,
    { browser, person }: Finisher,
    { asked, wants }: { asked: AnsweredBrowser; wants: CallbackVisit['wants'] },
  ): Promise<void> {
    try {
      await this.connect.finish(callback, { browser, person });
    } catch (error) {
      const isAnswered = isBadState(error) ? await this.results.isKnown(asked) : wants === 'page';
      if (!isAnswered) throw error;
    }
  }
}
