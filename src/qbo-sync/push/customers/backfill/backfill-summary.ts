import type { CustomerResult } from '../customer-outcome.js';
import type { SkipReason } from '../customer-sync.js';

/** How far a backfill has got. */
export interface BackfillStats {
  total: number;
  created: number;
  /** Found in QuickBooks, or brought in by somebody else meanwhile. */
  tied: number;
  failed: number;
  /** May be in QuickBooks already, or is kept out: a person decides. */
  undecided: number;
}

const BAR_WIDTH = 30;

export function emptyStats(total: number): BackfillStats {
  return { total, created: 0, tied: 0, failed: 0, undecided: 0 };
}

/** The stats with one more customer that is over. */
export function withResult(
  stats: BackfillStats,
  { result, because }: { result: CustomerResult; because?: SkipReason },
): BackfillStats {
  if (because === 'undecided' || because === 'excluded') {
    return { ...stats, undecided: stats.undecided + 1 };
  }
  switch (result) {
    case 'created':
      return { ...stats, created: stats.created + 1 };
    case 'updated':
      return { ...stats, tied: stats.tied + 1 };
    case 'skipped':
    case 'error':
    case 'not_found':
      return { ...stats, failed: stats.failed + 1 };
    default:
      return result satisfies never;
  }
}

/** `[#########...] 12/40 (30 %)`. Customers added on the way make the total grow, never the bar overflow. */
export function progressBar({ total, created, tied, failed, undecided }: BackfillStats): string {
  const done = created + tied + failed + undecided;
  const all = Math.max(total, done);
  const share = all === 0 ? 1 : done / all;
  const filled = Math.floor(share * BAR_WIDTH);
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.');
  return `[${bar}] ${done}/${all} (${Math.floor(share * 100)} %)`;
}

/** The line a backfill ends with. */
export function summaryText({ created, tied, failed, undecided }: BackfillStats, left: number): string {
  const parts = [`${created} created`, `${tied} tied to what was there`, `${failed} failed`];
  if (undecided > 0) parts.push(`${undecided} for a person to decide, in the inbox`);
  return `Backfill: ${parts.join(', ')}${left > 0 ? `, ${left} left: run it again to go on` : ''}.`;
}
