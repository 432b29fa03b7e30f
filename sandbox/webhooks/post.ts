import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { newTid } from '../oauth/answer.ts';
import type { Attempt, Delivery } from './notice.ts';

/** Without an answer by then the notification counts as not acknowledged. */
const acknowledgeWithinMs = 3000;

/** base64 of HMAC-SHA256 over the body's bytes, keyed with the verifier token: the `intuit-signature` header. */
export function signatureOf(body: string, verifierToken: string): string {
  return createHmac('sha256', verifierToken).update(body, 'utf8').digest('base64');
}

/** Sends a delivery once and says how it went; never throws. Only a 200 within three seconds is an acknowledgement. */
export function post(delivery: Delivery, at: Date, closing: AbortSignal): Promise<Attempt> {
  const { endpoint, body } = delivery;
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const end = (status: number | null, error: string | null): void =>
    resolve({ at, status, error, tookMs: Math.round(performance.now() - startedMs) });
  const send = endpoint.url.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = send(
    endpoint.url,
    {
      method: 'POST',
      agent: false,
      signal: AbortSignal.any([closing, AbortSignal.timeout(acknowledgeWithinMs)]),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'intuit_notification_server/0.1',
        'intuit-signature': signatureOf(body, endpoint.verifierToken),
        'intuit-created-time': delivery.createdAt.toISOString(),
        'intuit-t-id': newTid(at.getTime()),
        'intuit-notification-schema-version': endpoint.format === 'legacy' ? '0.1' : '1.0',
      },
    },
    (answer) => {
      answer.resume();
      answer.on('end', () => end(answer.statusCode ?? null, null));
      answer.on('error', (error) => end(null, error.message));
    },
  );
  outgoing.on('error', (error) =>
    end(null, error.name === 'AbortError' ? 'not acknowledged within 3 seconds' : error.message),
  );
  outgoing.end(body);
  return promise;
}
