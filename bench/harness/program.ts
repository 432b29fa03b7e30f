import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { eventually } from './clock.ts';
import { pinned } from './cores.ts';

const STOP_WITHIN_MS = 20_000;
const KEPT_OUTPUT_MAX = 200_000;

/** A process of its own that answers over HTTP. */
export interface Program {
  readonly pid: number;
  readonly url: string;
  /** The JSON lines it logged with this message, oldest first. */
  logged(message: string): Record<string, unknown>[];
  /** Ends it as an operator does; throws where it does not end cleanly. */
  stop(): Promise<void>;
}

/** What to run. */
export interface Script {
  file: string;
  args?: readonly string[];
  env: Record<string, string>;
  cores: string;
  port: number;
  /** Answers 200 once it is ready. */
  readyPath: string;
  /** Its output goes to the end of this file, and is not read. */
  logFile?: string;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a script with Node on certain cores, with no environment but the one given, and waits until it is ready. */
export async function startProgram(script: Script): Promise<Program> {
  const [command, args] = pinned(script.cores, process.execPath, [...(script.args ?? []), script.file]);
  const log = script.logFile === undefined ? 'pipe' : openSync(script.logFile, 'a');
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...script.env },
    stdio: ['ignore', log, 'pipe'],
  });
  if (log !== 'pipe') closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: Record<string, unknown>[] = [];
  let output = '';
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
      else output += `${line}\n`;
    }
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT_MAX);
  });
  const url = `http://127.0.0.1:${script.port}`;
  await eventually(async () => {
    if (child.exitCode === null && !(await fetch(url + script.readyPath)).ok) throw new Error('not ready');
  }, 60_000);
  const lastWords = (): string =>
    output +
    lines
      .slice(-10)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  if (child.exitCode !== null)
    throw new Error(`${script.file} ended with ${child.exitCode}:\n${lastWords()}`);
  return {
    pid: child.pid!,
    url,
    logged: (message) => lines.filter((line) => line.msg === message),
    stop: async () => {
      const code = await ended(child);
      if (code !== 0) throw new Error(`${script.file} ended with ${code}:\n${lastWords()}`);
    },
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('It does not stop.')), STOP_WITHIN_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    child.kill('SIGTERM');
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
