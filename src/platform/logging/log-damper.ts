const WINDOW_MS = 10_000;

/** Keeps a log readable while one thing fails over and over: a line of a kind every ten seconds, with a count. Pure. */
export class LogDamper {
  private readonly kinds = new Map<string, { until: number; withheld: number }>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** How many lines of this kind were withheld since the last one, or null where this one is to be withheld too. */
  admit(kind: string): number | null {
    const now = this.nowMs();
    const known = this.kinds.get(kind);
    if (known && now < known.until) {
      known.withheld += 1;
      return null;
    }
    this.kinds.set(kind, { until: now + WINDOW_MS, withheld: 0 });
    return known?.withheld ?? 0;
  }
}
