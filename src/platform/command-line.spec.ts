import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './command-line.js';

describe('The options of a command', () => {
  const read = (...args: string[]) =>
    readOptions(args, { org: { type: 'string' }, all: { type: 'boolean' } });

  it('are read by their names', () => {
    expect({ ...read('--org', '7', '--all') }).toEqual({ org: '7', all: true });
  });

  it.each([
    { args: ['--ogr', '7'], wrong: "Unknown option '--ogr'" },
    { args: ['7'], wrong: "Unexpected argument '7'" },
    { args: ['--org'], wrong: "'--org <value>' argument missing" },
    { args: ['--all=yes'], wrong: "'--all' does not take an argument" },
    { args: ['--org', '7', '--org=8'], wrong: '--org is given twice.' },
  ])('are refused where they are $args', ({ args, wrong }) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(wrong);
  });
});
