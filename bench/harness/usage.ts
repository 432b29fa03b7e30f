import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of a process; elsewhere nothing does, and nothing is claimed. */
function read(pid: number | string, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

const ticksPerSecond = (() => {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  } catch {
    return 100;
  }
})();

/** The fields of `stat` after the name, which may hold anything: state, parent, … */
function statOf(pid: number | string): string[] | null {
  const stat = read(pid, 'stat');
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const PARENT = 1;
const OWN_TICKS = [11, 12];
const OWN_AND_ENDED_TICKS = [11, 12, 13, 14];

function secondsOf(pid: number | string, fields: readonly number[]): number {
  const stat = statOf(pid);
  return stat === null ? 0 : fields.reduce((total, field) => total + Number(stat[field]), 0) / ticksPerSecond;
}

/** A process and its children. */
export function familyOf(pid: number): number[] {
  if (statOf(pid) === null) return [pid];
  const children = readdirSync('/proc').filter((entry) => statOf(entry)?.[PARENT] === String(pid));
  return [pid, ...children.map(Number)];
}

/** Processor time a process has used so far, in seconds. Null where that cannot be known. */
export function cpuSeconds(pid: number): number | null {
  return statOf(pid) === null ? null : secondsOf(pid, OWN_TICKS);
}

/** The same of a process with all its children, those that have ended too: PostgreSQL is one for each connection. */
export function familyCpuSeconds(pid: number): number | null {
  if (statOf(pid) === null) return null;
  return familyOf(pid).reduce((total, one) => total + secondsOf(one, OWN_AND_ENDED_TICKS), 0);
}

/** The most memory a process ever held, in MB of 10^6 bytes, as the kernel counted it (VmHWM). */
export function peakRssMb(pid: number): number | null {
  return statusMb(pid, 'VmHWM');
}

/** The memory a process holds now, in the same unit (VmRSS). */
export function rssMb(pid: number): number | null {
  return statusMb(pid, 'VmRSS');
}

function statusMb(pid: number, field: string): number | null {
  const kb = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(pid, 'status') ?? '')?.[1];
  return kb === undefined ? null : (Number(kb) * 1024) / 1e6;
}
