import type { CustomerPlan, PlanHints } from './plan/customer-plan.js';
import type { CustomerSync } from './customer-sync.js';

export type Sending = Extract<CustomerPlan, { kind: 'send' }>;

/** What follows from the outcome of an operation: the end, or another plan. */
export type FollowUp = { kind: 'over'; sync: CustomerSync } | { kind: 'again'; hints: PlanHints };

export function over(sync: CustomerSync): FollowUp {
  return { kind: 'over', sync };
}
