import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { freePort } from './ports.js';

export interface ReceivedMail {
  /** Of the envelope: where it goes back to. */
  from: string;
  to: string[];
  /** As it came, header and body. */
  source: string;
  subject: string;
  messageId: string;
  /** The body's plain text, decoded. */
  text: string;
  html: string;
}

/** A mail server of the test's own: it takes what it is sent, or says no when it is told to. */
export interface TestMail extends AsyncDisposable {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** How many messages were begun, taken or not. */
  readonly attempts: number;
  /** Answers the next recipients with these replies, such as `451 4.7.1 busy`, one each. */
  refuse(...replies: string[]): void;
  /** Breaks the next connections where a recipient is named. */
  hangUp(times: number): void;
  /** Takes the next messages, one where it is not said, and breaks the connection instead of saying so. */
  loseNextAnswer(times?: number): void;
}

export async function startMail(): Promise<TestMail> {
  const received: ReceivedMail[] = [];
  const refusals: string[] = [];
  let attempts = 0;
  let answersToLose = 0;
  let callsToDrop = 0;
  const take = async (stream: Readable, { envelope }: SMTPServerSession): Promise<void> => {
    const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
    const to = envelope.rcptTo.map(({ address }) => address);
    received.push({ from, to, ...(await readMail(stream)) });
    if (answersToLose === 0) return;
    answersToLose -= 1;
    cutConnections();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom: (_address, _session, done) => {
      attempts += 1;
      done();
    },
    onRcptTo: (_address, _session, done) => {
      if (callsToDrop > 0) {
        callsToDrop -= 1;
        return cutConnections();
      }
      const refusal = refusals.shift();
      done(refusal === undefined ? null : refusedWith(refusal));
    },
    onData: (stream, session, taken) => void take(stream, session).then(() => taken(), taken),
  });
  server.on('error', () => {}); // a client that goes away has its reasons
  const cutConnections = (): void => {
    for (const connection of server.connections) connection.close();
  };
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return {
    url: `smtp://127.0.0.1:${port}?from=office%40peakpro.test&bounces=bounces%40peakpro.test`,
    received,
    get attempts() {
      return attempts;
    },
    refuse: (...replies) => void refusals.push(...replies),
    hangUp: (times) => void (callsToDrop = times),
    loseNextAnswer: (times = 1) => void (answersToLose = times),
    [Symbol.asyncDispose]: async () => {
      cutConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function refusedWith(reply: string): Error {
  const [, code = '', text = ''] = /^(\d{3}) (.*)$/.exec(reply) ?? [];
  return Object.assign(new Error(text), { responseCode: Number(code) });
}

async function readMail(stream: Readable): Promise<Omit<ReceivedMail, 'from' | 'to'>> {
  const bytes = await buffer(stream);
  const { subject = '', messageId = '', text = '', html = '' } = await PostalMime.parse(bytes);
  return { source: bytes.toString(), subject, messageId, text, html };
}
