import type { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import { syncErrorStage } from './sync-error-stage.js';

/** Counts that a comparison failed; not where a pause or an open circuit kept it from being sent. */
export function countSyncError(metrics: MetricsService, orgId: number, error: unknown): void {
  if (error instanceof QboError && error.detail.unsent) return;
  metrics.count('crm_invoice_sync_errors_total', { org_id: orgId, stage: syncErrorStage(error) });
}
