import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { readable } from './figures.ts';
import { ROOT } from './root.ts';

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** The commit that was measured, and whether the files were still those of it. The report itself does not count. */
function commit(): string {
  const hash = git('rev-parse', '--short=10', 'HEAD');
  if (hash === '') return 'unknown';
  const changed = git('status', '--porcelain', '--', '.', ':!bench/results.md') !== '';
  return changed ? `${hash} with changes that are not committed` : hash;
}

const loadAtStart = loadavg()[0]!;

/** What the figures were measured on, as lines of a list. */
export function machineFacts(postgresVersion: string): string[] {
  const [first] = cpus();
  return [
    `Processor: ${first?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    `Memory: ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node ${process.version.slice(1)}, PostgreSQL ${postgresVersion} (embedded, settings of its own but ` +
      'for track_commit_timestamp)',
    `Load of the machine when it began: ${readable(loadAtStart)}; an idle one is near 0, and what other ` +
      'work takes is missing below',
    `Date: ${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
  ];
}
