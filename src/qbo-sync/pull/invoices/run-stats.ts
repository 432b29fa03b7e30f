import type { AppliedSnapshots } from './invoice-projector.service.js';

/** What one poll run did, for its closing log line. */
export class RunStats {
  seen = 0;
  changed = 0;
  paid = 0;
  failed = 0;
  calls = 0;

  add({ seenCount, changes }: AppliedSnapshots): void {
    this.seen += seenCount;
    this.changed += changes.length;
    this.paid += changes.filter((change) => change.event === 'invoice_paid').length;
  }

  counts(): Record<'seen' | 'changed' | 'paid' | 'failed' | 'calls', number> {
    const { seen, changed, paid, failed, calls } = this;
    return { seen, changed, paid, failed, calls };
  }

  /** The closing facts of the run. */
  facts(durationMs: number): object {
    return { ...this.counts(), durationMs: Math.round(durationMs) };
  }
}
