import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import type { RefundsAndDisputes } from './refunds-and-disputes.ts';
import type { StripeWebhookSettings, StripeWebhookSender, StripeDelivery } from './webhook-sender.ts';
import type { StripeAccount } from './stripe-account.ts';

function deliveryView({ event, state, attempts }: StripeDelivery): object {
  return {
    event_id: event.id,
    type: event.type,
    state,
    attempts: attempts.map(({ at, status, error, tookMs }) => ({
      at: at.toISOString(),
      status,
      error,
      took_ms: tookMs,
    })),
  };
}

function changed(before: StripeWebhookSettings, fields: Fields): StripeWebhookSettings {
  const url = fields.optionalText('webhook_url');
  if (url && (!/^https?:\/\//.test(url) || !URL.canParse(url)))
    throw new BadField('webhook_url must be an http or https address');
  return {
    webhookUrl: fields.has('webhook_url') ? url || null : before.webhookUrl,
    webhookSecret: fields.optionalText('webhook_secret') ?? before.webhookSecret,
    speedUp: fields.optionalNumber('speed_up', 0.001, 1_000_000) ?? before.speedUp,
    drop: fields.optionalNumber('drop', 0, 1) ?? before.drop,
    duplicate: fields.optionalNumber('duplicate', 0, 1) ?? before.duplicate,
    seed: fields.optionalNumber('seed') ?? before.seed,
  };
}

/** Serves `/sandbox/stripe/*`: what customers, banks and a bad network do. */
export function registerStripeControl(
  app: FastifyInstance,
  account: StripeAccount,
  refundsAndDisputes: RefundsAndDisputes,
  webhooks: StripeWebhookSender,
): void {
  const state = (): object => {
    const { webhookUrl, webhookSecret, speedUp, drop, duplicate, seed } = webhooks.settings;
    return {
      webhook_url: webhookUrl,
      webhook_secret: webhookSecret,
      speed_up: speedUp,
      drop,
      duplicate,
      seed,
      paused: webhooks.outbox.paused,
    };
  };
  app.get('/sandbox/stripe', async () => state());
  app.put('/sandbox/stripe', async (request) => {
    const fields = new Fields(request.body);
    webhooks.configure(changed(webhooks.settings, fields), fields.has('seed'));
    return state();
  });

  const ways = {
    card: (id: string) => account.payByCard(id),
    decline: (id: string) => account.decline(id),
    bank: (id: string) => account.payByBank(id),
  };
  app.post('/sandbox/stripe/pay', async (request) => {
    const fields = new Fields(request.body);
    const how = fields.optionalChoice('how', ['card', 'decline', 'bank']) ?? 'card';
    return ways[how](fields.text('session'));
  });
  app.post('/sandbox/stripe/settle', async (request) => {
    const fields = new Fields(request.body);
    const outcome = fields.optionalChoice('outcome', ['succeeded', 'failed']) ?? 'succeeded';
    return account.completeBankPayment(fields.text('session'), outcome);
  });
  app.post('/sandbox/stripe/expire', async (request) =>
    account.expire(new Fields(request.body).text('session')),
  );

  const chargeSelectorOf = (
    fields: Fields,
  ): { charge: string | undefined; paymentIntent: string | undefined } => ({
    charge: fields.optionalText('charge'),
    paymentIntent: fields.optionalText('payment_intent'),
  });
  app.post('/sandbox/stripe/refund', async (request) => {
    const fields = new Fields(request.body);
    return refundsAndDisputes.refund(
      chargeSelectorOf(fields),
      fields.optionalNumber('amount', 1),
      fields.optionalText('reason') ?? null,
    );
  });
  app.post('/sandbox/stripe/dispute', async (request) => {
    const fields = new Fields(request.body);
    return refundsAndDisputes.dispute(
      chargeSelectorOf(fields),
      fields.optionalText('reason'),
      fields.optionalNumber('amount', 1),
    );
  });
  app.post('/sandbox/stripe/close-dispute', async (request) => {
    const fields = new Fields(request.body);
    return refundsAndDisputes.closeDispute(fields.text('dispute'), fields.choice('status', ['won', 'lost']));
  });

  app.get('/sandbox/stripe/events', async () => ({
    events: webhooks.events(),
    deliveries: webhooks.outbox.deliveries().map(deliveryView),
  }));
  app.post('/sandbox/stripe/redeliver', async (request) => {
    const fields = new Fields(request.body);
    const eventId = fields.optionalText('event_id');
    const last = fields.optionalNumber('last', 1) ?? 1;
    const events = webhooks.events();
    const wanted = eventId === undefined ? events.slice(-last) : events.filter(({ id }) => id === eventId);
    if (wanted.length === 0) throw new BadField('there is no such event');
    const deliveries = await webhooks.resend(wanted, fields.optionalNumber('times', 1, 100) ?? 1);
    return { deliveries: deliveries.map(deliveryView) };
  });
  app.post('/sandbox/stripe/pause', async () => {
    webhooks.outbox.pause();
    return state();
  });
  app.post('/sandbox/stripe/resume', async () => {
    webhooks.outbox.resume();
    return state();
  });
  app.post('/sandbox/stripe/flush', async (request) => {
    const orders = ['as_happened', 'reversed', 'shuffled'] as const;
    await webhooks.flush(new Fields(request.body).optionalChoice('order', orders) ?? 'as_happened');
    return { deliveries: webhooks.outbox.deliveries().map(deliveryView) };
  });
}
