import { describe, expect, it } from 'vitest';
import { readTraceparent, traceparentOf } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('A traceparent', () => {
  it.each([
    { flags: '01', isSampled: true },
    { flags: '00', isSampled: false },
  ])('names a span and, by $flags, whether it is kept', ({ flags, isSampled }) => {
    const header = `00-${TRACE}-${SPAN}-${flags}`;
    expect(readTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
    expect(traceparentOf({ traceId: TRACE, spanId: SPAN, isSampled })).toBe(header);
  });

  it.each([
    undefined,
    '',
    'x',
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `01-${TRACE}-${SPAN}-01`,
  ])('is not read from %s', (header) => {
    expect(readTraceparent(header)).toBeUndefined();
  });
});
