import { DomainError } from '../errors/domain-error.js';
import { VendorError } from '../errors/vendor-error.js';

/** An error by its code or class alone: its message may name people. Pure. */
export function errorKind(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (error instanceof VendorError) return error.facts.code;
  return error instanceof Error ? error.constructor.name : 'unknown';
}
