import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type StripeApi, queryOf } from './api-scope.ts';
import { listAt, textAt } from './form.ts';
import { listPage } from './lists.ts';
import type { StripeEvent } from './objects.ts';
import { checkPlain, choiceOf } from './parameters.ts';
import { noSuch } from './stripe-error.ts';
import type { StripeWebhookSender } from './webhook-sender.ts';

/** Whether an event is of a type, or of a group of types such as `charge.*`. */
function isOfKind(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** Serves what happened in an account. */
export function registerEvents(app: FastifyInstance, api: StripeApi, webhooks: StripeWebhookSender): void {
  const eventsOf = (request: FastifyRequest): StripeEvent[] => webhooks.listed(api.merchantOf(request).id);

  app.get('/v1/events', async (request) => {
    const form = queryOf(request);
    const { types: _types, type: wanted, delivery_success: _success, ...query } = form;
    const types = listAt(form, 'types');
    const arrived = choiceOf(textAt(form, 'delivery_success')?.toLowerCase(), 'delivery_success', [
      'true',
      'false',
    ]);
    const all = eventsOf(request)
      .filter(({ type }) => typeof wanted !== 'string' || isOfKind(type, wanted))
      .filter(({ type }) => types.length === 0 || types.includes(type))
      .filter((event) => arrived === undefined || (event.pending_webhooks === 0) === (arrived === 'true'));
    return api.show(request, listPage(all, query, { url: '/v1/events', kind: 'event', filters: [] }));
  });
  app.get<{ Params: { id: string } }>('/v1/events/:id', async (request) => {
    checkPlain(queryOf(request));
    const found = eventsOf(request).find(({ id }) => id === request.params.id);
    if (!found) throw noSuch('event', request.params.id);
    return api.show(request, found);
  });
}
