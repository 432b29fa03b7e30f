import { spawn } from 'node:child_process';
import { readCommand, readOptions, UsageError } from './command.ts';

/**
 * `npm run simulate -- --seeds 10000` plays so many tales of bad luck, from `--from` (1) on, in `--shards` (2)
 * processes; `--seed 17` plays one and prints each decision; `--planted` plants every bug in turn and says which seed
 * finds it, `--bug refund` only those with this in their name, `--bug 'refund|lease'` with one of these. Ends with 1 where an invariant is broken, or a planted
 * bug is not found.
 */
const USAGE =
  'npm run simulate -- [--seeds 1000] [--from 1] [--shards 2], with --seed 17 for one, or with --planted ' +
  '[--bug refund] for the planted bugs';

const values = readCommand(USAGE, (args) => {
  const given = readOptions(args, {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    shards: { type: 'string', default: '2' },
    planted: { type: 'boolean', default: false },
    bug: { type: 'string', default: '' },
  });
  for (const name of ['seeds', 'from', 'seed', 'shards'] as const) {
    if (!/^[1-9]\d{0,8}$/.test(given[name] ?? '1'))
      throw new UsageError(`--${name} takes a whole number from 1, not ${given[name]}.`);
  }
  return given;
});

const SPEC = 'test/simulation/year-of-bad-luck.spec.ts';

function run(env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(
    'npx',
    ['vitest', 'run', SPEC, '--testTimeout=0', '--hookTimeout=0', '--disable-console-intercept'],
    {
      stdio: 'inherit',
      env: { ...process.env, ...env },
    },
  );
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

function shards(): NodeJS.ProcessEnv[] {
  if (values.seed !== undefined)
    return [{ SIMULATE_FROM: values.seed, SIMULATE_SEEDS: '1', SIMULATE_ALOUD: 'true' }];
  const count = Number(values.shards);
  if (values.planted)
    return Array.from({ length: count }, (_, shard) => ({
      SIMULATE_PLANTED: 'all',
      SIMULATE_SEEDS: '0',
      SIMULATE_BUG: values.bug,
      SIMULATE_SHARD: `${shard + 1}/${count}`,
    }));
  const each = Math.ceil(Number(values.seeds) / count);
  return Array.from({ length: count }, (_, shard) => ({
    SIMULATE_FROM: String(Number(values.from) + shard * each),
    SIMULATE_SEEDS: String(Math.min(each, Number(values.seeds) - shard * each)),
  }));
}

const codes = await Promise.all(shards().map(run));
process.exitCode = codes.some((code) => code !== 0) ? 1 : 0;
