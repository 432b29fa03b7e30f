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

export interface DatabaseProxy extends AsyncDisposable {
  /** The database behind it, by way of the proxy. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Ends every connection and answers new ones as a PostgreSQL that starts up. */
  startUp(): Promise<void>;
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

/**
 * Stands between a process and its PostgreSQL, which can so be away for one test while others go on to use it.
 * `pooler`: it gives connections the key of another process, as one does that mixes sessions. `socketFolder`: it
 * listens on a Unix socket there, and not on loopback. `cutAt`: a connection on which this is said ends there, without
 * a word, as when the server is killed.
 */
export async function startDatabaseProxy(
  databaseUrl: string,
  { pooler = false, socketFolder, cutAt }: { pooler?: boolean; socketFolder?: string; cutAt?: string } = {},
): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isStartingUp = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    keep(incoming);
    if (isStartingUp) {
      incoming.once('data', () => incoming.end(STARTING_UP));
      return;
    }
    const outgoing = keep(connect(Number(target.port), target.hostname));
    if (cutAt !== undefined)
      incoming.on('data', (said: Buffer) => {
        if (said.includes(cutAt)) incoming.destroy();
      });
    incoming.pipe(outgoing).once('close', () => incoming.destroy());
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
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  url.searchParams.delete('host'); // the socket, which does not lead through here
  if (socketFolder !== undefined) url.searchParams.set('host', socketFolder);
  return {
    url: url.toString(),
    refuse: close,
    startUp: async () => {
      isStartingUp = true;
      cut();
      if (!server.listening) await listen(server, place);
    },
    answer: async () => {
      isStartingUp = false;
      cut();
      if (!server.listening) await listen(server, place);
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
