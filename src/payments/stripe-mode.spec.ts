import { describe, expect, it } from 'vitest';
import { stripeModeOf } from './stripe-mode.js';

describe('The mode of Stripe', () => {
  it.each([
    ['sk_test_51H8', 'test'],
    ['sk_live_51H8', 'live'],
    ['rk_live_51H8', 'live'],
    ['cs_test_a1b2', 'test'],
    ['cs_live_a1b2', 'live'],
    ['cs_dev_a1b2', null],
    ['a_key', null],
  ])('that %s is of is %s', (keyOrId, mode) => {
    expect(stripeModeOf(keyOrId)).toBe(mode);
  });
});
