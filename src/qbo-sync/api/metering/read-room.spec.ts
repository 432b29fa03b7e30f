import { describe, expect, it } from 'vitest';
import { hasRoomFor } from './read-room.js';

describe('The room in the budget of a month', () => {
  it.each([
    { used: 100, forecast: 900, reads: 100, room: true },
    { used: 100, forecast: 900, reads: 101, room: false },
    { used: 990, forecast: 990, reads: 24, room: false },
    { used: 0, forecast: 0, reads: 1_001, room: false },
  ])(
    'of 1000 with $used used and $forecast forecast, for $reads reads: $room',
    ({ used, forecast, reads, room }) => {
      expect(hasRoomFor({ used, forecast, budget: 1_000 }, reads)).toBe(room);
    },
  );
});
