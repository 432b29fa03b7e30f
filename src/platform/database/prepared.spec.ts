import { expect, it } from 'vitest';

/** The module anew: what is prepared is a matter of the whole process. */
const fresh = async (copy: string) =>
  (await import(/* @vite-ignore */ `./prepared.js?${copy}`)) as typeof import('./prepared.js');

it('keeps the plan of a statement once it has come five times', async () => {
  const { nameWhenRepeated, preparedName } = await fresh('repeated');
  const text = 'select from leads where id = $1';
  const names = Array.from({ length: 6 }, () => nameWhenRepeated(text));
  expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(names[4]).toMatch(/^crm_[0-9a-f]{24}$/);
  expect(names[5]).toBe(names[4]);
  expect(preparedName(text)).toBe(names[4]);
});

it('keeps a thousand plans at the most, for each connection has them in memory', async () => {
  const { nameWhenRepeated } = await fresh('many');
  const keep = (text: string) => Array.from({ length: 5 }, () => nameWhenRepeated(text)).at(-1);
  for (let n = 0; n < 1_000; n += 1) expect(keep(`select ${n}, $1`)).toBeDefined();
  expect(keep('select from leads where id = $1')).toBeUndefined();
  expect(keep('select 0, $1')).toBeDefined();
});

it('keeps no text that is as long as there are rows', async () => {
  const { nameWhenRepeated } = await fresh('long');
  const text = `insert into leads values ${Array.from({ length: 2_000 }, (_, n) => `($${n})`).join(', ')}`;
  for (let n = 0; n < 10; n += 1) expect(nameWhenRepeated(text)).toBeUndefined();
});

it('does not remember every statement that came once, and finds those that come again all the same', async () => {
  const { nameWhenRepeated } = await fresh('rare');
  for (let n = 0; n < 10_000; n += 1) nameWhenRepeated(`select ${n}, $1`);
  const names = Array.from({ length: 5 }, () => nameWhenRepeated('select now(), $1'));
  expect(names.at(-1)).toBeDefined();
});
