import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './ports.js';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/src/main.js');
/** What `npm run start:prod` gives to Node. */
const START_ARGUMENTS = startCommand().split(' ').slice(1);

function startCommand(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return manifest.scripts['start:prod']!;
}

/** The built product as its own process, as an operator runs it. */
export interface CrmProcess {
  readonly url: string;
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** The exit code, once it has ended by itself, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Sends a signal and answers the exit code, or null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts it and waits until it is ready. Throws with its output where it ends before. */
export async function startProcess(databaseUrl: string, env: NodeJS.ProcessEnv = {}): Promise<CrmProcess> {
  const crm = launchProcess({ PORT: String(await freePort()), DATABASE_URL: databaseUrl, ...env });
  const ended = crm.ended.then((code) => `It ended with ${code}:\n${crm.output()}`);
  try {
    const failure = await Promise.race([untilReady(crm), ended]);
    if (failure !== undefined) throw new Error(failure);
    return crm;
  } catch (error) {
    await crm.end('SIGKILL'); // whoever waits for it has given up, and the next test has the machine
    throw error;
  }
}

/** Answers as soon as it is ready to serve. */
export async function untilReady({ url }: CrmProcess): Promise<undefined> {
  return eventually(async () => {
    if (!(await fetch(`${url}/health/ready`)).ok) throw new Error('not ready');
    return undefined;
  });
}

/** Starts it and does not wait. Without a `DATABASE_URL` it runs its own PostgreSQL under `CRM_DATA_DIR`. */
export function launchProcess(env: NodeJS.ProcessEnv): CrmProcess {
  if (!existsSync(MAIN)) throw new Error('There is no build to run: npm run build');
  const child = spawn(process.execPath, START_ARGUMENTS, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => void child.once('close', resolve));
  void ended.then(() => process.off('exit', endWithUs));
  return {
    url: `http://127.0.0.1:${env.PORT}`,
    pid: child.pid!,
    output: () => output,
    ended,
    end: async (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
