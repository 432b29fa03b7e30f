import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A command that was not given as it is meant: it ends with 2, and says how it is meant. */
export class UsageError extends Error {}

type Values<T extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T }>
>['values'];

/**
 * What was given for each option. Throws a `UsageError` that names an option there is not, one without its value or
 * given twice, and a word that belongs to none. Pure.
 */
export function readOptions<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
): Values<T> {
  try {
    const { values, tokens } = parseArgs({ args: [...args], options, tokens: true });
    const named = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = named.find((name, index) => named.indexOf(name) !== index);
    if (twice !== undefined) throw new UsageError(`--${twice} is given twice.`);
    return values;
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

/** Whether the command asks how it is meant. Pure. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}
