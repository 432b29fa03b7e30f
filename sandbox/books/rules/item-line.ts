import { unusableItem } from '../fault.ts';
import { type Body, partOf, refOf } from '../json.ts';
import type { Store } from '../store.ts';

/**
 * Refuses (2500) a line that sells or buys a category, which only groups items, or a bundle, which is a line
 * group.
 */
export function checkItemLine(store: Store, line: Body, detail: string): void {
  const item = store.find('Item', refOf(partOf(line, detail), 'ItemRef'));
  if (item?.Type === 'Category') throw unusableItem('Categories cannot be used in transactions');
  if (item?.Type === 'Group') throw unusableItem('A bundle is used in a GroupLineDetail only');
}

/** A group line names a bundle and nothing else. */
export function checkGroupLine(store: Store, line: Body): void {
  const item = store.find('Item', refOf(partOf(line, 'GroupLineDetail'), 'GroupItemRef'));
  if (item && item.Type !== 'Group') throw unusableItem('A GroupLineDetail takes a bundle only');
}
