import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the longest, each more than 30 s of waiting for the other side, the longest first. */
export const LONGEST = [
  'kill.e2e-spec.ts',
  'kill-points.e2e-spec.ts',
  'rolling-restart.e2e-spec.ts',
  'webhook-delivery-faults.e2e-spec.ts',
  'start-stop.e2e-spec.ts',
  'qbo-throttle.spec.ts',
  'without-timer.e2e-spec.ts',
  'money-in-any-order.e2e-spec.ts',
  'money-ledger.e2e-spec.ts',
  'qbo-tokens.spec.ts',
  'customer-backfill.e2e-spec.ts',
  'charge-once.e2e-spec.ts',
  'payment-in-quickbooks.e2e-spec.ts',
  'contract.e2e-spec.ts',
  'auth-throttle.spec.ts',
  'demo.e2e-spec.ts',
  'alerts.e2e-spec.ts',
  'database-away.e2e-spec.ts',
  'inbox-found-by-hand.e2e-spec.ts',
  'fairness.e2e-spec.ts',
  'portal-page.e2e-spec.ts',
  'remade-invoice.e2e-spec.ts',
  'qbo-outages.e2e-spec.ts',
  'webhooks.e2e-spec.ts',
  'out-of-order-events.e2e-spec.ts',
  'rules.spec.ts',
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
