import type { FastifyInstance } from 'fastify';
import { BadField, Fields } from '../fields.ts';
import type { IntuitWebhookSender, NotificationRecord } from './intuit-webhook-sender.ts';
import type { IntuitDelivery } from './notification.ts';
import { changedSettings, settingsView } from './settings.ts';

function eventView({ eventId, change, suppressedBecause }: NotificationRecord): object {
  return {
    event_id: eventId,
    realm_id: change.realmId,
    entity: change.entity,
    id: change.id,
    operation: change.operation,
    at: change.at.toISOString(),
    silent_because: suppressedBecause,
  };
}

function deliveryView(delivery: IntuitDelivery): object {
  return {
    id: delivery.id,
    url: delivery.endpoint.url,
    format: delivery.endpoint.format,
    state: delivery.state,
    created_at: delivery.createdAt.toISOString(),
    next_attempt_at: delivery.state === 'waiting' ? new Date(delivery.nextAttemptAt).toISOString() : null,
    event_ids: delivery.notifications.map(({ eventId }) => eventId),
    body: delivery.body,
    attempts: delivery.attempts.map(({ at, status, error, tookMs }) => ({
      at: at.toISOString(),
      status,
      error,
      took_ms: tookMs,
    })),
  };
}

/** Serves `/sandbox/webhooks`: where notifications go, what goes wrong with them, and what became of each. */
export function registerWebhooks(app: FastifyInstance, intuitWebhooks: IntuitWebhookSender): void {
  const { outbox } = intuitWebhooks;
  const state = (): object => ({ ...settingsView(intuitWebhooks.settings), paused: outbox.paused });
  const counts = (): object => {
    const count = (wanted: IntuitDelivery['state']): number =>
      outbox.deliveries().filter((delivery) => delivery.state === wanted).length;
    return { delivered: count('delivered'), waiting: count('waiting'), dropped: count('dropped') };
  };

  app.get('/sandbox/webhooks', async () => state());

  app.put('/sandbox/webhooks', async (request) => {
    const fields = new Fields(request.body);
    const settings = changedSettings(intuitWebhooks.settings, fields, (body) => new Fields(body));
    intuitWebhooks.configure(settings, fields.has('seed'));
    return state();
  });

  app.post('/sandbox/webhooks/pause', async () => {
    outbox.pause();
    return state();
  });
  app.post('/sandbox/webhooks/resume', async () => {
    outbox.resume();
    return state();
  });
  app.post('/sandbox/webhooks/flush', async () => {
    await intuitWebhooks.flush();
    return counts();
  });

  app.post('/sandbox/webhooks/redeliver', async (request) => {
    const fields = new Fields(request.body);
    const eventId = fields.optionalText('event_id');
    const last = fields.optionalNumber('last', 1);
    if (eventId === undefined && last === undefined) throw new BadField('event_id or last is required');
    const events = intuitWebhooks.events();
    const wanted =
      eventId === undefined
        ? events.slice(-(last ?? 1))
        : events.filter((event) => event.eventId === eventId);
    if (wanted.length === 0) throw new BadField('there is no such event');
    const deliveries = await intuitWebhooks.resend(wanted);
    return { deliveries: deliveries.map(deliveryView) };
  });

  app.get('/sandbox/webhooks/deliveries', async () => ({
    ...counts(),
    deliveries: outbox.deliveries().map(deliveryView),
    events: intuitWebhooks.events().map(eventView),
  }));
}
