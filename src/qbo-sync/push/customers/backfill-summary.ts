import type { CustomerResult } from './customer-outcome.js';
import type { SkipReason } from './customer-sync.js';

/** How far a backfill has got. */
export interface BackfillSummary {
  total: number;
  created: number;
  /** Found in QuickBooks, or brought in by somebody else meanwhile. */
  tied: number;
  failed: number;
  /** May be in QuickBooks already, or is kept out: a person decides. */
  undecided: number;
}

const BAR_WIDTH = 30;

export function emptySummary(total: number): BackfillSummary {
  return { total, created: 0, tied: 0, failed: 0, undecided: 0 };
}

/** The tally with one more customer that is over. */
export function withResult(
  tally: BackfillSummary,
  { result, because }: { result: CustomerResult; because?: SkipReason },
): BackfillSummary {
  if (because === 'undecided' || because === 'excluded') {
    return { ...tally, undecided: tally.undecided + 1 };
  }
  switch (result) {
    case 'created':
      return { ...tally, created: tally.created + 1 };
    case 'updated':
      return { ...tally, tied: tally.tied + 1 };
    case 'skipped':
    case 'error':
    case 'not_found':
      return { ...tally, failed: tally.failed + 1 };
    default:
      return result satisfies never;
  }
}

/** `[#########...] 12/40 (30 %)`. Customers added on the way make the total grow, never the bar overflow. */
export function progressBar({ total, created, tied, failed, undecided }: BackfillSummary): string {
  const done = created + tied + failed + undecided;
  const all = Math.max(total, done);
  const share = all === 0 ? 1 : done / all;
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.');
  return `[${bar}] ${done}/${all} (${Math.floor(share * 100)} %)`;
}

/** The line a backfill ends with. */
export function summaryText({ created, tied, failed, undecided }: BackfillSummary, left: number): string {
  const parts = [`${created} created`, `${tied} tied to what was there`, `${failed} failed`];
  if (undecided > 0) parts.push(`${undecided} for a person to decide, in the inbox`);
  return `Backfill: ${parts.join(', ')}${left > 0 ? `, ${left} left: run it again to go on` : ''}.`;
}
