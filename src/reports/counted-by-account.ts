/**
 * What is on an account of receivables by that account alone: journal entries, and deposits and expenses that are
 * booked there; named as in a comparison. No report has it while the chart of accounts may not be read.
 */
export const COUNTED_BY_ACCOUNT = ['journal_entry', 'bank_entry'] as const;
export type CountedByAccount = (typeof COUNTED_BY_ACCOUNT)[number];
