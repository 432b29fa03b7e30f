import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const count = cpus().length;
const anywhere = `0-${count - 1}`;
const last = String(count - 1);

/** Which cores the parts of a stage run on, each as a list that taskset reads. */
export interface Placement {
  sandbox: string;
  /** By the number of the worker, from 0. */
  worker(number: number): string;
  /** PostgreSQL, the API and the bench itself. */
  others: string;
  /** For the report. */
  notified: string;
}

/** Sandbox and workers are tied to a core each; what else there is runs where there is room. */
export const spread: Placement = {
  sandbox: last,
  worker: (number) => String(number % count),
  others: anywhere,
  notified:
    'the sandbox on the last core, each worker on one, from the first on, PostgreSQL and the API ' +
    'wherever there is room',
};

function canPin(): boolean {
  try {
    execFileSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore' });
    return count > 1;
  } catch {
    return false;
  }
}

/** Whether processes can be tied to cores here. */
export const pins = canPin();

/** A command that runs on these cores only, where that can be had. */
export function pinned(list: string, command: string, args: readonly string[]): [string, string[]] {
  return pins ? ['taskset', ['-c', list, command, ...args]] : [command, [...args]];
}

/** Ties running processes, and what they start from now on, to these cores. One that has just ended is no matter. */
export function pin(list: string, pids: readonly number[]): void {
  if (!pins) return;
  for (const pid of pids) {
    try {
      execFileSync('taskset', ['-a', '-c', '-p', list, String(pid)], { stdio: 'ignore' });
    } catch (error) {
      if (pid === process.pid) throw error;
    }
  }
}

/** The placement in words, or that there was none. */
export function placedOf({ notified }: Placement): string {
  return pins ? notified : 'wherever the system put each process';
}
