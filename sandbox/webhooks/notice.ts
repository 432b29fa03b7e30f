import type { Change } from '../world.ts';
import type { Parcel } from './outbox.ts';

/** One change with the event id it is announced under; resending keeps the id. */
export interface Notice {
  eventId: string;
  change: Change;
}

/** One place that Intuit was told to notify: an app's webhook URL for one environment. */
export interface Endpoint {
  url: string;
  verifierToken: string;
  format: 'cloudevents' | 'legacy';
}

/** One POST to one endpoint, sent until it is acknowledged with 200. */
export interface Delivery extends Parcel {
  id: string;
  endpoint: Endpoint;
  notices: readonly Notice[];
  /** The bytes that are signed and sent, the same at every attempt. */
  body: string;
  createdAt: Date;
}
