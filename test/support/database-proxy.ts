import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { freePort } from './ports.js';

/** What PostgreSQL answers while it starts up: an ErrorResponse with SQLSTATE 57P03. */
const STARTING_UP = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P03',
  M: 'the database system is starting up',
});

/** What PgBouncer answers to a connection that asks for what it was not told to ignore. */
const UNSUPPORTED = errorResponse({
  S: 'FATAL',
  C: '08P01',
  M: 'unsupported startup parameter: statement_timeout',
});

export interface DatabaseProxy extends AsyncDisposable {
  /** The database behind it, by way of the proxy. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Ends every connection and answers new ones as a PostgreSQL that starts up. */
  startUp(): Promise<void>;
  /** Ends every connection and answers new ones by this, as a pooler does that cannot sign in for them. */
  refuseAs(code: string, message: string): Promise<void>;
  /** Has a connection on which this is said be reset, as where the server's machine restarts. */
  resetAt(text: string): void;
  /** Lets everything through again. */
  answer(): Promise<void>;
}

/** The message by which a server tells a client the process that serves it: its length is always 12. */
const BACKEND_KEY = Buffer.from([0x4b, 0, 0, 0, 12]);

/** Has clients see the key of another process than the server's, as a pooler does. */
function keyOfPooler(): Transform {
  let isSeen = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = isSeen ? -1 : chunk.indexOf(BACKEND_KEY);
      if (at >= 0) {
        isSeen = true;
        chunk.writeInt32BE(chunk.readInt32BE(at + BACKEND_KEY.length) ^ 0x5a5a, at + BACKEND_KEY.length);
      }
      done(null, chunk);
    },
  });
}

/** Takes parameters out of the message that a connection begins with, as a pooler does that is told to ignore them. */
function withoutParameters(ignored: readonly string[]): Transform {
  let isSeen = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isSeen) return done(null, chunk);
      isSeen = true;
      const words = chunk.subarray(8).toString().split('\0');
      const kept = words.flatMap((name, at) =>
        at % 2 === 0 && name !== '' && !ignored.includes(name) ? [name, words[at + 1]!] : [],
      );
      const body = Buffer.from(`${kept.map((word) => `${word}\0`).join('')}\0`);
      const head = Buffer.alloc(8);
      head.writeInt32BE(8 + body.length);
      chunk.copy(head, 4, 4, 8); // the version of the protocol
      done(null, Buffer.concat([head, body]));
    },
  });
}

/**
 * Stands between a process and its PostgreSQL, which can so be away for one test while others go on to use it.
 * `pooler`: it gives connections the key of another process, as one does that mixes sessions. `ignored`: parameters of
 * a connection that it does not pass on. `strict`: it refuses those with a limit of time. `socketFolder`: it listens on
 * a Unix socket there, and not on loopback. `cutAt`: a connection on which this is said ends there, without a word, as
 * when the server is killed.
 */
export async function startDatabaseProxy(
  databaseUrl: string,
  {
    pooler = false,
    ignored = [],
    strict = false,
    socketFolder,
    cutAt,
  }: {
    pooler?: boolean;
    ignored?: readonly string[];
    strict?: boolean;
    socketFolder?: string;
    cutAt?: string;
  } = {},
): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let refusal: Buffer | null = null;
  let resetText: string | null = null;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (refusal) {
      const said = refusal;
      incoming.once('data', () => incoming.end(said));
      return;
    }
    if (strict)
      incoming.once('data', (said: Buffer) => said.includes('_timeout') && incoming.end(UNSUPPORTED));
    const outgoing = keep(connect(Number(target.port), target.hostname));
    incoming.on('data', (said: Buffer) => {
      if (resetText !== null && said.includes(resetText)) incoming.resetAndDestroy();
    });
    if (cutAt !== undefined)
      incoming.on('data', (said: Buffer) => {
        if (said.includes(cutAt)) incoming.destroy();
      });
    (ignored.length > 0 ? incoming.pipe(withoutParameters(ignored)) : incoming)
      .pipe(outgoing)
      .once('close', () => incoming.destroy());
    (pooler ? outgoing.pipe(keyOfPooler()) : outgoing).pipe(incoming).once('close', () => outgoing.destroy());
  });
  const port = await freePort(); // it closes this port, and opens the same one again
  const place = socketFolder === undefined ? port : join(socketFolder, `.s.PGSQL.${port}`);
  await listen(server, place);
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    });
  const become = async (answer: Buffer | null): Promise<void> => {
    refusal = answer;
    cut();
    if (!server.listening) await listen(server, place);
  };
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.searchParams.delete('host'); // the socket, which does not lead through here
  if (socketFolder !== undefined) url.searchParams.set('host', socketFolder);
  return {
    url: url.toString(),
    refuse: close,
    startUp: () => become(STARTING_UP),
    refuseAs: (C, M) => become(errorResponse({ S: 'FATAL', C, M })),
    resetAt: (text) => {
      resetText = text;
    },
    answer: () => {
      resetText = null;
      return become(null);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function listen(server: Server, place: number | string): Promise<void> {
  const where = typeof place === 'number' ? { port: place, host: '127.0.0.1' } : { path: place };
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(where, resolve);
  });
}

function errorResponse(fields: Record<string, string>): Buffer {
  const body = `${Object.entries(fields)
    .map(([type, value]) => `${type}${value}\0`)
    .join('')}\0`;
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from('E'), length, Buffer.from(body)]);
}
