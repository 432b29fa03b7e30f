import type { Courier } from '../webhooks/courier.ts';
import type { Delivery } from '../webhooks/notice.ts';
import { type Html, html } from './html.ts';
import { act, sheet } from './sheet.ts';

const rowsMax = 100;

const tone: Record<Delivery['state'], string> = {
  waiting: 'warn',
  sending: 'warn',
  delivered: 'good',
  dropped: 'bad',
  abandoned: '',
};

function lastAnswer(delivery: Delivery): string {
  const attempt = delivery.attempts.at(-1);
  if (!attempt) return '—';
  return `${attempt.status ?? attempt.error ?? 'no answer'} in ${attempt.tookMs} ms`;
}

/** Where notifications go, what became of each, and every event behind them. */
export function webhooksPage(courier: Courier): Html {
  const { endpoints } = courier.settings;
  const deliveries = courier.outbox.deliveries().toReversed().slice(0, rowsMax);
  const events = courier.events().toReversed().slice(0, rowsMax);
  return html`<h1>Webhooks</h1>
    ${
      endpoints.length === 0
        ? html`<p>No webhook URL is set. <code>PUT /sandbox/webhooks {"url": "http://…"}</code></p>`
        : endpoints.map(({ url, format }) => html`<p><code>${url}</code> (${format})</p>`)
    }
    ${courier.outbox.paused && html`<p><span class="tag warn">paused</span></p>`}
    <div class="buttons">${act('/pages/webhooks/flush', 'Deliver everything now')}</div>
    <h2>Deliveries</h2>
    ${sheet(
      ['Made', 'To', 'Events', 'State', 'Attempts', 'Last answer'],
      deliveries.map((delivery) => [
        delivery.createdAt.toISOString(),
        html`<code>${delivery.endpoint.url}</code>`,
        delivery.notices.map(({ change }) => `${change.entity} ${change.id} ${change.operation}`).join(', '),
        html`<span class="tag ${tone[delivery.state]}">${delivery.state}</span>`,
        delivery.attempts.length,
        lastAnswer(delivery),
      ]),
    )}
    <h2>Events</h2>
    ${sheet(
      ['At', 'Company', 'What', 'Told', 'Again'],
      events.map(({ eventId, change, silentBecause }) => [
        change.at.toISOString(),
        html`<code>${change.realmId}</code>`,
        `${change.entity} ${change.id} ${change.operation}`,
        silentBecause ?? 'yes',
        endpoints.length > 0 ? act('/pages/webhooks/redeliver', 'Send again', { event_id: eventId }) : '',
      ]),
    )}`;
}
