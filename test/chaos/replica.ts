import { type ChildProcess, spawn } from 'node:child_process';
import { eventually } from '../../bench/harness/clock.ts';

const READY_WITHIN_MS = 240_000;
const KEPT_OUTPUT_MAX = 400_000;
const LAST_WORDS = 1_500;
/** Jobs have ten seconds to end, requests fourteen; a busy machine takes longer for all of it. */
const STOPPED_WITHIN_MS = 40_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How one process of the installation is started; the same each time. */
export interface Command {
  args: readonly string[];
  env: Record<string, string>;
  port: number;
  readyPath: string;
}

/** One process of the installation, that can die, freeze and come back. */
export class Replica {
  readonly name: string;
  readonly url: string;
  #command: Command;
  #child: ChildProcess | null = null;
  /** Was told to stop, and ends with 0. */
  #stopping: ChildProcess | null = null;
  #output = '';
  /** Why it ended by itself after it had served, each time. One that cannot start may say so and end. */
  readonly falls: string[] = [];

  constructor(name: string, command: Command) {
    this.name = name;
    this.url = `http://127.0.0.1:${command.port}`;
    this.#command = command;
  }

  /** The end of what it wrote in this life. */
  get output(): string {
    return this.#output;
  }

  get isAway(): boolean {
    return this.#child === null;
  }

  get port(): number {
    return this.#command.port;
  }

  /** Is another program from its next start on. */
  become(command: Command): void {
    this.#command = command;
    this.falls.length = 0;
  }

  /** Starts it unless it runs. */
  launch(): void {
    if (this.#child) return;
    const { args, env } = this.#command;
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', (code) => {
      running.delete(child);
      if (this.#child !== child) return;
      this.#child = null;
      const isStopped = code === 0 && this.#stopping === child;
      if (code !== null && !isStopped && this.#output.includes('listens on port'))
        this.falls.push(`ended with ${code}: ${this.#output.slice(-LAST_WORDS)}`);
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT_MAX);
      });
    this.#child = child;
    this.#output = '';
  }

  async untilReady(): Promise<void> {
    await eventually(async () => this.askReady(), READY_WITHIN_MS, 100).catch((error: unknown) => {
      throw new Error(`${this.name} did not start:\n${this.#output.slice(-3_000)}`, { cause: error });
    });
  }

  /** Throws where it is not ready. */
  async askReady(): Promise<void> {
    if (!(await fetch(`${this.url}${this.#command.readyPath}`)).ok)
      throw new Error(`${this.name} is not ready`);
  }

  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it as an operator does, and answers once it is gone. What does not end in time is killed: it has fallen. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    this.#stopping = child;
    child.kill('SIGTERM');
    const tooLong = setTimeout(() => {
      this.falls.push(`was told to stop and did not: ${this.#output.slice(-LAST_WORDS)}`);
      child.kill('SIGKILL');
    }, STOPPED_WITHIN_MS);
    await gone;
    clearTimeout(tooLong);
  }

  /** Answers once it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    this.thaw();
    child.kill('SIGKILL');
    await gone;
  }
}
