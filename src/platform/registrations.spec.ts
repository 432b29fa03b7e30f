import { describe, expect, it } from 'vitest';
import { Registrations } from './registrations.js';

class MirrorService {}
class PreflightService {}

describe('What services register at a start', () => {
  it('is there by its key, in the order it came', () => {
    const timers = new Registrations<number>('want the timer');
    timers.add('purge', 1);
    timers.add('detect', 2);
    expect(timers.get('purge')).toBe(1);
    expect(timers.get('post')).toBeUndefined();
    expect(timers.entries()).toEqual([
      ['purge', 1],
      ['detect', 2],
    ]);
  });

  it('is refused where another has it, and the one before stays', () => {
    const timers = new Registrations<number>('want the timer');
    timers.add('purge', 1);
    expect(() => timers.add('purge', 2)).toThrow('Two services want the timer purge.');
    expect(timers.all()).toEqual([1]);
  });

  it('of a service is refused to a second instance of it, as where two modules provide it', () => {
    const listeners = new Registrations<string>('listen as');
    listeners.addOf(new MirrorService(), 'mirror');
    listeners.addOf(new PreflightService(), 'preflight');
    expect(() => listeners.addOf(new MirrorService(), 'mirror')).toThrow(
      'Two services listen as MirrorService.',
    );
  });
});
