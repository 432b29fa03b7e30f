import { createServer, type Socket } from 'node:net';
import { freePort } from './ports.js';

export interface ReceivedMail {
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
  /** Takes the next message, and breaks the connection instead of saying so. */
  loseNextAnswer(): void;
}

/** Speaks as much SMTP (RFC 5321) as it takes to be handed a message. */
export async function startMail(): Promise<TestMail> {
  const received: ReceivedMail[] = [];
  const refusals: string[] = [];
  const sockets = new Set<Socket>();
  let attempts = 0;
  let losesAnswer = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, {
      begin: () => (attempts += 1),
      refusal: () => refusals.shift(),
      take: (mail) => {
        received.push(mail);
        const isAnswered = !losesAnswer;
        losesAnswer = false;
        return isAnswered;
      },
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${port}?from=office%40peakpro.test`,
    received,
    get attempts() {
      return attempts;
    },
    refuse: (...replies) => void refusals.push(...replies),
    loseNextAnswer: () => void (losesAnswer = true),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Desk {
  begin(): void;
  refusal(): string | undefined;
  /** Answers whether the taking is confirmed. */
  take(mail: ReceivedMail): boolean;
}

function converse(socket: Socket, desk: Desk): void {
  let pending = '';
  let from = '';
  let to: string[] = [];
  let data: string[] | null = null;
  const say = (reply: string): void => void socket.write(`${reply}\r\n`);

  const answer = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') say('250 mail.test');
    else if (verb === 'MAIL') {
      desk.begin();
      from = addressIn(line);
      to = [];
      say('250 ok');
    } else if (verb === 'RCPT') {
      const refusal = desk.refusal();
      if (refusal === undefined) to.push(addressIn(line));
      say(refusal ?? '250 ok');
    } else if (verb === 'DATA') {
      data = [];
      say('354 go on');
    } else if (verb === 'QUIT') socket.end('221 bye\r\n');
    else say(verb === 'RSET' || verb === 'NOOP' ? '250 ok' : '502 not known');
  };

  const hear = (line: string): void => {
    if (data === null) return answer(line);
    if (line !== '.') return void data.push(line.startsWith('.') ? line.slice(1) : line);
    const isAnswered = desk.take(readMail(from, to, data.join('\r\n')));
    data = null;
    if (isAnswered) say('250 taken');
    else socket.destroy();
  };

  socket.on('data', (chunk) => {
    const lines = (pending + chunk.toString('utf8')).split('\r\n');
    pending = lines.pop()!;
    for (const line of lines) hear(line);
  });
  say('220 mail.test');
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}

function readMail(from: string, to: string[], source: string): ReceivedMail {
  const header = (name: string): string => {
    const match = new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(source);
    return decodeWords((match?.[1] ?? '').replaceAll(/\r\n[ \t]/g, ' '));
  };
  return {
    from,
    to,
    source,
    subject: header('Subject'),
    messageId: header('Message-ID'),
    text: partOf(source, 'text/plain'),
    html: partOf(source, 'text/html'),
  };
}

/** Encoded words of a header (RFC 2047); two that follow each other are one text. */
function decodeWords(text: string): string {
  return text
    .replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : quotedPrintable(word.replaceAll('_', ' ')),
    );
}

function partOf(source: string, type: string): string {
  const start = source.indexOf(`Content-Type: ${type}`);
  if (start < 0) return '';
  const [head = '', ...rest] = source.slice(start).split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').split('\r\n--')[0]!;
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return /quoted-printable/i.test(head) ? quotedPrintable(body.replaceAll('=\r\n', '')) : body;
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCodePoint(parseInt(hex, 16)),
  );
  return text.includes('=') ? Buffer.from(bytes, 'latin1').toString('utf8') : text;
}
