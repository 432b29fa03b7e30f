import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimetableService } from './timetable.service.js';

describe('The timetable', () => {
  let timetable: TimetableService;

  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-03-02T03:16:59.000Z'), toFake: ['Date'] });
    timetable = new TimetableService();
    vi.spyOn(timetable['logger'], 'error').mockImplementation(() => {});
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Every second from now on, as its cron job does. */
  async function seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second += 1) {
      vi.setSystemTime(Date.now() + 1_000);
      timetable.runDue();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('runs a timer at its times, and not at the start of the process', async () => {
    const [net, purge] = [
      vi.fn<() => Promise<void>>(async () => {}),
      vi.fn<() => Promise<void>>(async () => {}),
    ];
    timetable.register('enqueue-due', net);
    timetable.register('purge', purge);
    timetable.runDue();
    expect([net.mock.calls.length, purge.mock.calls.length]).toEqual([0, 0]);
    await seconds(30);
    expect([net.mock.calls.length, purge.mock.calls.length]).toEqual([6, 1]);
  });

  it('makes up once for the day of one whose time came while no process ran, some time after the start', async () => {
    const [net, purge, detect] = [
      vi.fn<() => Promise<void>>(async () => {}),
      vi.fn<() => Promise<void>>(async () => {}),
      vi.fn<() => Promise<void>>(async () => {}),
    ];
    vi.setSystemTime(new Date('2026-03-02T13:00:00.000Z'));
    timetable.register('enqueue-due', net);
    timetable.register('purge', purge);
    timetable.register('detect-incidents', detect);
    await seconds(599);
    expect(purge).not.toHaveBeenCalled();
    await seconds(60);
    expect(purge).toHaveBeenCalledTimes(1);
    vi.setSystemTime(new Date('2026-03-02T23:59:59.000Z'));
    await seconds(3);
    expect(purge).toHaveBeenCalledTimes(1);
    vi.setSystemTime(new Date('2026-03-03T03:16:59.000Z'));
    await seconds(3);
    expect(purge).toHaveBeenCalledTimes(2);
  });

  it('makes up for no day that it ran in itself', async () => {
    const purge = vi.fn<() => Promise<void>>(async () => {});
    timetable.register('purge', purge);
    await seconds(3);
    expect(purge).toHaveBeenCalledTimes(1);
    await seconds(700);
    expect(purge).toHaveBeenCalledTimes(1);
  });

  it('makes up once for what was missed while the process was busy', async () => {
    const purge = vi.fn<() => Promise<void>>(async () => {});
    timetable.register('purge', purge);
    vi.setSystemTime(new Date('2026-03-05T12:00:00.000Z'));
    await seconds(3);
    expect(purge).toHaveBeenCalledTimes(1);
  });

  it('goes on at its times where the clock is put back, without making up for the day again', async () => {
    const [net, purge] = [
      vi.fn<() => Promise<void>>(async () => {}),
      vi.fn<() => Promise<void>>(async () => {}),
    ];
    timetable.register('enqueue-due', net);
    timetable.register('purge', purge);
    await seconds(10);
    expect([net.mock.calls.length, purge.mock.calls.length]).toEqual([2, 1]);
    vi.setSystemTime(Date.now() - 3 * 3_600_000);
    await seconds(16);
    expect([net.mock.calls.length, purge.mock.calls.length]).toEqual([5, 1]);
  });

  it('runs a timer after itself, not beside itself', async () => {
    let end = (): void => {};
    const net = vi.fn<() => Promise<void>>(() => new Promise<void>((resolve) => (end = resolve)));
    timetable.register('enqueue-due', net);
    await seconds(20);
    expect(net).toHaveBeenCalledTimes(1);
    end();
    await new Promise((resolve) => setImmediate(resolve));
    await seconds(1);
    expect(net).toHaveBeenCalledTimes(2);
  });

  it('goes on after a failure, and with the others', async () => {
    const [net, detect] = [
      vi.fn<() => Promise<void>>(() => Promise.reject(new Error('no database'))),
      vi.fn<() => Promise<void>>(async () => {}),
    ];
    timetable.register('enqueue-due', net);
    timetable.register('detect-incidents', detect);
    await seconds(61);
    expect(net.mock.calls.length).toBeGreaterThan(10);
    expect(detect).toHaveBeenCalled();
  });

  it('begins none when the process ends, and lets those end that run', async () => {
    let end = (): void => {};
    const net = vi.fn<() => Promise<void>>(() => new Promise<void>((resolve) => (end = resolve)));
    timetable.register('enqueue-due', net);
    await seconds(5);
    let isOver = false;
    const stopped = timetable.beforeApplicationShutdown().then(() => (isOver = true));
    await seconds(10);
    expect([net.mock.calls.length, isOver]).toEqual([1, false]);
    end();
    await stopped;
    await seconds(10);
    expect(net).toHaveBeenCalledTimes(1);
  });
});
