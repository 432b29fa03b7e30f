import { describe, expect, it } from 'vitest';
import { commandOf, readChaosArgs } from './args.ts';

describe('npm run chaos', () => {
  it('plays a minute of this version where nothing is said', () => {
    const { seed, ...args } = readChaosArgs([]);
    expect(args).toEqual({
      seconds: 60,
      runs: 1,
      stretch: 1,
      output: false,
      journal: false,
      from: undefined,
    });
    expect(Number.isInteger(seed)).toBe(true);
  });

  it('tells how the same is played again, begun with the version in a folder', () => {
    const args = ['--seconds', '40', '--seed', '7', '--stretch', '2', '--from', '../crm-0.2'];
    const command = commandOf(readChaosArgs(args));
    expect(command).toBe(`npm run chaos -- ${args.join(' ')}`);
    expect(readChaosArgs(command.split(' -- ')[1]!.split(' '))).toEqual(readChaosArgs(args));
  });

  it.each([
    [['--seconds', 'many'], 'take numbers'],
    [['--seconds', '4'], 'at least 5'],
    [['--stretch', 'slow'], 'take numbers'],
    [['--from', ''], 'the folder of a built earlier version'],
    [['--form', '../crm-0.2'], "Unknown option '--form'"],
  ])('says what is wrong with %j', (args, reason) => {
    expect(() => readChaosArgs(args)).toThrow(reason);
  });
});
