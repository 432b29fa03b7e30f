import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'src',
  'migrations',
  'package.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/**
 * Whether `dist` is a whole build of what the sources are now: its mark, which a build writes last, is younger than
 * each of them. A build that was interrupted has no mark.
 */
export function isBuilt(root: string): boolean {
  const builtAt = statSync(join(root, 'dist/.built'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return SOURCES.every((source) => newest(join(root, source)) < builtAt);
}

/** Builds unless that is done, and shows what the build says. Throws where it fails or `signal` ends it. */
export async function ensureBuilt(root: string, signal: AbortSignal): Promise<void> {
  if (isBuilt(root)) return;
  process.stdout.write('Building, which takes up to a minute …\n');
  const build = spawn('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    signal,
  });
  const [code] = (await once(build, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The build failed; its messages stand above.');
}

/** The youngest change of a file, or of any file or folder below a folder, in milliseconds since 1970. */
function newest(path: string): number {
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
