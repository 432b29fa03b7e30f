import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * Runs npm scripts, as many at a time as there are cores but at most two (the lint with types takes a gigabyte), shows
 * what each wrote when it has ended, and exits 1 with the names of those that failed.
 *
 *   node scripts/check.ts format:check lint
 */
const scripts = process.argv.slice(2);
const atOnce = Math.min(2, availableParallelism());

async function run(script: string): Promise<boolean> {
  const startedAt = performance.now();
  const child = spawn('npm', ['run', '--silent', script], { shell: process.platform === 'win32' });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`\n> ${script}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n`);
  process.stdout.write(Buffer.concat(output));
  return code === 0;
}

async function runAll(): Promise<string[]> {
  const waiting = [...scripts];
  const failed: string[] = [];
  const lane = async (): Promise<void> => {
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      if (!(await run(script))) failed.push(script);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return failed;
}

const failed = await runAll();
if (failed.length > 0) process.stderr.write(`\nFailed: ${failed.join(', ')}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
