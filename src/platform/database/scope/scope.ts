import { AsyncLocalStorage } from 'node:async_hooks';
import { correlation } from '../../correlation/correlation.js';
import type { Door } from './doors.js';

/** Whose rows statements may see. */
export type Scope =
  /** Those of one organisation. */
  | { readonly orgId: number; readonly door?: undefined }
  /** Those behind a door. */
  | { readonly door: Door; readonly orgId?: undefined };

const scopes = new AsyncLocalStorage<Scope>();

/**
 * Runs work in an organisation: its statements, and those of what it begins, see the rows of this one alone. Throws
 * where the work is that of another organisation already: then a foreign id was taken for one of its own.
 */
export function inOrganisation<T>(orgId: number, work: () => T): T {
  const current = currentScope();
  if (current?.orgId === orgId) return work();
  if (current?.orgId !== undefined) {
    throw new Error(`Work for organisation ${current.orgId} turned to organisation ${orgId}.`);
  }
  if (!Number.isSafeInteger(orgId)) throw new TypeError(`${orgId} is no organisation.`);
  return scopes.run({ orgId }, work);
}

/**
 * The same for the organisation that a person enters from another of theirs: their request is in the one they come
 * from. Only for what the transaction that lets them in has proven to be theirs.
 */
export function inEnteredOrganisation<T>(orgId: number, work: () => T): T {
  if (!Number.isSafeInteger(orgId)) throw new TypeError(`${orgId} is no organisation.`);
  return scopes.run({ orgId }, work);
}

/** Runs a statement that is about several organisations, or does not know whose rows it looks for. */
export function throughDoor<T>(door: Door, statement: () => T): T {
  return scopes.run({ door }, statement);
}

/**
 * Whose rows a statement that is begun now may see; undefined: nobody's. A request is in the organisation of the person
 * who was let in.
 */
export function currentScope(): Scope | undefined {
  return scopes.getStore() ?? correlation()?.actor ?? undefined;
}
