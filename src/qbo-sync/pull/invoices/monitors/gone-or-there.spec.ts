import { describe, expect, it } from 'vitest';
import { goneOrThere } from './gone-or-there.js';

describe('A payment or a refund receipt that changed in QuickBooks', () => {
  const standing = (totalCents: number) =>
    ({ id: '7', deleted: false, object: { totalCents, syncToken: '3' } }) as const;

  it('is there while it is over something, by the version that says so', () => {
    expect(goneOrThere(standing(1))).toEqual({ id: '7', isGone: false, isDeleted: false, version: 3 });
  });

  it('is gone once it was voided, which can be undone by a later version', () => {
    expect(goneOrThere(standing(0))).toEqual({ id: '7', isGone: true, isDeleted: false, version: 3 });
  });

  it('is gone for good once it was deleted', () => {
    const deleted = { id: '7', deleted: true } as const;
    expect(goneOrThere(deleted)).toEqual({ id: '7', isGone: true, isDeleted: true, version: null });
  });

  it('is gone, and not for good, where a list only left it out', () => {
    const missing = { id: '7', deleted: true, isGuessed: true } as const;
    expect(goneOrThere(missing)).toEqual({ id: '7', isGone: true, isDeleted: false, version: null });
  });
});
