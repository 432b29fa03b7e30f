import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './root.ts';

const run = promisify(execFile);

/** What a load of requests saw. */
export interface RequestLoad {
  requests: number;
  /** Answered with anything but 200, or not at all. */
  failed: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** The longest time in which no connection got an answer. */
  longestGapMs: number;
}

/** Asks one address over and over, from a process of its own. */
export async function loadWith(
  url: string,
  { token, connections, ms }: { token?: string; connections: number; ms: number },
): Promise<RequestLoad> {
  const { stdout } = await run(process.execPath, [join(ROOT, 'bench/harness/load-generator.ts')], {
    env: {
      PATH: process.env.PATH,
      LOAD_URL: url,
      LOAD_TOKEN: token ?? '',
      LOAD_CONNECTIONS: String(connections),
      LOAD_MS: String(ms),
    },
  });
  return JSON.parse(stdout) as RequestLoad;
}
