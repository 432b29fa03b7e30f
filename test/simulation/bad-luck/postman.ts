import { createHmac } from 'node:crypto';
import type { Message } from '../../../sandbox/webhooks/http-post.ts';
import { signatureOf } from '../../support/stripe.js';
import type { Luck } from './luck.ts';
import { INTUIT_VERIFIER } from './simulated-environment.ts';
import type { Parcel } from './simulated-network.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Stripe and Intuit send again what nobody took. */
const RESEND_MS = [60_000, 300_000, 3_600_000];

/** Brings what is under way in the network, or loses it, or brings it twice. */
export class Postman {
  constructor(private readonly world: SimulatedWorld) {}

  async deliver(parcel: Parcel, { messageFaultRate }: Luck): Promise<void> {
    const { network, random, scheduler } = this.world;
    const isFaulty = random.next() < messageFaultRate;
    const isDoubled = isFaulty && parcel.message !== undefined && random.next() < 0.5;
    if (!isDoubled) network.parcels = network.parcels.filter((other) => other !== parcel);
    if (parcel.carryOut) {
      scheduler.note(`${parcel.label} is carried out`);
      return parcel.carryOut();
    }
    if (isFaulty && !isDoubled) {
      scheduler.note(`${parcel.label} is lost`);
      return;
    }
    scheduler.note(`${parcel.label} comes${isDoubled ? ', and again' : ''}`);
    void this.#send(parcel);
  }

  /** What nobody took comes again later, some times. */
  async #send(parcel: Parcel): Promise<void> {
    const { network, time } = this.world;
    const { url, headers, body } = parcel.message!;
    const request = {
      method: 'POST',
      url,
      headers: { ...headers, ...signed(parcel.message!) },
      body,
      signal: null,
    };
    const status = await network.toProduct(request).then(
      (reply) => reply.status,
      () => 0,
    );
    const waitMs = RESEND_MS[parcel.tries];
    if (status >= 200 && status < 300) return;
    if (waitMs !== undefined)
      network.parcels.push({ ...parcel, tries: parcel.tries + 1, at: time.now + waitMs });
  }
}

/** A vendor signs what it sends at the moment it sends it. */
function signed({ url, body }: Message): Record<string, string> {
  return url.endsWith('/payments/webhook')
    ? { 'stripe-signature': signatureOf(body) }
    : { 'intuit-signature': createHmac('sha256', INTUIT_VERIFIER).update(body).digest('base64') };
}
