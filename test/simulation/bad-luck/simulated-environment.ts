import { STRIPE_KEY, STRIPE_SECRET } from '../../support/stripe.js';

export type Role = 'api' | 'worker';

export const CLIENT = { id: 'crm-simulated', secret: 'simulated-secret' };
export const REDIRECT_URI = 'http://localhost:8089/qbo/oauth/callback';
export const INTUIT_VERIFIER = 'simulated-verifier';

/** The environment of a process of this kind, whose vendors are this sandbox. Polls come often, limits never. */
export function environmentOf(role: Role, sandboxUrl: string): NodeJS.ProcessEnv {
  return {
    CRM_ROLE: role,
    QBO_CLIENT_ID: CLIENT.id,
    QBO_CLIENT_SECRET: CLIENT.secret,
    QBO_REDIRECT_URI: REDIRECT_URI,
    QBO_API_BASE_URL: sandboxUrl,
    QBO_AUTHORIZE_URL: `${sandboxUrl}/connect/oauth2`,
    QBO_TOKEN_URL: `${sandboxUrl}/oauth2/v1/tokens/bearer`,
    QBO_REVOKE_URL: `${sandboxUrl}/v2/oauth2/tokens/revoke`,
    QBO_WEBHOOK_VERIFIER_TOKEN: INTUIT_VERIFIER,
    QBO_RECORD_PAYMENTS: 'true',
    QBO_INVOICE_POLL_INTERVAL_MIN: '5',
    QBO_WEBHOOK_FED_POLL_INTERVAL_MIN: '10',
    QBO_REQUESTS_PER_SECOND: '1000',
    QBO_REQUESTS_PER_MINUTE: '60000',
    QBO_REQUESTS_AT_ONCE: '1000',
    QBO_REQUEST_TIMEOUT_MS: '30000',
    STRIPE_API_BASE_URL: sandboxUrl,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    JWT_ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
  };
}
