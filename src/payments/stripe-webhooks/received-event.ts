import { createHash } from 'node:crypto';
import type { ReadBody } from './stripe-signature.service.js';
import type { NewStripeEvent } from './stripe-events.repository.js';

/** Stripe's ids have at most so many characters. */
const NAME_MAX = 255;

/**
 * What is kept of a body that is proven to come from Stripe. Pure. Something that is no event is kept too, under the
 * hash of its bytes and with a reason, so that Stripe need not send it again.
 */
export function receivedEventOf(raw: Buffer, read: ReadBody): NewStripeEvent {
  const { id, type, data } = read.ok ? fieldsOf(read.json) : {};
  if (!read.ok || !isName(id) || !isName(type)) {
    const contentHash = hashOf(raw);
    return {
      eventId: `malformed:${contentHash}`,
      type: 'malformed',
      body: { base64: raw.toString('base64') },
      contentHash,
      error: 'It is no Stripe event: it has no id or no type that can be kept.',
    };
  }
  return {
    eventId: id,
    type,
    body: storable(read.json),
    contentHash: hashOf(JSON.stringify([type, data ?? null])),
  };
}

function fieldsOf(json: unknown): { id?: unknown; type?: unknown; data?: unknown } {
  return typeof json === 'object' && json !== null ? json : {};
}

/** A name that is kept as it is: a text, not empty and not long, without NUL and lone surrogates. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= NAME_MAX && storable(value) === value;
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** JSON as PostgreSQL takes it: without NUL and lone surrogates. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [storable(key) as string, storable(one)]),
  );
}
