import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { booksPlanOf, type RefundStep, stepsTakenOut, stepsTooMuch } from './books-plan.js';

const step = (id: string, amountCents: number, changeable = false): RefundStep => ({
  id,
  amountCents,
  changeable,
});

describe('What the books need after refunds of a payment', () => {
  it.each([
    { name: 'the first refund is a step', refunded: 100, steps: [], add: 100, shrink: [], excess: 0 },
    {
      name: 'the next one is what came on top',
      refunded: 300,
      steps: [step('1', 100)],
      add: 200,
      shrink: [],
      excess: 0,
    },
    { name: 'nothing is new', refunded: 100, steps: [step('1', 100)], add: 0, shrink: [], excess: 0 },
    {
      name: 'a refund failed before its step was sent',
      refunded: 0,
      steps: [step('1', 100, true)],
      add: 0,
      shrink: [{ id: '1', toCents: 0 }],
      excess: 0,
    },
    {
      name: 'a part of a step failed',
      refunded: 250,
      steps: [step('1', 100), step('2', 200, true)],
      add: 0,
      shrink: [{ id: '2', toCents: 150 }],
      excess: 0,
    },
    {
      name: 'a refund failed that is in the books',
      refunded: 0,
      steps: [step('1', 100), step('2', 200, true)],
      add: 0,
      shrink: [{ id: '2', toCents: 0 }],
      excess: 100,
    },
    {
      name: 'another refund takes its place',
      refunded: 100,
      steps: [step('1', 100)],
      add: 0,
      shrink: [],
      excess: 0,
    },
  ])('$name', ({ refunded, steps, add, shrink, excess }) => {
    expect(booksPlanOf(refunded, steps)).toEqual({ addCents: add, shrink, excessCents: excess });
  });

  it('always comes to what was refunded, or says how much is too much', () => {
    const cents = fc.integer({ min: 0, max: 10_000 });
    const steps = fc.array(fc.record({ amountCents: cents, changeable: fc.boolean() }));
    fc.assert(
      fc.property(cents, steps, (refundedCents, parts) => {
        const all = parts.map((part, index) => ({ ...part, id: `${index}` }));
        const { addCents, shrink, excessCents } = booksPlanOf(refundedCents, all);
        const after = new Map(all.map(({ id, amountCents }) => [id, amountCents]));
        for (const { id, toCents } of shrink) after.set(id, toCents);
        const sum = [...after.values()].reduce((total, one) => total + one, addCents);
        expect(sum).toBe(refundedCents + excessCents);
        expect(
          excessCents === 0 ||
            shrink.length === all.filter((one) => one.changeable && one.amountCents > 0).length,
        ).toBe(true);
      }),
    );
  });
});

describe('What a person took out of the books', () => {
  it.each([
    {
      name: 'the step of the refund that failed',
      excess: 100,
      failed: [100],
      left: [{ id: '1', toCents: 0 }],
    },
    {
      name: 'the newest step where none is over as much',
      excess: 30,
      failed: [30],
      left: [{ id: '3', toCents: 20 }],
    },
    { name: 'no step of one that was made up for', excess: 0, failed: [100], left: [] },
    {
      name: 'the steps of two refunds that failed',
      excess: 300,
      failed: [100, 200],
      left: [
        { id: '1', toCents: 0 },
        { id: '2', toCents: 0 },
      ],
    },
  ])('is $name', ({ excess, failed, left }) => {
    expect(stepsTooMuch(excess, [step('1', 100), step('2', 200), step('3', 50)], failed)).toEqual(left);
  });
});

describe('What a person has taken out of the books of what is too much there', () => {
  const steps = (overCents: number | null) => [
    { ...step('1', 1_500), overCents },
    { ...step('2', 400), overCents: 0 },
  ];

  it.each([
    { what: 'nothing, where receipts stand as they were made', standing: { 1: 1_500, 2: 400 }, out: [] },
    { what: 'a receipt that is gone', standing: { 1: 1_500, 2: 0 }, out: [['2', 0, 0]] },
    {
      what: 'a receipt that is gone and came to a cent less',
      over: -1,
      standing: { 1: 0 },
      out: [['1', 0, 0]],
    },
    { what: 'what a receipt was lowered by', standing: { 1: 500 }, out: [['1', 500, 0]] },
    { what: 'a part of what is too much', standing: { 1: 700 }, out: [['1', 700, 0]] },
    {
      what: 'nothing, where a receipt came to a cent less with its tax',
      over: -1,
      standing: { 1: 1_499 },
      out: [],
    },
    { what: 'nothing, where a receipt came to a cent more', over: 1, standing: { 1: 1_501 }, out: [] },
    { what: 'nothing, where one that came to more is put right', over: 80, standing: { 1: 1_500 }, out: [] },
    { what: 'nothing, where one that came to less is put right', over: -80, standing: { 1: 1_500 }, out: [] },
    {
      what: 'what a receipt was lowered by that came to a cent more',
      over: 1,
      standing: { 1: 501 },
      out: [['1', 500, 1]],
    },
    {
      what: 'a part, where a receipt that came to more was lowered by less than that',
      over: 80,
      standing: { 1: 1_530 },
      out: [['1', 1_450, 80]],
    },
    {
      what: 'all of what is too much, where one that came to less was put right and lowered by it',
      over: -80,
      standing: { 1: 500 },
      out: [['1', 500, 0]],
    },
    {
      what: 'nothing, where a bookkeeper had lowered a receipt by just that before a refund failed',
      over: -1_000,
      standing: { 1: 500 },
      out: [],
    },
    {
      what: 'nothing, where a receipt is less, and it is not known what it was made over',
      over: null,
      standing: { 1: 1_499 },
      out: [],
    },
    {
      what: 'what is too much of one of which that is not known',
      over: null,
      standing: { 1: 500 },
      out: [['1', 500, 0]],
    },
    { what: 'nothing of a receipt that was not read', standing: {}, out: [] },
  ])('is $what', ({ over = 0, standing, out }) => {
    const taken = stepsTakenOut(1_000, steps(over), new Map(Object.entries(standing)));
    expect(taken.map(({ id, toCents, overCents }) => [id, toCents, overCents])).toEqual(out);
  });
});
