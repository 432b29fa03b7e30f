import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Actor, actAs } from './bad-luck/actor.ts';
import { Scheduler } from './bad-luck/scheduler.ts';
import { SimulatedChance } from './bad-luck/simulated-chance.ts';
import { SimulatedTime } from './bad-luck/simulated-time.ts';

const START = new Date('2026-03-02T14:00:00Z');
const turn = (): Promise<void> => new Promise((over) => setImmediate(over));

describe('Simulated time', () => {
  const time = new SimulatedTime();
  const ran: string[] = [];

  beforeEach(() => {
    ran.length = 0;
    time.install(START);
    time.begin(START);
  });
  afterEach(() => time.uninstall());

  it('stands still until it is moved, for clocks, timers and deadlines alike', async () => {
    const begun = performance.now();
    setTimeout(() => ran.push('second'), 2_000);
    setTimeout(() => ran.push('first'), 1_000);
    const signal = AbortSignal.timeout(3_000);
    void pause(4_000).then(() => ran.push('pause'));
    await turn();
    expect([ran, Date.now(), time.nextAt()]).toEqual([[], START.getTime(), START.getTime() + 1_000]);

    time.moveTo(START.getTime() + 5_000);
    await turn();

    expect(ran).toEqual(['first', 'second', 'pause']);
    expect(new Date()).toEqual(new Date('2026-03-02T14:00:05Z'));
    expect(performance.now() - begun).toBe(5_000);
    expect(signal.aborted).toBe(true);
  });

  it('runs no timer of a process that is dead, and those of a frozen one when it goes on', () => {
    const [dead, frozen] = [new Actor('dead'), new Actor('frozen')];
    for (const actor of [dead, frozen]) actAs(actor, () => setTimeout(() => ran.push(actor.name), 1_000));
    dead.die();
    frozen.frozenUntil = START.getTime() + 60_000;

    time.moveTo(START.getTime() + 59_999);
    expect([ran, time.nextAt()]).toEqual([[], START.getTime() + 60_000]);
    time.moveTo(START.getTime() + 60_000);
    expect(ran).toEqual(['frozen']);
  });

  it('is over with its uninstalling', () => {
    time.uninstall();
    expect(Math.abs(Date.now() - START.getTime())).toBeGreaterThan(60_000);
  });
});

describe('Simulated chance', () => {
  it('gives the same keys for the same seed', () => {
    const chance = new SimulatedChance();
    const drawn = (seed: number): unknown[] => {
      chance.begin(seed);
      return [Math.random(), crypto.randomUUID(), crypto.randomUUID()];
    };
    chance.install();
    try {
      const one = drawn(7);
      expect(drawn(7)).toEqual(one);
      expect(drawn(8)).not.toEqual(one);
      expect(one[1]).not.toBe(one[2]);
    } finally {
      chance.uninstall();
    }
    expect(crypto.randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('The scheduler', () => {
  it('does a step when it is granted, in the order that is chosen, and answers no dead process', async () => {
    const scheduler = new Scheduler();
    const done: string[] = [];
    const ask = (actor: Actor, label: string): void => {
      const perform = async (): Promise<number> => done.push(`${label} done`);
      void scheduler.ask({ actor, kind: 'call', label, perform }).then(() => done.push(`${label} heard`));
    };
    const [living, dying] = [new Actor('one'), new Actor('two')];
    scheduler.begin();
    ask(living, 'a');
    ask(dying, 'b');
    ask(living, 'c');
    expect(done).toEqual([]);

    const [a, b, c] = scheduler.waiting;
    await scheduler.grant(c!, null);
    dying.die();
    await scheduler.grant(b!, null);
    await scheduler.grant(a!, 'answer lost');

    expect(done).toEqual(['c done', 'c heard', 'b done', 'a done', 'a heard']);
    expect(scheduler.trace).toEqual(['one: c', 'two: b', 'one: a [answer lost]']);
  });
});
