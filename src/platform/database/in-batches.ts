import { inOrganisation } from './scope/scope.js';

/**
 * Rows by their ids, in this order, so many at once, each batch read in the organisation when it is wanted: whatever
 * changes meanwhile, none comes twice. What `read` does not find any more is left out.
 */
export async function* inBatches<Row>(
  orgId: number,
  ids: readonly number[],
  size: number,
  read: (some: number[]) => Promise<Row[]>,
): AsyncGenerator<Row[]> {
  for (let start = 0; start < ids.length; start += size) {
    yield await inOrganisation(orgId, () => read(ids.slice(start, start + size)));
  }
}
