import { QboError } from '../../api/errors/qbo-error.js';

/** Where a comparison failed: QuickBooks did not answer, its answer made no sense, or writing it down failed. */
export function syncErrorStage(error: unknown): 'fetch' | 'parse' | 'update' {
  if (!(error instanceof QboError)) return 'update';
  return error.kind === 'malformed' ? 'parse' : 'fetch';
}
