import { setTimeout as pause } from 'node:timers/promises';

/** How often it is looked after: at most so long requests are refused before it starts again. */
const LOOK_MS = 1_000;
/** One that is killed again and again is started at ever longer intervals. */
const PAUSE_MAX_MS = 30_000;

/** A server that was started for us. */
export interface KeptServer {
  /** Whether it ended without having been stopped. Whoever stopped it meant it. */
  wasKilled(): Promise<boolean>;
  /** Starts it at the place where it was; answers what PostgreSQL said where it did not start. */
  start(): Promise<string | null>;
}

/**
 * Starts a server again that was killed, for as long as this process works with it. Of several processes each tries,
 * and PostgreSQL's own lock file lets one through. Answers how to leave it alone: when a start under way is over.
 */
export function keepRunning(server: KeptServer): () => Promise<void> {
  const leaving = new AbortController();
  const kept = keep(server, leaving.signal);
  return async () => {
    leaving.abort();
    await kept;
  };
}

async function keep(server: KeptServer, signal: AbortSignal): Promise<void> {
  let delayMs = LOOK_MS;
  while (await passed(delayMs, signal)) {
    if (!(await server.wasKilled())) {
      delayMs = LOOK_MS;
      continue;
    }
    process.stderr.write('The embedded PostgreSQL was killed: it is started again.\n');
    const failure = await server.start().catch((error: unknown) => String(error));
    // Another process may have been faster.
    if (failure === null || !(await server.wasKilled())) continue;
    process.stderr.write(`The embedded PostgreSQL did not start.\n${failure}\n`);
    delayMs = Math.min(delayMs * 2, PAUSE_MAX_MS);
  }
}

/** False where it was left alone before. */
async function passed(delayMs: number, signal: AbortSignal): Promise<boolean> {
  return pause(delayMs, true, { signal, ref: false }).catch(() => false);
}
