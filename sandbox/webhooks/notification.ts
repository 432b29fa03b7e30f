import type { Change } from '../books/change.ts';
import type { Delivery } from './outbox.ts';

/** One change with the event id it is announced under; resending keeps the id. */
export interface Notification {
  eventId: string;
  change: Change;
}

/** An app's webhook URL for one environment. */
export interface Endpoint {
  url: string;
  verifierToken: string;
  format: 'cloudevents' | 'legacy';
}

/** One POST to one endpoint, sent until it is acknowledged with 200. */
export interface IntuitDelivery extends Delivery {
  id: string;
  endpoint: Endpoint;
  notifications: readonly Notification[];
  /** The bytes that are signed and sent, the same at every attempt. */
  body: string;
  createdAt: Date;
}
