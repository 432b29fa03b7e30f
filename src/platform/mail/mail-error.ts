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

/** The server has the whole message, and nobody knows whether it takes it. */
const ANSWER_LOST =
  'The mail server was sent the message and did not say that it takes it, so it may have arrived';

/** What failed before the server answered, where more is known than that. */
const BEFORE_AN_ANSWER: Readonly<Record<string, string>> = {
  EDNS: 'The name of the mail server could not be found',
  ETLS: 'No encrypted connection to the mail server came about',
  EAUTH: 'We could not sign in at the mail server',
  EENVELOPE: 'An address of the message cannot be used',
  EMESSAGE: 'The message cannot be sent as it is',
};
/** What the server was asked to take when it said no. */
const ASKED_TO_TAKE: Readonly<Record<string, string>> = {
  'MAIL FROM': 'our own address as the sender',
  'RCPT TO': 'the address',
  DATA: 'the message',
};

/**
 * What of a failed delivery may be kept and shown, in words: the server's answers name people and are left out, and a
 * code of the driver's tells nobody anything. An address or a message that the server refused with a 5xx is refused for
 * good; a wrong password is not, as somebody may mend it. `wasSent`: the server was sent the message to its end.
 */
export function mailErrorOf(error: unknown, wasSent: boolean): MailError {
  const { code, responseCode, command } = (error ?? {}) as Record<string, unknown>;
  const name = typeof code === 'string' ? code : '';
  if (typeof responseCode !== 'number') {
    if (wasSent) return new MailError(ANSWER_LOST, false, true);
    const message = BEFORE_AN_ANSWER[name] ?? 'The mail server could not be reached or did not answer';
    return new MailError(message, false);
  }
  const isFinal = responseCode >= 500 && responseCode < 600;
  const asked = name === 'EAUTH' ? 'our sign-in' : ASKED_TO_TAKE[String(command)];
  const what = isFinal ? `does not take ${asked}` : `did not take ${asked} yet`;
  const message = `The mail server ${asked ? what : 'said no'} (it answered ${responseCode})`;
  return new MailError(message, isFinal && PERMANENT_CODES.has(name));
}

/**
 * True where the same is not to be sent again: it is refused for good, or its answer was lost as that of the attempt
 * before was, of which `problemBefore` was kept. It may have arrived each time, and would go on arriving. Pure.
 */
export function endsHere({ permanent, mayBeTaken }: MailError, problemBefore: string | null): boolean {
  return permanent || (mayBeTaken && problemBefore !== null && problemBefore.startsWith(ANSWER_LOST));
}
