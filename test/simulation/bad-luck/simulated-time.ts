import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import { type Actor, currentActor } from './actor.ts';

interface Timer {
  at: number;
  order: number;
  everyMs: number | null;
  actor: Actor | undefined;
  run: () => void;
  isOver: boolean;
}

/** What `setTimeout` of Node answers, as far as anybody uses it. */
interface Handle {
  timer: Timer;
  ref(): Handle;
  unref(): Handle;
  hasRef(): boolean;
  refresh(): Handle;
  close(): Handle;
  [Symbol.toPrimitive](): number;
  [Symbol.dispose](): void;
}

const real = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  pause: timersPromises.setTimeout,
  performanceNow: performance.now.bind(performance),
  abortAfter: AbortSignal.timeout.bind(AbortSignal),
};

/** Real time, for what waits for PostgreSQL itself. */
export const realPause = (ms: number): Promise<undefined> =>
  new Promise((over) => void real.setTimeout(() => over(undefined), ms));
export const realNow = real.performanceNow;

/**
 * The one clock of a simulated world, in this process and in its database. It stands still until it is moved; timers
 * then run in order of their instants, those of one instant in the order in which they were set.
 */
export class SimulatedTime {
  /** Epoch milliseconds. */
  now = 0;
  #timers: Timer[] = [];
  #order = 0;

  /** Takes the place of the clock and the timers of this process, until `uninstall`. */
  install(start: Date): void {
    this.now = start.getTime();
    const clear = (given: unknown) => {
      const timer = (given as Handle | undefined)?.timer;
      if (timer) this.#end(timer);
      else real.clearTimeout(given as NodeJS.Timeout);
    };
    Object.assign(globalThis, {
      Date: this.#date(),
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.#set(() => run(...args), ms ?? 0, null),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
        this.#set(() => run(...args), ms ?? 0, Math.max(ms ?? 0, 1)),
      clearTimeout: clear,
      clearInterval: clear,
    });
    performance.now = () => this.now - start.getTime();
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      this.#set(() => controller.abort(new DOMException('too late', 'TimeoutError')), ms, null);
      return controller.signal;
    };
    Object.assign(timersPromises, { setTimeout: this.#pause });
    syncBuiltinESMExports();
  }

  uninstall(): void {
    const { pause, performanceNow, abortAfter, ...globals } = real;
    Object.assign(globalThis, globals);
    performance.now = performanceNow;
    AbortSignal.timeout = abortAfter;
    Object.assign(timersPromises, { setTimeout: pause });
    syncBuiltinESMExports();
  }

  /** Forgets every timer: a new world begins. */
  begin(start: Date): void {
    this.now = start.getTime();
    this.#timers = [];
    this.#order = 0;
  }

  /** When the next timer of somebody who lives runs; null where there is none. */
  nextAt(): number | null {
    this.#timers = this.#timers.filter(({ isOver, actor }) => !isOver && actor?.isAlive !== false);
    const times = this.#timers.map((timer) => this.#dueAt(timer));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Moves the clock and runs the timers whose time has come at the new instant. */
  moveTo(instant: number): void {
    this.now = Math.max(this.now, instant);
    const due = this.#timers
      .filter((timer) => !timer.isOver && this.#dueAt(timer) <= this.now)
      .toSorted((one, other) => one.at - other.at || one.order - other.order);
    for (const timer of due) this.#run(timer);
  }

  /** A timer of a frozen process waits until it goes on. */
  #dueAt({ at, actor }: Timer): number {
    return Math.max(at, actor?.frozenUntil ?? 0);
  }

  #run(timer: Timer): void {
    if (timer.isOver || timer.actor?.isAlive === false) return;
    if (timer.everyMs === null) this.#end(timer);
    else timer.at = this.now + timer.everyMs;
    timer.run();
  }

  #end(timer: Timer): void {
    timer.isOver = true;
    const place = this.#timers.indexOf(timer);
    if (place >= 0) this.#timers.splice(place, 1);
  }

  #set(run: () => void, ms: number, everyMs: number | null): Handle {
    const inContext = AsyncLocalStorage.snapshot();
    this.#order += 1;
    const timer: Timer = {
      at: this.now + Math.max(ms, 0),
      order: this.#order,
      everyMs,
      actor: currentActor(),
      run: () => inContext(run),
      isOver: false,
    };
    this.#timers.push(timer);
    const handle: Handle = {
      timer,
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh: () => {
        timer.at = this.now + ms;
        if (timer.isOver) this.#timers.push(timer);
        timer.isOver = false;
        return handle;
      },
      close: () => {
        this.#end(timer);
        return handle;
      },
      [Symbol.toPrimitive]: () => timer.order,
      [Symbol.dispose]: () => this.#end(timer),
    };
    return handle;
  }

  readonly #pause = <T>(ms?: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        this.#end(timer);
        reject(
          Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
        );
      };
      const { timer } = this.#set(
        () => {
          signal?.removeEventListener('abort', fail);
          resolve(value as T);
        },
        ms ?? 0,
        null,
      );
      if (signal?.aborted) fail();
      else signal?.addEventListener('abort', fail, { once: true });
    });

  #date(): DateConstructor {
    const now = (): number => this.now;
    return new Proxy(real.Date, {
      construct: (target, args: unknown[]) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
      apply: () => new real.Date(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)) as unknown,
    });
  }
}
