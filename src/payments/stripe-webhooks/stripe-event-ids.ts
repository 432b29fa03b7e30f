/** The ids of Stripe's by which an event can be told to be about one of ours. */
export interface EventIds {
  sessionId: string | null;
  paymentIntentId: string | null;
  chargeId: string | null;
}

/** What an event names, read so that nothing in it can fail: for events that cannot be read otherwise. Pure. */
export function idsIn(event: unknown): EventIds {
  const object = at(at(event, 'data'), 'object');
  const own = text(at(object, 'id'));
  const kind = at(object, 'object');
  return {
    sessionId: own?.startsWith('cs_') || kind === 'checkout.session' ? own : null,
    paymentIntentId: idOf(at(object, 'payment_intent')),
    chargeId: own?.startsWith('ch_') || kind === 'charge' ? own : idOf(at(object, 'charge')),
  };
}

function at(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function idOf(value: unknown): string | null {
  return text(value) ?? text(at(value, 'id'));
}
