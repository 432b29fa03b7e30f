import { createHmac } from 'node:crypto';
import { newIntuitTid } from '../oauth/token-response.ts';
import type { IntuitDelivery } from './notification.ts';
import type { Message } from './http-post.ts';

/** Without an answer by then the notification counts as not acknowledged. */
const acknowledgeWithinMs = 3000;

/**
 * base64 of HMAC-SHA256 over the body's bytes, keyed with the verifier token: the `intuit-signature` header.
 */
export function signatureOf(body: string, verifierToken: string): string {
  return createHmac('sha256', verifierToken).update(body, 'utf8').digest('base64');
}

/** The POST of a delivery with Intuit's headers, signed with the endpoint's present verifier token. */
export function messageOf({ endpoint, body, createdAt }: IntuitDelivery, at: Date): Message {
  return {
    url: endpoint.url,
    body,
    withinMs: acknowledgeWithinMs,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'intuit_notification_server/0.1',
      'intuit-signature': signatureOf(body, endpoint.verifierToken),
      'intuit-created-time': createdAt.toISOString(),
      'intuit-t-id': newIntuitTid(at.getTime()),
      'intuit-notification-schema-version': endpoint.format === 'legacy' ? '0.1' : '1.0',
    },
  };
}
