/**
 * Has a process live by a clock that is wrong: loaded before the product with `--import`. CLOCK_AHEAD_MS says by how
 * much it is ahead; less than nothing: behind. Timers run as they do, as on a machine whose clock was set wrong.
 */
const RealDate = globalThis.Date;
const AHEAD_MS = Number(process.env.CLOCK_AHEAD_MS);
const now = (): number => RealDate.now() + AHEAD_MS;
// When the process began, by that clock.
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + AHEAD_MS });

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[]) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)) as unknown,
});
