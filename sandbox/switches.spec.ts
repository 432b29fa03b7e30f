import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { optionsFrom, variableOfSwitch } from './environment.ts';
import { SWITCH_CHOICES, type Switches, defaultSwitches, switchProblems } from './switches.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const names = Object.keys(defaultSwitches()) as (keyof Switches)[];
const choicesOf = (name: string): readonly string[] | undefined =>
  SWITCH_CHOICES[name as keyof typeof SWITCH_CHOICES];

it.each(names)('%s is documented with its default and its values, and has a variable', (name) => {
  const standard: unknown = defaultSwitches()[name];
  const shown = /\| ([^|]*) \|/.exec(readme.split(`\n| \`${name}\``)[1] ?? '')?.[1];
  const values = choicesOf(name)?.map((value, index) => (index === 0 ? `**${value}**` : value));
  expect(shown?.replaceAll('"', '').replaceAll('*', '').trim()).toBe(
    values ? values.join(', ').replaceAll('*', '') : JSON.stringify(standard).replaceAll('"', ''),
  );
  expect(choicesOf(name)?.[0] ?? standard).toEqual(standard);
  const text = typeof standard === 'string' ? standard : JSON.stringify(standard);
  const { options, problems } = optionsFrom({ [variableOfSwitch(name)]: text });
  expect(problems).toEqual([]);
  // `limits` has a variable and an option of its own, and blanks count as unset.
  const taken = name === 'limits' ? options.limits : (options.switches?.[name] ?? standard);
  expect(taken).toEqual(standard);
});

it.each([
  [{ idOrder: 'reverse' }, 'idOrder must be numeric or text'],
  [{ salesTaxByState: null }, 'salesTaxByState must be an object'],
  [{ toString: 'x' }, 'there is no switch toString'],
  [{ requestsPerSecond: -5 }, 'requestsPerSecond must not be below 0'],
  [{ salesTaxByState: { CA: '8.5' } }, 'salesTaxByState must hold numbers that are not below 0'],
  [{ salesTaxByState: [8.5] }, 'salesTaxByState must hold numbers that are not below 0'],
])('%j is refused', (patch, problem) => {
  expect(switchProblems(patch)).toEqual([problem]);
});
