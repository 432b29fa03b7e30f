import { describe, expect, it } from 'vitest';
import { countsIn, sessionHolds, isUseToBeKept, type SessionFacts } from './session-life.js';

const NOW = new Date('2026-03-02T17:00:00Z');
const before = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

const BROWSER: SessionFacts = {
  kind: 'browser',
  lastUsedAt: before(59),
  expiresAt: before(-1),
  endedAt: null,
};

describe('A session', () => {
  it.each([
    { name: 'of a browser used within the hour holds', change: {}, live: true },
    {
      name: 'of a browser that was idle for an hour is over',
      change: { lastUsedAt: before(60) },
      live: false,
    },
    {
      name: 'of a program does not end by being idle',
      change: { kind: 'program', lastUsedAt: before(9_999) },
      live: true,
    },
    { name: 'that was ended is over', change: { endedAt: before(1) }, live: false },
    { name: 'whose time is over is over', change: { expiresAt: NOW }, live: false },
    {
      name: 'of a program whose time is over is over',
      change: { kind: 'program', expiresAt: NOW },
      live: false,
    },
  ] satisfies { name: string; change: Partial<SessionFacts>; live: boolean }[])(
    '$name',
    ({ change, live }) => {
      expect(sessionHolds({ ...BROWSER, ...change }, NOW)).toBe(live);
    },
  );

  it('has its use written down once a minute', () => {
    expect(isUseToBeKept({ lastUsedAt: before(1) }, NOW)).toBe(true);
    expect(isUseToBeKept({ lastUsedAt: new Date(NOW.getTime() - 59_999) }, NOW)).toBe(false);
  });
});

describe('A token for an organisation', () => {
  it.each([
    { name: 'of a browser counts where the session is', kind: 'browser', orgId: 1, counts: true },
    {
      name: 'of a browser is a copy once the session went on elsewhere',
      kind: 'browser',
      orgId: 2,
      counts: false,
    },
    { name: 'of a program counts where the session is', kind: 'program', orgId: 1, counts: true },
    { name: 'of a program lives its minutes on', kind: 'program', orgId: 2, counts: true },
  ] as const)('$name', ({ kind, orgId, counts }) => {
    expect(countsIn({ kind, orgId }, 1)).toBe(counts);
  });
});
