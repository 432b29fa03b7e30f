import type { CustomerResult } from '../customer-outcome.js';
import type { CustomerBatchProgressView, CustomerBatchView } from './customer-batches.dto.js';

/** How far a batch has got. */
export interface BatchProgress {
  id: string;
  status: 'queued' | 'running' | 'done';
  total: number;
  done: number;
}

/** What came of one customer of a batch. */
export interface BatchItem {
  customerId: number;
  result: CustomerResult;
  qboCustomerId: string | null;
  error: string | null;
  /** It was in QuickBooks before and was linked. */
  adopted: boolean;
}

export function progressView({ id, status, total, done }: BatchProgress): CustomerBatchProgressView {
  return { batch_id: id, status, total, done };
}

export function batchView(
  { id, status, total, done }: BatchProgress,
  items: readonly BatchItem[],
): CustomerBatchView {
  return {
    batch_id: id,
    status,
    total,
    done,
    results: items.map(({ customerId, result, qboCustomerId, error, adopted }) => ({
      customer_id: customerId,
      ok: result === 'created' || result === 'updated',
      result,
      qbo_customer_id: qboCustomerId,
      error,
      ...(adopted ? { adopted } : {}),
    })),
  };
}
