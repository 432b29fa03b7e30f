import { describe, expect, it } from 'vitest';
import type { QboRefund } from '../../../api/model/qbo-objects.js';
import { bookedOf, isChangedReceipt, overCentsOf } from './refund-total.js';

describe('What a refund receipt over $1,000.00 is over beyond that', () => {
  const made = { cents: 100_000, overCents: 8_000, isToBeLowered: false };

  it.each([
    { what: 'nothing once it is put right', receipt: made, stands: 100_000, over: 0 },
    { what: 'nothing once it is gone', receipt: made, stands: 0, over: 0 },
    { what: 'what it stands over', receipt: made, stands: 104_000, over: 4_000 },
    { what: 'less, where it was lowered for whatever reason', receipt: made, stands: 90_000, over: -10_000 },
    {
      what: 'known, where it was not before',
      receipt: { ...made, overCents: null },
      stands: 90_000,
      over: -10_000,
    },
    {
      what: 'what it was, while it is to be lowered',
      receipt: { ...made, isToBeLowered: true },
      stands: 68_000,
      over: 8_000,
    },
    {
      what: 'nothing where it is put right, though it is to be lowered',
      receipt: { ...made, isToBeLowered: true },
      stands: 100_000,
      over: 0,
    },
  ])('is $what', ({ receipt, stands, over }) => {
    expect(overCentsOf(receipt, stands)).toBe(over);
  });
});

describe('A refund receipt that is over another sum than was sent', () => {
  const made = { cents: 100_000, overCents: 8_000, isToBeLowered: false, isDecided: false };

  it.each([
    { what: 'a question where somebody made it another', receipt: made, stands: 90_000, isAsked: true },
    { what: 'none where it is as it was read before', receipt: made, stands: 108_000, isAsked: false },
    {
      what: 'none while it is to be lowered',
      receipt: { ...made, isToBeLowered: true },
      stands: 68_000,
      isAsked: false,
    },
    {
      what: 'a question where it is not known what it was over',
      receipt: { ...made, overCents: null },
      stands: 90_000,
      isAsked: true,
    },
    {
      what: 'none where that is not known and a person has decided',
      receipt: { ...made, overCents: null, isDecided: true },
      stands: 90_000,
      isAsked: false,
    },
    {
      what: 'a question where that is known, whatever a person decided about another sum',
      receipt: { ...made, isDecided: true },
      stands: 90_000,
      isAsked: true,
    },
    {
      what: 'none where a person has said that it is taken out',
      receipt: { ...made, cents: 0 },
      stands: 90_000,
      isAsked: false,
    },
  ])('is $what', ({ receipt, stands, isAsked }) => {
    expect(isChangedReceipt(receipt, stands)).toBe(isAsked);
  });
});

describe('What is kept of a refund receipt over $1,500.00', () => {
  const itemLines: QboRefund['itemLines'] = [
    { itemId: '7', amountCents: 90_000, taxCode: null },
    { itemId: '8', amountCents: 50_000, taxCode: null },
  ];
  const receipt = { totalCents: 150_000, taxCents: 10_000, itemLines } as QboRefund;
  const kept = { cents: 150_000, taxCents: 10_000 };

  it.each([
    {
      what: 'what stands under the product of the deposit',
      receipt,
      item: '7',
      expected: { heldCents: 90_000 },
    },
    { what: 'that nothing stands under it any more', receipt, item: '9', expected: { heldCents: 0 } },
    { what: 'no more where it comes off no deposit', receipt, item: null, expected: {} },
    {
      what: 'no more where its lines cannot be read',
      receipt: { ...receipt, itemLines: null },
      item: '7',
      expected: {},
    },
  ])('is $what', ({ receipt: read, item, expected }) => {
    expect(bookedOf(read, item)).toEqual({ ...kept, ...expected });
  });
});
