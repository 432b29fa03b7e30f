import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../bench/harness/root.ts';
import { Installation } from './installation.ts';
import { planOf, stretched } from './plan.ts';
import { play } from './play.ts';
import { isIdle, reportOf } from './report.ts';

/** Where a machine is too busy for a plan, it is played again so many times as slowly. */
const SLOWER = 4;

/**
 * `npm run chaos -- --seconds 60 --seed 7` plays one run, `--runs 2` two with seeds one after the other; without a seed
 * each time others. `--stretch 4` gives the same plan four times as long, for a machine that does other work; a run in
 * which too little was done is played again so. Exits 1 where anything differs in the end, or too little was done to
 * tell even then.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    runs: { type: 'string', default: '1' },
    stretch: { type: 'string', default: '1' },
    output: { type: 'boolean', default: false },
  },
});

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Whether all agreed in the end; null where too little was done to tell. */
async function agrees(seed: number, seconds: number, stretch: number): Promise<boolean | null> {
  say(
    `chaos: seed ${seed} (again by npm run chaos -- --seconds ${seconds} --seed ${seed} --stretch ${stretch})`,
  );
  const installation = await Installation.open();
  try {
    const outcome = await play(installation, stretched(planOf(seed, seconds), stretch));
    say(reportOf(outcome));
    if (outcome.differences.length > 0 && values.output)
      for (const replica of [installation.api, ...installation.workers])
        say(`${replica.name}:\n${replica.output}`);
    if (outcome.differences.length > 0) return false;
    return isIdle(outcome) ? null : true;
  } finally {
    await installation.close();
  }
}

async function run(seed: number, seconds: number, stretch: number): Promise<boolean> {
  const first = await agrees(seed, seconds, stretch);
  if (first !== null) return first;
  say(`too little was done to tell: the machine is busy, and so it is played ${SLOWER} times as slowly`);
  const again = await agrees(seed, seconds, stretch * SLOWER);
  if (again === null) say('too little was done even so: the machine is too busy, or the product was away');
  return again ?? false;
}

if (!existsSync(join(ROOT, 'dist/src/main.js'))) throw new Error('There is no build to run: npm run build');
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const [seconds, first, runs] = [values.seconds, values.seed, values.runs].map(Number) as [
  number,
  number,
  number,
];
if (![seconds, first, runs].every((number) => Number.isFinite(number)) || seconds < 5)
  throw new Error('--seconds (at least 5), --seed and --runs take numbers');
const agreed: boolean[] = [];
for (let index = 0; index < runs; index += 1)
  agreed.push(await run(first + index, seconds, Number(values.stretch)));
process.exitCode = agreed.every(Boolean) ? 0 : 1;
