import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../bench/harness/root.ts';
import { Installation } from './installation.ts';
import { planOf, stretched } from './plan.ts';
import { play } from './play.ts';
import { isIdle, reportOf } from './report.ts';

/**
 * `npm run chaos -- --seconds 60 --seed 7` plays one run, `--runs 2` two with seeds one after the other; without a seed
 * each time others. `--stretch 4` gives the same plan four times as long, for a machine that does other work. Exits 1
 * where anything differs in the end, or too little was done to tell.
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

async function run(seed: number, seconds: number): Promise<boolean> {
  say(`chaos: seed ${seed} (again by npm run chaos -- --seconds ${seconds} --seed ${seed})`);
  const installation = await Installation.open();
  try {
    const outcome = await play(installation, stretched(planOf(seed, seconds), Number(values.stretch)));
    say(reportOf(outcome));
    if (outcome.differences.length > 0 && values.output)
      for (const replica of [installation.api, ...installation.workers])
        say(`${replica.name}:\n${replica.output}`);
    if (isIdle(outcome)) say('too little was done: the machine is too busy, or the product was away');
    return outcome.differences.length === 0 && !isIdle(outcome);
  } finally {
    await installation.close();
  }
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
for (let index = 0; index < runs; index += 1) agreed.push(await run(first + index, seconds));
process.exitCode = agreed.every(Boolean) ? 0 : 1;
