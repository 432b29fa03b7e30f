export type OperationState =
  /** Blocked: until there is a connection, or what it builds on. */
  | 'waiting'
  /** On hold: older than the day from which the organisation wants its books kept here. */
  | 'held_back'
  /** Not sent, or certainly not done. */
  | 'ready'
  /** In flight: on its way, or its process died on the way. */
  | 'sent'
  /** Unknown outcome: the answer was lost; look for it before sending again. */
  | 'uncertain'
  /** `qboId` names the document in QuickBooks. */
  | 'done'
  /** Rejected: QuickBooks said no, or it was cancelled; sending the same again will not help. */
  | 'refused'
  /** Manual: what became of it cannot be found out safely. */
  | 'needs_person';

const BLOCKED = ['waiting', 'held_back'] as const satisfies OperationState[];
const MAYBE_DONE = ['sent', 'uncertain'] as const satisfies OperationState[];
const IN_HAND = ['ready', ...MAYBE_DONE] as const satisfies OperationState[];
const PENDING = ['waiting', ...IN_HAND] as const satisfies OperationState[];
const OPEN = [...BLOCKED, ...IN_HAND] as const satisfies OperationState[];
const STOPPED = ['refused', 'needs_person'] as const satisfies OperationState[];

/** Everything but `done`, in the order in which a metric has them. */
export const STATES_BEFORE_DONE = [...OPEN, ...STOPPED] as const satisfies OperationState[];

/** True while it holds its request and is neither done nor given up: a worker sends it, or looks what became of it. */
export function isInHand({ state }: { state: OperationState }): boolean {
  return has(IN_HAND, state);
}

/** True while it holds no request yet. */
export function isBlocked({ state }: { state: OperationState }): boolean {
  return has(BLOCKED, state);
}

/** True while it goes on by itself: in hand, or waiting for what it builds on. */
export function isPending({ state }: { state: OperationState }): boolean {
  return has(PENDING, state);
}

/** True where it does not go on unless a person decides so. */
export function isStopped({ state }: { state: OperationState }): boolean {
  return has(STOPPED, state);
}

/** True where it was sent, and nothing tells yet whether it was done. */
export function isMaybeDone(state: OperationState): boolean {
  return has(MAYBE_DONE, state);
}

/** The same as a condition of SQL, on the row that has this name in the statement. */
export const maybeDoneSql = (operation?: string): string => oneOf(MAYBE_DONE, operation);

/** Of `isInHand`. */
export const inHandSql = (operation?: string): string => oneOf(IN_HAND, operation);

/** Of `isBlocked`. */
export const blockedSql = (operation?: string): string => oneOf(BLOCKED, operation);

/** Of `isPending`. */
export const pendingSql = (operation?: string): string => oneOf(PENDING, operation);

/** Of `isStopped`. */
export const stoppedSql = (operation?: string): string => oneOf(STOPPED, operation);

/** It is neither done nor given up, also on hold. */
export const openOperationSql = (operation?: string): string => oneOf(OPEN, operation);

/** It holds its request, and was sent to nobody. */
export const neverSentSql = (operation = 'sync_operations'): string =>
  `${operation}.state = 'ready' and ${operation}.first_sent_at is null`;

/** It was there as the open question about it was last put, which names all that there was. */
export const askedAboutSql = (operation: string): string => `
  ${operation}.created_at <= coalesce((
    select n.updated_at from inbox_items n
     where n.org_id = ${operation}.org_id and n.state = 'open'
       and n.subject = ${operation}.kind || ':' || ${operation}.entity_id), 'infinity')`;

/** Blocked, or in hand and not under way. */
export const unsentSql = (operation?: string): string => oneOf([...BLOCKED, 'ready'], operation);

function has(states: readonly OperationState[], state: OperationState): boolean {
  return states.includes(state);
}

function oneOf(states: readonly OperationState[], operation?: string): string {
  const column = operation === undefined ? 'state' : `${operation}.state`;
  return `${column} in (${states.map((state) => `'${state}'`).join(', ')})`;
}
