import { readOptions, UsageError } from '../../src/platform/command-line.ts';

export interface ChaosArgs {
  seconds: number;
  seed: number;
  runs: number;
  /** The same plan, so many times as long. */
  stretch: number;
  /** Whether what the processes wrote is told where something differs. */
  output: boolean;
  /** Whether everything that was done and went wrong is shown, in its order. */
  journal: boolean;
  /** The folder of a built earlier version, with which a run begins. */
  from: string | undefined;
}

export const CHAOS_USAGE =
  'npm run chaos -- [--seconds 60] [--seed 7] [--runs 1] [--stretch 1] [--from ../earlier] [--output] [--journal]';

/** Reads what a run is to be; without a seed each time another. Throws a `UsageError` that says what is wrong. */
export function readChaosArgs(args: readonly string[]): ChaosArgs {
  const values = readOptions(args, {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    runs: { type: 'string', default: '1' },
    stretch: { type: 'string', default: '1' },
    output: { type: 'boolean', default: false },
    journal: { type: 'boolean', default: false },
    from: { type: 'string' },
  });
  const [seconds, seed, runs, stretch] = [values.seconds, values.seed, values.runs, values.stretch].map(
    Number,
  ) as [number, number, number, number];
  if (![seconds, seed, runs, stretch].every((number) => Number.isFinite(number)) || seconds < 5)
    throw new UsageError('--seconds (at least 5), --seed, --runs and --stretch take numbers');
  if (values.from === '') throw new UsageError('--from takes the folder of a built earlier version');
  return { seconds, seed, runs, stretch, output: values.output, journal: values.journal, from: values.from };
}

/** The command that plays the same again. Pure. */
export function commandOf({ seconds, seed, stretch, from }: ChaosArgs): string {
  const begun = from === undefined ? '' : ` --from ${from}`;
  return `npm run chaos -- --seconds ${seconds} --seed ${seed} --stretch ${stretch}${begun}`;
}
