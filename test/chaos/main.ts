import { ROOT } from '../../bench/harness/root.ts';
import { readCommand } from '../../scripts/command.ts';
import { CHAOS_USAGE, type ChaosArgs, commandOf, readChaosArgs } from './args.ts';
import { builtVersionIn } from './built-version.ts';
import { Installation } from './installation.ts';
import { storyOfAll } from './journal.ts';
import { planOf, stretched } from './plan.ts';
import { play } from './play.ts';
import { isIdle, reportOf } from './report.ts';

/** Where a machine is too busy for a plan, it is played again so many times as slowly. */
const SLOWER = 4;

/**
 * `npm run chaos -- --seconds 60 --seed 7` plays one run, `--runs 2` two with seeds one after the other; without a seed
 * each time others. `--stretch 4` gives the same plan four times as long, for a machine that does other work; a run in
 * which too little was done is played again so. `--from ../earlier` begins with the version that is built there, and
 * `--journal` shows all that happened.
 * Exits 1 where anything differs in the end, or too little was done to tell even then.
 */
const args = readCommand(CHAOS_USAGE, readChaosArgs);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Whether all agreed in the end; null where too little was done to tell. */
async function agrees(run: ChaosArgs): Promise<boolean | null> {
  const { seed, seconds, stretch, from, output, journal } = run;
  say(`chaos: seed ${seed} (again by ${commandOf(run)})`);
  const installation = await Installation.open(builtVersionIn(from ?? ROOT));
  try {
    const upgradeAtMs = (seconds * 1000 * stretch) / 2;
    const plan = stretched(planOf(seed, seconds), stretch);
    const outcome = await play(installation, plan, from === undefined ? undefined : upgradeAtMs);
    if (journal) say(storyOfAll(outcome.journal.entries).join('\n'));
    say(reportOf(outcome));
    if (outcome.differences.length > 0 && output)
      for (const replica of [installation.api, ...installation.workers])
        say(`${replica.name}:\n${replica.output}`);
    if (outcome.differences.length > 0) return false;
    return isIdle(outcome) ? null : true;
  } finally {
    await installation.close();
  }
}

async function played(run: ChaosArgs): Promise<boolean> {
  const first = await agrees(run);
  if (first !== null) return first;
  say(`too little was done to tell: the machine is busy, and so it is played ${SLOWER} times as slowly`);
  const again = await agrees({ ...run, stretch: run.stretch * SLOWER });
  if (again === null) say('too little was done even so: the machine is too busy, or the product was away');
  return again ?? false;
}

builtVersionIn(ROOT);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const agreed: boolean[] = [];
for (let index = 0; index < args.runs; index += 1)
  agreed.push(await played({ ...args, seed: args.seed + index }));
process.exitCode = agreed.every(Boolean) ? 0 : 1;
