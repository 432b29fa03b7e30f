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

it("keeps the plan of a library's statement once it has come five times", async () => {
  const { nameToUse, preparedName } = await fresh('repeated');
  const text = 'SELECT "Lead"."id" AS "Lead_id" FROM "leads" "Lead" WHERE "Lead"."id" = $1';
  const names = Array.from({ length: 6 }, () => nameToUse(text));
  expect(names.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(names[4]).toMatch(/^crm_[0-9a-f]{24}$/);
  expect(names[5]).toBe(names[4]);
  expect(preparedName(text)).toBe(names[4]);
});

it('plans a statement of ours for its values, however often it comes, unless it is said to be prepared', async () => {
  const { nameToUse, prepared } = await fresh('reports');
  const report = 'select sum(amount_cents) from revenue_events where org_id = $1 and day between $2 and $3';
  for (let n = 0; n < 10; n += 1) expect(nameToUse(report)).toBeUndefined();
  expect(nameToUse(prepared('select from leads where org_id = $1 and id = $2'))).toBeDefined();
});

it('keeps five hundred plans of libraries at the most, for each connection has them in memory', async () => {
  const { nameToUse, prepared } = await fresh('many');
  const keep = (text: string) => Array.from({ length: 5 }, () => nameToUse(text)).at(-1);
  for (let n = 0; n < 500; n += 1) expect(keep(`SELECT ${n}, $1`)).toBeDefined();
  expect(keep('SELECT 500, $1')).toBeUndefined();
  expect(keep('SELECT 0, $1')).toBeDefined();
  expect(nameToUse(prepared('select from leads where id = $1'))).toBeDefined();
});

it('keeps no text that is as long as there are rows', async () => {
  const { nameToUse } = await fresh('long');
  const text = `INSERT INTO "leads" VALUES ${Array.from({ length: 2_000 }, (_, n) => `($${n})`).join(', ')}`;
  for (let n = 0; n < 10; n += 1) expect(nameToUse(text)).toBeUndefined();
});

it('does not remember every statement that came once, and finds those that come again all the same', async () => {
  const { nameToUse } = await fresh('rare');
  for (let n = 0; n < 10_000; n += 1) nameToUse(`SELECT ${n}, $1`);
  const names = Array.from({ length: 5 }, () => nameToUse('SELECT now(), $1'));
  expect(names.at(-1)).toBeDefined();
});
