/** The one histogram, of every answered HTTP request. */
export const REQUEST_DURATION = {
  name: 'crm_request_duration_seconds',
  help: 'Time to answer an HTTP request, by route template, method and class of answer',
  labels: ['route', 'method', 'status_class'],
  bucketsSeconds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
} as const;

/**
 * Series that begin at 0, so that `increase()` sees the first delivery that is refused: a burst of them may be all that
 * comes.
 */
export const INITIAL_REQUESTS = ['/payments/webhook', '/qbo/webhooks'].flatMap((route) =>
  ['2xx', '4xx', '5xx'].map((status_class) => ({ route, method: 'POST', status_class })),
);
