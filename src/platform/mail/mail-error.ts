/** Why a message was not taken by the mail server. Holds neither addresses nor text of the message. */
export class MailError extends Error {
  constructor(
    message: string,
    /** True where the server said no for good: sending the same again will not help. */
    readonly permanent: boolean,
    /** True where the server may have taken the message all the same: its answer was lost. */
    readonly mayBeTaken = false,
  ) {
    super(message);
    this.name = 'MailError';
  }
}

const PERMANENT_CODES = new Set(['EENVELOPE', 'EMESSAGE']);
/** Codes of failures before the message is on its way. */
const NEVER_SENT = new Set(['EDNS', 'ETLS', 'EAUTH', 'EENVELOPE', 'EMESSAGE', 'EREQUIRETLS']);

/**
 * What of a failed delivery may be kept and shown: the server's answers name people and are left out. An address or a
 * message that the server refused with a 5xx is refused for good; a wrong password is not, as somebody may mend it.
 */
export function mailErrorOf(error: unknown): MailError {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const name = typeof code === 'string' ? code : 'unknown';
  if (typeof responseCode !== 'number') {
    const message = `The mail server could not be reached or did not answer (${name})`;
    return new MailError(message, false, !NEVER_SENT.has(name) && !failedToConnect(error));
  }
  const permanent = responseCode >= 500 && responseCode < 600 && PERMANENT_CODES.has(name);
  return new MailError(`The mail server answered ${responseCode} (${name})`, permanent);
}

/** True of a connection that never came about; one that broke may have brought the message. */
function failedToConnect(error: unknown): boolean {
  const { syscall, timeoutType, errors } = (error ?? {}) as Record<string, unknown>;
  if (Array.isArray(errors)) return errors.every(failedToConnect);
  if (typeof timeoutType === 'string') return timeoutType !== 'SOCKET_TIMEOUT';
  return syscall === 'connect' || syscall === 'getaddrinfo';
}
