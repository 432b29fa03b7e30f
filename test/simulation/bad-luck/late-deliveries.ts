import { createHmac } from 'node:crypto';
import type { Message } from '../../../sandbox/webhooks/http-post.ts';
import { signatureOf } from '../../support/stripe.js';
import type { Luck } from './luck.ts';
import { INTUIT_VERIFIER } from './simulated-environment.ts';
import type { LateDelivery } from './simulated-network.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Stripe and Intuit send again what nobody took. */
const RESEND_MS = [60_000, 300_000, 3_600_000];

/** Brings what is under way in the network, or loses it, or brings it twice. */
export class LateDeliveries {
  constructor(private readonly world: SimulatedWorld) {}

  async deliver(delivery: LateDelivery, { messageFaultRate, areBooksSilent }: Luck): Promise<void> {
    const { network, random, scheduler } = this.world;
    const isUnheard = areBooksSilent && delivery.message !== undefined && !isOfStripe(delivery.message);
    const isFaulty = isUnheard || random.next() < messageFaultRate;
    const isDoubled = !isUnheard && isFaulty && delivery.message !== undefined && random.next() < 0.5;
    if (!isDoubled) network.deliveries = network.deliveries.filter((other) => other !== delivery);
    if (delivery.execute) {
      scheduler.note(`${delivery.label} is carried out`);
      return delivery.execute();
    }
    if (isFaulty && !isDoubled) {
      scheduler.note(`${delivery.label} is lost`);
      return;
    }
    scheduler.note(`${delivery.label} comes${isDoubled ? ', and again' : ''}`);
    void this.#send(delivery);
  }

  /** What nobody took comes again later, some times. */
  async #send(delivery: LateDelivery): Promise<void> {
    const { network, time } = this.world;
    const { url, headers, body } = delivery.message!;
    const request = {
      method: 'POST',
      url,
      headers: { ...headers, ...signed(delivery.message!) },
      body,
      signal: null,
    };
    const status = await network.toProduct(request).then(
      (reply) => reply.status,
      () => 0,
    );
    const waitMs = RESEND_MS[delivery.tries];
    if (status >= 200 && status < 300) return;
    if (waitMs !== undefined)
      network.deliveries.push({ ...delivery, tries: delivery.tries + 1, at: time.now + waitMs });
  }
}

function isOfStripe({ url }: Message): boolean {
  return url.endsWith('/payments/webhook');
}

/** A vendor signs what it sends at the moment it sends it. */
function signed(message: Message): Record<string, string> {
  const { body } = message;
  return isOfStripe(message)
    ? { 'stripe-signature': signatureOf(body) }
    : { 'intuit-signature': createHmac('sha256', INTUIT_VERIFIER).update(body).digest('base64') };
}
