import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { hostOf, isPublicHost } from '../network/host.js';
import { mailErrorOf, MailError } from './mail-error.js';
import { bounceAddress, senderAddress } from './sender-address.js';

/** A message to one person, as text and as HTML that says the same. */
export interface Message {
  /** Without brackets. The same for every attempt, so that a mailbox can tell a second copy. */
  id: string;
  fromName: string;
  to: { name: string; address: string };
  replyTo?: { name: string; address: string };
  subject: string;
  text: string;
  html: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A server that looks through a message before it takes it is silent meanwhile; cut off, it takes it all the same. */
const IDLE_TIMEOUT_MS = 90_000;
/** Until a server has all of the message: one that is silent before holds a place that other messages wait for. */
const HANDING_OVER_TIMEOUT_MS = 30_000;
/** All of it: a server that goes on saying a little is never silent. Less than the job of a message may take. */
const SEND_TIMEOUT_MS = 110_000;
/** What is ours, and options of the driver that would keep connections open, or hear what is listened to here. */
const NOT_BY_URL = ['from', 'bounces', 'pool', 'logger', 'debug', 'transactionLog'];

/** Hands messages to the mail server of `SMTP_URL`. Never call it inside a transaction. */
@Injectable()
export class MailClient {
  private readonly smtpUrl: string | undefined;
  private readonly sender: string;
  private readonly bouncesTo: string;

  constructor({ alerts: { smtpUrl }, portalPublicUrl }: Config) {
    this.smtpUrl = smtpUrl;
    this.sender = smtpUrl === undefined ? '' : senderAddress(smtpUrl, portalPublicUrl);
    this.bouncesTo = smtpUrl === undefined ? '' : bounceAddress(smtpUrl, this.sender);
  }

  /** False where the installation names no mail server. */
  get configured(): boolean {
    return this.smtpUrl !== undefined;
  }

  /**
   * Resolves when the mail server has accepted the message. Throws MailError otherwise; a lost answer counts as none.
   */
  async send(message: Message): Promise<void> {
    if (this.smtpUrl === undefined) throw new MailError('SMTP_URL is not set', false);
    // Loaded with the first message: most processes never send one.
    const { createTransport } = await import('nodemailer');
    let wasSent = false;
    const tooSlow = new AbortController();
    AbortSignal.timeout(HANDING_OVER_TIMEOUT_MS).addEventListener('abort', () => {
      if (!wasSent) tooSlow.abort();
    });
    const logger = { ...SILENT, info: ({ tnx }: { tnx?: string }) => (wasSent ||= tnx === 'message') };
    const transport = createTransport({ ...transportOptions(this.smtpUrl), logger });
    const { id, fromName, ...rest } = message;
    const domain = this.sender.slice(this.sender.indexOf('@') + 1);
    const signal = AbortSignal.any([AbortSignal.timeout(SEND_TIMEOUT_MS), tooSlow.signal]);
    // Addresses in parts, since text would be parsed as a list of them; the driver's types know neither.
    const envelope = { from: { name: '', address: this.bouncesTo }, to: rest.to };
    const untyped: object = { signal, envelope };
    await transport
      .sendMail({
        ...rest,
        from: { name: fromName, address: this.sender },
        messageId: `<${id}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        ...untyped,
      })
      .catch((error: unknown) => {
        throw mailErrorOf(error, wasSent);
      });
  }
}

const nothing = (): void => {};
/** The driver tells a logger, and nobody else, that a message is on its way to its end. */
const SILENT = {
  level: nothing,
  trace: nothing,
  debug: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};

/** TLS is required of a host of the public internet; one on this machine or a private network may do without. */
export function transportOptions(smtpUrl: string) {
  const url = new URL(smtpUrl);
  for (const option of NOT_BY_URL) url.searchParams.delete(option);
  return {
    url: url.toString(),
    requireTLS: isPublicHost(hostOf(smtpUrl)),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: IDLE_TIMEOUT_MS,
  };
}
