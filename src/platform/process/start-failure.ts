import { ConfigError } from '../config/config.js';
import { DatabaseServerError } from '../database/server.js';

/** A mistake that an operator can mend is a sentence; anything else that stops the start is shown whole. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError || error instanceof DatabaseServerError) return error.message;
  if ('syscall' in error && error.syscall === 'listen') return listenFailure(error as NodeJS.ErrnoException);
  return error.stack ?? error.message;
}

/** Of either listener: PORT and OPERATIONS_PORT share HOST. */
function listenFailure(error: { code?: unknown; port?: unknown; address?: unknown }): string {
  const { code, port, address } = error;
  return code === 'EADDRINUSE'
    ? `Port ${String(port)} is in use. Stop what uses it, or set PORT or OPERATIONS_PORT, whichever it is, to another.`
    : `${String(address)} cannot be listened on (${String(code)}). Check HOST, PORT and OPERATIONS_PORT.`;
}
