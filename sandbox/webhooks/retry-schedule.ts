const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Waits after the first failure, the second, and so on; the last one repeats for ever. */
const waitsMs = [
  10 * secondMs,
  20 * secondMs,
  30 * secondMs,
  5 * minuteMs,
  20 * minuteMs,
  2 * hourMs,
  4 * hourMs,
  6 * hourMs,
];

/**
 * How long to wait after so many failed attempts (at least one), in milliseconds; `speedUp` shortens every
 * step.
 */
export function waitAfterFailures(failures: number, speedUp: number): number {
  const step = Math.min(Math.max(failures, 1), waitsMs.length) - 1;
  return (waitsMs[step] ?? 0) / speedUp;
}
