/** Why a message was not taken by the mail server. Holds neither addresses nor text of the message. */
export class MailError extends Error {
  constructor(
    message: string,
    /** True where the server said no for good: sending the same again will not help. */
    readonly permanent: boolean,
  ) {
    super(message);
    this.name = 'MailError';
  }
}

const PERMANENT_CODES = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * What of a failed delivery may be kept and shown: the server's answers name people and are left out. An address or a
 * message that the server refused with a 5xx is refused for good; a wrong password is not, as somebody may mend it.
 */
export function mailErrorOf(error: unknown): MailError {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const name = typeof code === 'string' ? code : 'unknown';
  if (typeof responseCode !== 'number') {
    return new MailError(`The mail server could not be reached or did not answer (${name})`, false);
  }
  const permanent = responseCode >= 500 && responseCode < 600 && PERMANENT_CODES.has(name);
  return new MailError(`The mail server answered ${responseCode} (${name})`, permanent);
}
