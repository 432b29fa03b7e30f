import { expect, it } from 'vitest';

/** The module anew: what is prepared is a matter of the whole process. */
const fresh = async (copy: string) =>
  (await import(/* @vite-ignore */ `./prepared.js?${copy}`)) as typeof import('./prepared.js');

it('keeps the plans of a list for its first hundred ways to be asked for, and of a constant always', async () => {
  const { prepared, preparedName, preparedVariant } = await fresh('variants');
  const ways = Array.from({ length: 101 }, (_, n) => preparedVariant(`select from leads order by ${n}`));
  expect(ways.filter((text) => preparedName(text) === undefined)).toEqual(['select from leads order by 100']);
  expect(preparedName(preparedVariant(ways[0]!))).toBeDefined();
  expect(preparedName(prepared('select from leads'))).toBeDefined();
});

it("keeps the plan of a library's statement once it has come ten times", async () => {
  const { preparedName, preparedWhenRepeated } = await fresh('repeated');
  const text = 'select from job';
  for (let n = 1; n < 10; n += 1) preparedWhenRepeated(text);
  expect(preparedName(text)).toBeUndefined();
  preparedWhenRepeated(text);
  expect(preparedName(text)).toBeDefined();
});

it('does not remember every statement that came once', async () => {
  const { preparedName, preparedWhenRepeated } = await fresh('rare');
  for (let n = 0; n < 500; n += 1) preparedWhenRepeated(`select ${n}`);
  for (let n = 0; n < 20; n += 1) preparedWhenRepeated('select now()');
  expect(preparedName('select now()')).toBeUndefined();
  for (let n = 0; n < 10; n += 1) preparedWhenRepeated('select 0');
  expect(preparedName('select 0')).toBeDefined();
});
