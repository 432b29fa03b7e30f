import type { QboDocuments } from '../../api/model/qbo-documents.js';

const TRIES = 3;

/**
 * The two documents from this position on, read one by one, where both together are more than is taken in of one
 * answer. Positions move as others are deleted: that the first is there still, once the second was read, says that
 * nothing lies between them. Null where it never was.
 */
export async function pageOfTwo(
  readOne: (position: number) => Promise<QboDocuments>,
  start: number,
): Promise<QboDocuments | null> {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const first = await readOne(start);
    if (!first.full) return first;
    const second = await readOne(start + 1);
    const again = await readOne(start);
    if (again.ids[0] === first.ids[0]) return together(first, second);
  }
  return null;
}

function together(first: QboDocuments, second: QboDocuments): QboDocuments {
  return {
    documents: [...first.documents, ...second.documents],
    unreadable: [...first.unreadable, ...second.unreadable],
    ids: [...first.ids, ...second.ids],
    full: second.full,
    asOf: first.asOf,
  };
}
