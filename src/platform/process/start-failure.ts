import { ConfigError } from '../config/config.js';
import { DatabaseServerError } from '../database/server.js';

/** A mistake that an operator can mend is a sentence; anything else that stops the start is shown whole. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError || error instanceof DatabaseServerError) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is in use. Stop what uses it, or set PORT.`;
  }
  return error.stack ?? error.message;
}
