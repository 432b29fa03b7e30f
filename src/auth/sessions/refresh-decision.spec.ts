import { describe, expect, it } from 'vitest';
import { refreshDecision } from './refresh-decision.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 2, 17, 0, 0, seconds * 1000));
const fresh = { expiresAt: at(3600), usedAt: null, endedAt: null };
const onItsWay = { arrivedAt: at(0), seenUnused: true, now: at(1) };

describe('A refresh token that is presented', () => {
  it.each([
    { name: 'unused is exchanged', ticket: fresh, request: onItsWay, decision: 'rotate' },
    {
      name: 'expired is refused',
      ticket: { ...fresh, expiresAt: at(1) },
      request: onItsWay,
      decision: 'refuse',
    },
    {
      name: 'of an ended sign-in is refused',
      ticket: { ...fresh, usedAt: at(0), endedAt: at(0) },
      request: onItsWay,
      decision: 'refuse',
    },
    {
      name: 'used while this request waited is exchanged for the same successor',
      ticket: { ...fresh, usedAt: at(1) },
      request: onItsWay,
      decision: 'repeat',
    },
    {
      name: 'used, but not answered when this request came, is exchanged for the same successor',
      ticket: { ...fresh, usedAt: at(0) },
      request: { arrivedAt: at(0.099), seenUnused: false, now: at(0.2) },
      decision: 'repeat',
    },
    {
      name: 'used and answered before this request came is an alarm',
      ticket: { ...fresh, usedAt: at(0) },
      request: { arrivedAt: at(0.1), seenUnused: false, now: at(0.1) },
      decision: 'reuse',
    },
    {
      name: 'used by a clock that was ahead is an alarm, as who has a copy could go on with the successor',
      ticket: { ...fresh, usedAt: at(60) },
      request: { arrivedAt: at(5), seenUnused: false, now: at(5) },
      decision: 'reuse',
    },
    {
      name: 'used by a clock that is ahead while this request waited is exchanged for the same successor',
      ticket: { ...fresh, usedAt: at(60) },
      request: onItsWay,
      decision: 'repeat',
    },
    {
      name: 'used longer ago than two parallel requests can be apart is an alarm',
      ticket: { ...fresh, usedAt: at(1) },
      request: { ...onItsWay, now: at(12) },
      decision: 'reuse',
    },
  ])('$name', ({ ticket, request, decision }) => {
    expect(refreshDecision(ticket, request)).toBe(decision);
  });
});
