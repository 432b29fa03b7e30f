import { asksForHelp, UsageError } from '../src/platform/command-line.ts';

export { readOptions, UsageError } from '../src/platform/command-line.ts';

/**
 * What `read` makes of the words of this command. Where they are not as they are meant, or `--help` is among them, the
 * process says how they are meant, and ends: with 2, or 0 where it was asked.
 */
export function readCommand<T>(usage: string, read: (args: string[]) => T): T {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    process.stdout.write(`Usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    return read(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nUsage: ${usage}\n`);
    process.exit(2);
  }
}
