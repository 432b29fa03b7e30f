import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import type { PlannedFault } from '../http/fault-plan.ts';
import { STRIPE_FAULT_KINDS } from './api-faults.ts';
import { isApiVersion } from './api-version.ts';
import type { Merchants } from './merchants.ts';
import type { StripeWebhookSettings, StripeWebhookSender, StripeDelivery } from './webhook-sender.ts';

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

function eventsIn(fields: Fields): readonly string[] | undefined {
  const list = fields.raw('enabled_events');
  if (list === undefined) return undefined;
  if (!Array.isArray(list) || !list.every((type) => typeof type === 'string'))
    throw new BadField('enabled_events must be a list of event types');
  return list;
}

function versionIn(fields: Fields): string | undefined {
  const version = fields.optionalText('api_version');
  if (version !== undefined && !isApiVersion(version))
    throw new BadField('api_version must be a version such as 2026-09-30.endive');
  return version;
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
    enabledEvents: eventsIn(fields) ?? before.enabledEvents,
    apiVersion: versionIn(fields) ?? before.apiVersion,
  };
}

/** Serves `/sandbox/stripe/*`: what customers, banks and a bad network do. */
export function registerStripeControl(
  app: FastifyInstance,
  merchants: Merchants,
  webhooks: StripeWebhookSender,
): void {
  const { account } = merchants.platform;
  const state = (): object => {
    const { webhookUrl, webhookSecret, speedUp, drop, duplicate, seed, enabledEvents } = webhooks.settings;
    return {
      webhook_url: webhookUrl,
      webhook_secret: webhookSecret,
      speed_up: speedUp,
      drop,
      duplicate,
      seed,
      enabled_events: enabledEvents,
      api_version: webhooks.settings.apiVersion,
      refunds_of_disputed_charges: account.refundsOfDisputedCharges,
      paused: webhooks.outbox.paused,
    };
  };
  app.get('/sandbox/stripe', async () => state());
  app.put('/sandbox/stripe', async (request) => {
    const fields = new Fields(request.body);
    webhooks.configure(changed(webhooks.settings, fields), fields.has('seed'));
    account.refundsOfDisputedCharges =
      fields.optionalChoice('refunds_of_disputed_charges', ['refuse', 'allow']) ??
      account.refundsOfDisputedCharges;
    return state();
  });

  const ways = {
    card: (id: string) => merchants.ownerOf(id).account.payByCard(id),
    decline: (id: string) => merchants.ownerOf(id).account.decline(id),
    bank: (id: string) => merchants.ownerOf(id).account.payByBank(id),
  };
  app.post('/sandbox/stripe/pay', async (request) => {
    const fields = new Fields(request.body);
    const how = fields.optionalChoice('how', ['card', 'decline', 'bank']) ?? 'card';
    return ways[how](fields.text('session'));
  });
  app.post('/sandbox/stripe/settle', async (request) => {
    const fields = new Fields(request.body);
    const outcome = fields.optionalChoice('outcome', ['succeeded', 'failed']) ?? 'succeeded';
    const session = fields.text('session');
    return merchants.ownerOf(session).account.completeBankPayment(session, outcome);
  });
  app.post('/sandbox/stripe/expire', async (request) => {
    const session = new Fields(request.body).text('session');
    return merchants.ownerOf(session).account.expire(session);
  });

  const chargeOf = (fields: Fields): { charge: string | undefined; paymentIntent: string | undefined } => ({
    charge: fields.optionalText('charge'),
    paymentIntent: fields.optionalText('payment_intent'),
  });
  app.post('/sandbox/stripe/refund', async (request) => {
    const fields = new Fields(request.body);
    const charge = chargeOf(fields);
    return merchants.ownerOf(charge.charge ?? charge.paymentIntent).refunds.create({
      ...charge,
      amount: fields.optionalNumber('amount', 1),
      reason: fields.optionalText('reason'),
      status: fields.optionalChoice('status', ['succeeded', 'pending', 'requires_action']),
    });
  });
  app.post('/sandbox/stripe/update-refund', async (request) => {
    const fields = new Fields(request.body);
    const status = fields.choice('status', ['succeeded', 'failed', 'canceled']);
    const refund = fields.text('refund');
    return merchants.ownerOf(refund).refunds.update(refund, status, fields.optionalText('failure_reason'));
  });

  app.post('/sandbox/stripe/dispute', async (request) => {
    const fields = new Fields(request.body);
    const charge = chargeOf(fields);
    return merchants.ownerOf(charge.charge ?? charge.paymentIntent).disputes.open({
      ...charge,
      reason: fields.optionalText('reason'),
      amount: fields.optionalNumber('amount', 1),
      status: fields.optionalChoice('status', ['needs_response', 'warning_needs_response']),
    });
  });
  app.post('/sandbox/stripe/update-dispute', async (request) => {
    const fields = new Fields(request.body);
    const statuses = [
      'needs_response',
      'under_review',
      'warning_needs_response',
      'warning_under_review',
    ] as const;
    const dispute = fields.text('dispute');
    return merchants.ownerOf(dispute).disputes.update(dispute, fields.choice('status', statuses));
  });
  app.post('/sandbox/stripe/close-dispute', async (request) => {
    const fields = new Fields(request.body);
    const dispute = fields.text('dispute');
    return merchants
      .ownerOf(dispute)
      .disputes.close(dispute, fields.choice('status', ['won', 'lost', 'warning_closed']));
  });
  app.post('/sandbox/stripe/overturn-dispute', async (request) => {
    const dispute = new Fields(request.body).text('dispute');
    return merchants.ownerOf(dispute).disputes.overturn(dispute);
  });

  app.post('/sandbox/stripe/faults', async (request) => {
    const fields = new Fields(request.body);
    const planned = {
      kind: fields.choice('kind', STRIPE_FAULT_KINDS),
      operation: fields.optionalText('operation'),
      when: fields.optionalChoice('when', ['before', 'after']),
      times: fields.optionalNumber('times', 1),
      delay_ms: fields.optionalNumber('delay_ms'),
      rate: fields.optionalNumber('rate', 0, 1),
      seed: fields.optionalNumber('seed'),
    };
    const given = Object.entries(planned).filter(([, value]) => value !== undefined);
    return { id: account.faults.add(Object.fromEntries(given) as unknown as PlannedFault) };
  });
  app.get('/sandbox/stripe/faults', async () => account.faults.list());
  app.delete('/sandbox/stripe/faults', async () => {
    account.faults.clear();
    return {};
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
