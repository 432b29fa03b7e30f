import { describe, expect, it } from 'vitest';
import type { QboDocuments } from '../../api/model/qbo-documents.js';
import { pageOfTwo } from './page-of-two.js';

/** A list of which something is deleted before so many reads. */
function readerOf(ids: readonly string[], gone: Readonly<Record<number, string>> = {}) {
  let [left, reads] = [ids, 0];
  return async (position: number): Promise<QboDocuments> => {
    reads += 1;
    left = left.filter((id) => id !== gone[reads]);
    const page = left.slice(position - 1, position);
    return { documents: [], unreadable: [], ids: page, full: page.length === 1, asOf: new Date(0) };
  };
}

describe('Two documents that are read one by one', () => {
  it('are a page', async () => {
    const page = await pageOfTwo(readerOf(['1', '2', '3']), 2);
    expect(page).toMatchObject({ ids: ['2', '3'], full: true });
  });

  it('are the last of the list where there is one alone, or none', async () => {
    expect(await pageOfTwo(readerOf(['1', '2']), 2)).toMatchObject({ ids: ['2'], full: false });
    expect(await pageOfTwo(readerOf(['1']), 2)).toMatchObject({ ids: [], full: false });
  });

  it('are read anew where one before them is deleted meanwhile, so that none is left out between them', async () => {
    expect(await pageOfTwo(readerOf(['1', '2', '3', '4'], { 2: '1' }), 2)).toMatchObject({ ids: ['3', '4'] });
  });

  it('are given up where positions move each time', async () => {
    const gone = { 2: '1', 5: '2', 8: '3' };
    expect(await pageOfTwo(readerOf(['1', '2', '3', '4', '5', '6', '7'], gone), 4)).toBeNull();
  });
});
