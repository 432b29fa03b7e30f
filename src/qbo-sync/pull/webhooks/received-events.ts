import { createHash } from 'node:crypto';

/** An event as it is first kept. */
export interface NewQboEvent {
  /** Intuit's id; for the older shape, which has none, a hash of what it says. */
  eventId: string;
  realmId: string | null;
  /** In lower case: `invoice`, `creditmemo`. */
  entity: string | null;
  entityId: string | null;
  /** In lower case and past tense: `created`, `voided`. */
  operation: string | null;
  /** When it happened at QuickBooks, by Intuit: kept as evidence, nothing goes by it. */
  occurredAt: Date | null;
  state: 'pending' | 'ignored' | 'quarantined';
  reason: string | null;
  /** What could not be read, as it came. */
  body: Buffer | null;
}

/** Changes of these may change how an invoice stands, or the credit memo of a change order. */
const ENTITIES_OF_INTEREST: ReadonlySet<string> = new Set(['invoice', 'payment', 'creditmemo']);
/** That something was e-mailed changes no amount. */
const OPERATIONS_WITHOUT_INTEREST: ReadonlySet<string> = new Set(['emailed']);

const CLOUD_EVENT_TYPE = /^qbo\.([a-z]+)\.([a-z]+)\.v\d+$/i;
const PAST_TENSE: ReadonlyMap<string, string> = new Map([
  ['create', 'created'],
  ['update', 'updated'],
  ['delete', 'deleted'],
  ['merge', 'merged'],
  ['void', 'voided'],
]);
const PRINTABLE = /^[\x21-\x7e]{1,200}$/;

/**
 * The events of a delivery that is proven to come from Intuit, in either shape, each id once. Pure and total. What
 * cannot be read is kept as one event in quarantine with the whole body; what can be read beside it is not held up by
 * it.
 */
export function receivedEventsOf(raw: Buffer): NewQboEvent[] {
  const items = itemsOf(raw);
  if (items === null) return [quarantined(raw, 'The body is in no shape that Intuit is known to send.')];
  const events = items.map(({ read, item }) => read(item)).filter((event) => event !== null);
  const unread = items.length - events.length;
  if (unread > 0) events.push(quarantined(raw, `${unread} of ${items.length} events cannot be read.`));
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}

interface Item {
  item: unknown;
  read: (item: unknown) => NewQboEvent | null;
}

/** The single events of a body, each with how it is read; null where the body is none of Intuit's. */
function itemsOf(raw: Buffer): Item[] | null {
  const json = parse(raw);
  if (Array.isArray(json)) return json.map((item: unknown) => ({ item, read: cloudEvent }));
  if (at(json, 'specversion') !== undefined) return [{ item: json, read: cloudEvent }];
  const notifications = at(json, 'eventNotifications');
  if (!Array.isArray(notifications)) return null;
  return notifications.flatMap((notification: unknown) => {
    const realmId = at(notification, 'realmId');
    const entities = at(at(notification, 'dataChangeEvent'), 'entities');
    if (!Array.isArray(entities)) return [{ item: notification, read: () => null }];
    return entities.map((item: unknown) => ({ item, read: (one: unknown) => classicEvent(realmId, one) }));
  });
}

function cloudEvent(item: unknown): NewQboEvent | null {
  const eventId = word(item, 'id');
  const realmId = word(item, 'intuitaccountid');
  const entityId = word(item, 'intuitentityid');
  const type = word(item, 'type');
  if (eventId === null || realmId === null || entityId === null || type === null) return null;
  const [, entity = type, operation = 'unknown'] = CLOUD_EVENT_TYPE.exec(type) ?? [];
  return readable({ eventId, realmId, entity, entityId, operation, time: word(item, 'time') });
}

function classicEvent(realm: unknown, item: unknown): NewQboEvent | null {
  const realmId = word({ realm }, 'realm');
  const entity = word(item, 'name');
  const entityId = word(item, 'id');
  const operation = word(item, 'operation');
  const time = word(item, 'lastUpdated');
  if (realmId === null || entity === null || entityId === null || operation === null || time === null)
    return null;
  const eventId = `classic:${hashOf([realmId, entity, entityId, operation, time].join('|'))}`;
  return readable({ eventId, realmId, entity, entityId, operation, time });
}

function readable(said: {
  eventId: string;
  realmId: string;
  entity: string;
  entityId: string;
  operation: string;
  time: string | null;
}): NewQboEvent {
  const { eventId, realmId, entityId } = said;
  const entity = said.entity.toLowerCase();
  const operation = pastTenseOf(said.operation.toLowerCase());
  const isOfInterest = ENTITIES_OF_INTEREST.has(entity) && !OPERATIONS_WITHOUT_INTEREST.has(operation);
  return {
    eventId,
    realmId,
    entity,
    entityId,
    operation,
    occurredAt: said.time === null ? null : instantOf(said.time),
    state: isOfInterest ? 'pending' : 'ignored',
    reason: isOfInterest ? null : 'It changes no invoice.',
    body: null,
  };
}

/** Null where it is none, or of a year that no table takes. */
function instantOf(text: string): Date | null {
  const instant = new Date(text);
  return instant.getTime() > 0 && instant.getUTCFullYear() <= 9999 ? instant : null;
}

function quarantined(raw: Buffer, reason: string): NewQboEvent {
  const nothing = { realmId: null, entity: null, entityId: null, operation: null, occurredAt: null };
  return { ...nothing, eventId: `malformed:${hashOf(raw)}`, state: 'quarantined', reason, body: raw };
}

function pastTenseOf(operation: string): string {
  return PAST_TENSE.get(operation) ?? operation;
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(raw));
  } catch {
    return undefined;
  }
}

function at(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? (value as Record<string, unknown>)[field]
    : undefined;
}

/** A field as one printable word; null where it is none. */
function word(value: unknown, field: string): string | null {
  const found = at(value, field);
  const text = typeof found === 'number' ? String(found) : found;
  return typeof text === 'string' && PRINTABLE.test(text) ? text : null;
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
