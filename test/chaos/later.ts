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

function now(): number {
  if (movedAt === null) return RealDate.now();
  const steps = Math.floor((performance.now() - movedAt) / STEP_EVERY_MS);
  return RealDate.now() + LATER_MS + steps * STEP_MS;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [], newTarget: typeof RealDate) =>
    Reflect.construct(
      target,
      args.length === 0 ? [now()] : args,
      newTarget === globalThis.Date ? target : newTarget,
    ),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
