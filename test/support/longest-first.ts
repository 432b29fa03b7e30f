import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than 20 s while six workers share two cores, the longest first. */
export const LONGEST = [
  'kill-points.e2e-spec.ts',
  'kill.e2e-spec.ts',
  'limits.spec.ts',
  'money-ledger.e2e-spec.ts',
  'taxed-job.e2e-spec.ts',
  'without-timer.e2e-spec.ts',
  'webhook-delivery-faults.e2e-spec.ts',
  'start-stop.e2e-spec.ts',
  'qbo-throttle.spec.ts',
  'reminders.spec.ts',
  'database-away.e2e-spec.ts',
  'rolling-restart.e2e-spec.ts',
  'contract.e2e-spec.ts',
  'demo.e2e-spec.ts',
  'payment-in-quickbooks.e2e-spec.ts',
  'qbo-tokens.spec.ts',
  'fairness.e2e-spec.ts',
  'qbo-outages.e2e-spec.ts',
  'alerts.e2e-spec.ts',
  'customer-backfill.e2e-spec.ts',
  'currencies.e2e-spec.ts',
  'year-of-bad-luck.spec.ts',
  'remade-invoice.e2e-spec.ts',
  'webhooks.e2e-spec.ts',
  'day-of-business.spec.ts',
  'portal-page.e2e-spec.ts',
  'out-of-order-events.e2e-spec.ts',
  'change-orders.e2e-spec.ts',
  'charge-once.e2e-spec.ts',
  'random-year.e2e-spec.ts',
  'migrations.spec.ts',
  'auth-throttle.spec.ts',
  'lost-responses.e2e-spec.ts',
  'rules.spec.ts',
  'money-in-any-order.e2e-spec.ts',
  'customer-batch-faults.e2e-spec.ts',
  'invoice-edits.e2e-spec.ts',
];
const PROJECTS = ['services', 'sandbox', 'unit'];

/** Starts what takes longest first, so that no worker sits over a long file when the others are done. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const found = LONGEST.indexOf(basename(moduleId));
      return found >= 0 ? found : LONGEST.length + PROJECTS.indexOf(project.name);
    };
    return files.toSorted((one, other) => place(one) - place(other));
  }
}
