import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.js';

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
  /** Everything it wrote so far. */
  output(): string;
  /** Sends a signal and answers the exit code, or null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts it and waits until it is ready. Throws with its output where it ends before. */
export async function startProcess(databaseUrl: string, env: NodeJS.ProcessEnv = {}): Promise<CrmProcess> {
  if (!existsSync(MAIN)) throw new Error('There is no build to run: npm run build');
  const port = await freePort();
  const child = spawn(process.execPath, START_ARGUMENTS, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: String(port), DATABASE_URL: databaseUrl, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (child.exitCode !== null) return;
    if (!(await fetch(`${url}/health/ready`)).ok) throw new Error('not ready');
  }, 30_000);
  if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output}`);
  return { url, output: () => output, end: (signal) => end(child, signal) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(code));
    child.kill(signal);
  });
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
