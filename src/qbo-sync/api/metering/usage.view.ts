import type { OrgUsage } from './read-budget.service.js';
import type { UsageView } from './usage.dto.js';

export function usageView({ month, used, budget, forecast, byOperation }: OrgUsage): UsageView {
  return {
    month,
    reads_used: used,
    reads_budget: budget,
    reads_forecast: forecast,
    by_operation: byOperation,
  };
}
