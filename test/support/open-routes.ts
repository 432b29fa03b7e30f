/** What anyone may ask: everything else needs a token. Each has a reason beside it. */
export const OPEN = new Set([
  'GET /health', // probes
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics', // Prometheus
  'POST /auth/login', // where tokens come from
  'POST /auth/refresh',
  'POST /auth/password/forgot', // answers the same about everybody
  'POST /auth/password/reset', // the token of the mail proves it
  'POST /auth/invitations/accept', // so does this one's
  'GET /auth/invitation', // the same as a page
  'POST /auth/invitation',
  'GET /auth/forgotten-password', // forgot and reset as pages
  'POST /auth/forgotten-password',
  'GET /auth/new-password',
  'POST /auth/new-password',
  'GET /auth/sign-in',
  'POST /auth/sign-in',
  'GET /auth/sign-in/code', // its second step: the password was right in this browser
  'POST /auth/sign-in/code',
  'POST /payments/webhook', // signed by Stripe
  'GET /portal/payment/done', // the session's id, which nobody can guess
  'GET /portal/payment/cancelled', // tells nothing
  'GET /portal/dev-checkout/{session}', // the same, and in dev mode alone
  'POST /portal/dev-checkout/{session}',
  'POST /qbo/webhooks', // signed by Intuit
  'GET /qbo/oauth/callback', // proven by its one-time state
  'GET /qbo/oauth/result', // the same, kept in a cookie
  'GET /portal/p/{token}', // the token proves it
  'POST /portal/p/{token}/approve',
  'POST /portal/p/{token}/change-orders/{number}/approve',
  'POST /portal/p/{token}/pay',
  'GET /portal/return', // leads on to what the browser's own cookie proves
]);
