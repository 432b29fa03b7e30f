import { lookup as systemLookup } from 'node:dns';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { hostOf } from '../platform/network/host.js';
import { isPublicAddress } from '../platform/network/public-address.js';

const TIMEOUT_MS = 5_000;

/** Slack has the whole message, and nobody knows whether it takes it. */
const SLACK_ANSWER_LOST = `Slack was sent it and did not answer within ${TIMEOUT_MS} ms, so it may have arrived`;

/** Why Slack did not take a message. Holds nothing of the webhook's address, which is a secret. */
export class SlackError extends Error {
  constructor(
    problem: string,
    /** True where Slack was sent the message to its end and did not answer: it may have taken it all the same. */
    readonly mayBeTaken = false,
  ) {
    super(problem);
    this.name = 'SlackError';
  }
}

/**
 * Posts to the Slack webhook of the installation, or of an organisation. Promise: it is over within five seconds; no
 * redirect is followed; in production only a public address is ever connected to, whatever the name resolves to by
 * then.
 */
@Injectable()
export class SlackClient implements OnApplicationBootstrap {
  private readonly logger = new Logger(SlackClient.name);
  private readonly webhook: URL | undefined;
  private readonly publicOnly: boolean;

  constructor({ alerts: { slackWebhookUrl }, production }: Config) {
    this.webhook = slackWebhookUrl === undefined ? undefined : new URL(slackWebhookUrl);
    this.publicOnly = production;
  }

  /**
   * Says at the start, not at the first message, that the webhook's host is of the own network. A name that cannot be
   * resolved just then is judged at each message, as every name is.
   */
  async onApplicationBootstrap(): Promise<void> {
    const problem = this.webhook && this.publicOnly ? await internalProblem(this.webhook) : null;
    if (problem !== null) this.logger.error(`SLACK_WEBHOOK_URL: ${problem}; alerts will not arrive`);
  }

  /** False where the installation names no webhook. */
  get configured(): boolean {
    return this.webhook !== undefined;
  }

  /**
   * Resolves when Slack has taken the text; `own` is the webhook of an organisation. Throws SlackError otherwise. Never
   * call it inside a transaction.
   */
  async post(text: string, own: string | null = null): Promise<void> {
    const webhook = own === null ? this.webhook : new URL(own);
    if (!webhook) throw new SlackError('SLACK_WEBHOOK_URL is not set');
    const host = webhook.hostname.replaceAll(/^\[|\]$/g, '');
    if (this.publicOnly && isIP(host) && !isPublicAddress(host))
      throw new SlackError('The address is not public');
    const status = await this.send(webhook, JSON.stringify({ text: slackText(text) }));
    if (status < 200 || status > 299) throw new SlackError(`Slack answered ${status}`);
  }

  private send(webhook: URL, body: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        },
        lookup: this.publicOnly ? publicLookup : undefined,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        agent: false as const,
      };
      const open = webhook.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing: ClientRequest = open(webhook, options, (answer) => {
        answer.on('error', () => {}).resume();
        resolve(answer.statusCode ?? 0);
      });
      let wasSent = false;
      outgoing.on('error', (error) =>
        reject(wasSent ? new SlackError(SLACK_ANSWER_LOST, true) : new SlackError(problemOf(error))),
      );
      outgoing.end(body, () => (wasSent = true));
    });
  }
}

/** True where its answer was lost as that of the attempt before was: it would go on arriving. Pure. */
export function slackEndsHere({ mayBeTaken }: SlackError, problemBefore: string | null): boolean {
  return mayBeTaken && problemBefore === SLACK_ANSWER_LOST;
}

async function internalProblem(webhook: URL): Promise<string | null> {
  return new Promise((resolve) => {
    publicLookup(hostOf(webhook.href), {}, (error) => {
      if (!error) return resolve(null);
      resolve(error instanceof InternalAddressError ? 'its host is not of the public internet' : null);
    });
  });
}

class InternalAddressError extends Error {}

/**
 * Resolves a name as the system does and refuses it where any of its addresses is internal: what was checked is used.
 */
const publicLookup: LookupFunction = (hostname, options, done) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0);
    if (addresses.some(({ address }) => !isPublicAddress(address))) {
      return done(new InternalAddressError('The address is not public'), '', 0);
    }
    if (options.all) return done(null, addresses);
    done(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** Slack reads &, < and > as its own; as entities they cannot call a channel or hide a link. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function problemOf(error: Error): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `No answer within ${TIMEOUT_MS} ms`;
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined ? error.message : `No answer (${code})`;
}
