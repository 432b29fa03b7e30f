import type { ReconciliationProgress } from './reconciliation-run.js';
import type { ReconciliationRunView } from './reconciliation-runs.dto.js';

export function reconciliationRunView(progress: ReconciliationProgress): ReconciliationRunView {
  const { id, reason, status, total, done, changed, paid, failed, calls, error } = progress;
  return {
    compare_id: id,
    reason,
    status,
    total,
    done,
    changed,
    paid,
    failed,
    calls,
    error,
    created_at: progress.createdAt.toISOString(),
    started_at: progress.startedAt?.toISOString() ?? null,
    finished_at: progress.finishedAt?.toISOString() ?? null,
  };
}
