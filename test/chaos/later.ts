import { pathToFileURL } from 'node:url';
import type { SystemClockService } from '../../src/platform/time/system-clock.service.js';

/**
 * Loaded before a worker: told by a signal, it lives half an hour later than it is from then on, and a minute more
 * every two seconds, so that whatever waits for its time comes to it.
 */
const LATER_MS = 30 * 60_000;
const STEP_MS = 60_000;
const STEP_EVERY_MS = 2_000;

const RealDate = Date;
let movedAt: number | null = null;
process.on('SIGUSR2', () => (movedAt ??= performance.now()));

function laterMs(): number {
  if (movedAt === null) return 0;
  const steps = Math.floor((performance.now() - movedAt) / STEP_EVERY_MS);
  return LATER_MS + steps * STEP_MS;
}

function now(): number {
  return RealDate.now() + laterMs();
}

/** The product goes by the database's clock, which nobody moves here: so by that, and so much later. */
function moveClock(product: SystemClockService): void {
  const real = Object.getOwnPropertyDescriptor(product, 'now')!.value as (this: SystemClockService) => Date;
  product.now = function (this: SystemClockService): Date {
    return new RealDate(real.call(this).getTime() + laterMs());
  };
}

/** An earlier version goes by the clock of its machine. */
function moveDate(): void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: [], newTarget: typeof RealDate) =>
      Reflect.construct(
        target,
        args.length === 0 ? [now()] : args,
        newTarget === globalThis.Date ? target : newTarget,
      ),
    apply: () => new RealDate(now()).toString(),
    get: (target, name, receiver) =>
      name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown),
  });
}

const file = new URL('./platform/time/system-clock.service.js', pathToFileURL(process.argv[1]!));
const { SystemClockService: product } = (await import(file.href)) as {
  SystemClockService: { prototype: SystemClockService };
};
if ('agreeWith' in product.prototype) moveClock(product.prototype);
else moveDate();
