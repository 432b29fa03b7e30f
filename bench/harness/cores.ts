import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

const count = cpus().length;

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

/**
 * Who runs where. The sandbox has the last core for itself; the worker under measurement has the first, which with two
 * cores it shares with PostgreSQL, the API and the bench.
 */
export const cores = {
  sandbox: String(count - 1),
  worker: '0',
  others: count > 2 ? `1-${count - 2}` : '0',
};

/** A command that runs on these cores only, where that can be had. */
export function pinned(list: string, command: string, args: readonly string[]): [string, string[]] {
  return pins ? ['taskset', ['-c', list, command, ...args]] : [command, [...args]];
}

/** Ties this process, and with it every one it starts without saying where, to these cores. */
export function pinSelf(list: string): void {
  if (pins) execFileSync('taskset', ['-a', '-c', '-p', list, String(process.pid)], { stdio: 'ignore' });
}
