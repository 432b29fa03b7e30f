import type { DataSource } from 'typeorm';

/** A migration's name ends in the instant by which it is ordered, in milliseconds. */
const TIMESTAMP_DIGITS = 13;

const timestampOf = (name: string): number => Number(name.slice(-TIMESTAMP_DIGITS));
const titleOf = (name: string): string => name.slice(0, -TIMESTAMP_DIGITS);

/** The names of the migrations that a database has, in the order in which they ran; none where there is no table. */
export async function migrationsApplied(dataSource: Pick<DataSource, 'query'>): Promise<string[]> {
  const [table] = await dataSource.query<{ name: string | null }[]>(
    `select to_regclass('migrations') as name`,
  );
  if (!table?.name) return [];
  const rows = await dataSource.query<{ name: string }[]>('select name from migrations order by id');
  return rows.map(({ name }) => name);
}

/** The newest of those applied where it is none of this version's, but later than all of them; else null. Pure. */
export function ofNewerVersion(applied: readonly string[], known: readonly string[]): string | null {
  const latest = Math.max(...known.map(timestampOf));
  return (
    applied
      .filter((name) => timestampOf(name) > latest)
      .toSorted(byTimestamp)
      .at(-1) ?? null
  );
}

/** What a start says that finds one. Pure. */
export function noticeOfNewer(name: string): string {
  return (
    `A newer version has migrated this database (up to ${name}): functions, policies and rights stay. Where it is a ` +
    'backup that was restored, run the version that made it.'
  );
}

/**
 * What stands against migrating a database that an unreleased state of the product has migrated: migrations had other
 * numbers there until they landed, and would run a second time. Null where there is none such. Pure.
 */
export function renumberedProblem(applied: readonly string[], known: readonly string[]): string | null {
  const pending = known.filter((name) => !applied.includes(name));
  const renumbered = applied
    .filter((name) => !known.includes(name))
    .flatMap((was) => pending.filter((is) => titleOf(is) === titleOf(was)).map((is) => ({ was, is })));
  if (renumbered.length === 0) return null;
  return (
    'An unreleased state of the product has migrated this database, in which ' +
    `${renumbered.map(({ was, is }) => `${is} was ${was}`).join(', ')}. Nothing was changed. Restore a backup of ` +
    'before it, or say as the owner of the tables that it ran, and start again: ' +
    renumbered
      .map(
        ({ was, is }) =>
          `UPDATE migrations SET name = '${is}', timestamp = ${timestampOf(is)} WHERE name = '${was}';`,
      )
      .join(' ')
  );
}

const byTimestamp = (a: string, b: string): number => timestampOf(a) - timestampOf(b);
