import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './ports.js';

/** The redis-server of this machine: the first on the PATH; undefined where there is none. */
export const redisServer = (process.env.PATH ?? '')
  .split(delimiter)
  .filter(Boolean)
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  /** A client of the test's own. */
  readonly client: Redis;
  /** Stops it as a crash does, and starts it again, empty, at the same address. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It takes connections and commands and answers nothing. */
  freeze(): void;
  thaw(): void;
}

/** A Redis of the test's own, in memory only. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const run = () =>
    spawn(redisServer!, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
  let server = run();
  const client = new Redis(url, { retryStrategy: () => 50 });
  client.on('error', () => {});
  const ready = () => eventually(async () => client.ping());
  await ready();
  const kill = async (): Promise<void> => {
    const over = new Promise((resolve) => void server.once('exit', resolve));
    server.kill('SIGKILL');
    await over;
  };
  return {
    url,
    client,
    kill,
    start: async () => {
      server = run();
      await ready();
    },
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      client.disconnect();
      if (server.exitCode === null && server.signalCode === null) await kill();
    },
  };
}
