import type { IntuitWebhookSender } from '../webhooks/intuit-webhook-sender.ts';
import type { IntuitDelivery } from '../webhooks/notification.ts';
import { type Html, html } from './html.ts';
import { postButton, table } from './table.ts';

const rowsMax = 100;

const tone: Record<IntuitDelivery['state'], string> = {
  waiting: 'warn',
  sending: 'warn',
  delivered: 'good',
  dropped: 'bad',
  abandoned: '',
};

function lastAnswer(delivery: IntuitDelivery): string {
  const attempt = delivery.attempts.at(-1);
  if (!attempt) return '—';
  return `${attempt.status ?? attempt.error ?? 'no answer'} in ${attempt.tookMs} ms`;
}

/** Where notifications go, the state of each delivery, and every event behind them. */
export function webhooksPage(intuitWebhooks: IntuitWebhookSender): Html {
  const { endpoints } = intuitWebhooks.settings;
  const deliveries = intuitWebhooks.outbox.deliveries().toReversed().slice(0, rowsMax);
  const events = intuitWebhooks.events().toReversed().slice(0, rowsMax);
  return html`<h1>Webhooks</h1>
    ${
      endpoints.length === 0
        ? html`<p>No webhook URL is set. <code>PUT /sandbox/webhooks {"url": "http://…"}</code></p>`
        : endpoints.map(({ url, format }) => html`<p><code>${url}</code> (${format})</p>`)
    }
    ${intuitWebhooks.outbox.paused && html`<p><span class="tag warn">paused</span></p>`}
    <div class="buttons">${postButton('/pages/webhooks/flush', 'Deliver everything now')}</div>
    <h2>Deliveries</h2>
    ${table(
      ['Made', 'To', 'Events', 'State', 'Attempts', 'Last answer'],
      deliveries.map((delivery) => [
        delivery.createdAt.toISOString(),
        html`<code>${delivery.endpoint.url}</code>`,
        delivery.notifications
          .map(({ change }) => `${change.entity} ${change.id} ${change.operation}`)
          .join(', '),
        html`<span class="tag ${tone[delivery.state]}">${delivery.state}</span>`,
        delivery.attempts.length,
        lastAnswer(delivery),
      ]),
    )}
    <h2>Events</h2>
    ${table(
      ['At', 'Company', 'What', 'Sent', 'Again'],
      events.map(({ eventId, change, suppressedBecause }) => [
        change.at.toISOString(),
        html`<code>${change.realmId}</code>`,
        `${change.entity} ${change.id} ${change.operation}`,
        suppressedBecause ?? 'yes',
        endpoints.length > 0
          ? postButton('/pages/webhooks/redeliver', 'Send again', { event_id: eventId })
          : '',
      ]),
    )}`;
}
