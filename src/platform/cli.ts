import { DomainError } from './errors/domain-error.js';

/**
 * Runs a command line tool: prints what it answers and exits 0, or prints the reason it failed and exits 1.
 * The tool gets the words after its name.
 */
export async function runTool(tool: (args: string[]) => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await tool(process.argv.slice(2))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? reasonOf(error) : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** What is wrong with each value that was given, else the message. */
function reasonOf(error: Error): string {
  const fields = error instanceof DomainError ? (error.fields ?? []) : [];
  return [error.message, ...fields.map(({ message }) => `  - ${message}`)].join('\n');
}
