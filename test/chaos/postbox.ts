import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Letter } from './facts.ts';

const HOST = '127.0.0.1';
const MESSAGE_ID = /^message-id:\s*<([^@>]+)@/im;

/** How a mail server fails: says that it is busy, goes away, or takes a message and its answer is lost. */
export type MailTrouble = 'busy' | 'away' | 'answers lost';

/** The mail server of an installation: everything that it took, whoever it is for. */
export class Postbox {
  readonly letters: Letter[] = [];
  readonly #server: SMTPServer;
  #trouble: MailTrouble | null = null;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: (_address, _session, done) => {
        if (this.#trouble === 'away') return this.#hangUp();
        const busy = Object.assign(new Error('4.7.1 busy'), { responseCode: 451 });
        done(this.#trouble === 'busy' ? busy : null);
      },
      onData: (stream, session, taken) => void this.#take(stream, session).then(() => taken(), taken),
    });
    this.#server.on('error', () => {}); // a client that is killed says no goodbye
  }

  static async open(): Promise<Postbox> {
    const postbox = new Postbox();
    await new Promise<void>((resolve) => postbox.#server.listen(0, HOST, () => resolve()));
    return postbox;
  }

  get smtpUrl(): string {
    const { port } = this.#server.server.address() as AddressInfo;
    return `smtp://${HOST}:${port}?from=office%40chaos.test`;
  }

  /** Until it is called with null. */
  fail(trouble: MailTrouble | null): void {
    this.#trouble = trouble;
  }

  async close(): Promise<void> {
    this.#hangUp();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #take(stream: Readable, { envelope }: SMTPServerSession): Promise<void> {
    const source = await text(stream);
    const to = envelope.rcptTo.map(({ address }) => address).join(', ');
    this.letters.push({ id: MESSAGE_ID.exec(source)?.[1] ?? '', to });
    if (this.#trouble === 'answers lost') this.#hangUp();
  }

  #hangUp(): void {
    for (const connection of this.#server.connections) connection.close();
  }
}
