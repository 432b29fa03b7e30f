/** `accrual`: what was earned counts as income; `cash`: what was received. */
export const REVENUE_BASES = ['accrual', 'cash'] as const;
export type RevenueBasis = (typeof REVENUE_BASES)[number];
