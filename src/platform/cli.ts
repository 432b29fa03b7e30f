import { asksForHelp, UsageError } from './command-line.js';
import { DomainError } from './errors/domain-error.js';

/**
 * Runs a command line tool: prints what it answers and exits 0; prints how it is meant where `--help` asks, or where it
 * was given otherwise, with the reason, and exits 2; prints the reason it failed and exits 1.
 * The tool gets the words after its name.
 */
export async function runTool(usage: string, tool: (args: string[]) => Promise<string>): Promise<void> {
  const args = process.argv.slice(2);
  try {
    process.stdout.write(`${asksForHelp(args) ? `Usage: ${usage}` : await tool(args)}\n`);
  } catch (error) {
    const isMeantOtherwise = error instanceof UsageError;
    process.stderr.write(`${error instanceof Error ? reasonOf(error) : String(error)}\n`);
    if (isMeantOtherwise) process.stderr.write(`Usage: ${usage}\n`);
    process.exitCode = isMeantOtherwise ? 2 : 1;
  }
}

/** What is wrong with each value that was given, else the message. */
function reasonOf(error: Error): string {
  const fields = error instanceof DomainError ? (error.fields ?? []) : [];
  return [error.message, ...fields.map(({ message }) => `  - ${message}`)].join('\n');
}
