import type { Change } from '../world.ts';

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

/** What an endpoint answered, and when. `status` is null when no answer came in time. */
export interface Attempt {
  at: Date;
  status: number | null;
  error: string | null;
  tookMs: number;
}

/** One POST to one endpoint, sent until it is acknowledged with 200. */
export interface Delivery {
  id: string;
  endpoint: Endpoint;
  notices: readonly Notice[];
  /** The bytes that are signed and sent, the same at every attempt. */
  body: string;
  state: 'waiting' | 'sending' | 'delivered' | 'dropped' | 'abandoned';
  attempts: Attempt[];
  createdAt: Date;
  /** Epoch milliseconds of the sandbox clock. */
  nextAttemptAt: number;
}
