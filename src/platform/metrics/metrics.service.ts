import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, register } from 'prom-client';
import {
  type CounterLabels,
  type CounterName,
  type CounterSpec,
  COUNTERS,
  INITIAL_LABELS,
  INITIAL_ORG_LABELS,
  MONEY_COUNTERS,
  ORGS_BEGUN_MAX,
  PORTAL_MONEY,
} from './counters.js';
import { PROCESS_INFO } from './process-info.js';
import { INITIAL_REQUESTS, REQUEST_DURATION } from './request-duration.js';
import { VERSION } from '../version.js';

/** Counts what happened in this process. Call it after the commit of what is counted: a rollback is no event. */
@Injectable()
export class MetricsService {
  private readonly counters = new Map<CounterName, Counter>();
  private readonly requestDuration: Histogram;
  /** Organisations whose series began at 0. */
  private readonly begun = new Set<number>();

  constructor() {
    for (const [name, spec] of Object.entries(COUNTERS) as [CounterName, CounterSpec][]) {
      this.counters.set(
        name,
        reuseOrMake(name, () => new Counter({ name, help: spec.help, labelNames: [...spec.labels] })),
      );
    }
    for (const [name, labelSets] of Object.entries(INITIAL_LABELS)) {
      for (const labels of labelSets) this.counters.get(name as CounterName)!.inc(labels, 0);
    }
    this.requestDuration = reuseOrMake(REQUEST_DURATION.name, durationOfRequests);
  }

  count<Name extends CounterName>(name: Name, labels: CounterLabels<Name>, by = 1): void {
    this.counters.get(name)!.inc(labels as Record<string, string | number>, by);
  }

  /** Makes the series of one organisation visible at 0, where there are not too many that are. */
  introduceOrg(orgId: number): void {
    if (this.begun.size >= ORGS_BEGUN_MAX && !this.begun.has(orgId)) return;
    this.begun.add(orgId);
    for (const [name, labelSets] of Object.entries(INITIAL_ORG_LABELS)) {
      for (const labels of labelSets) {
        this.counters.get(name as CounterName)!.inc({ org_id: orgId, ...labels }, 0);
      }
    }
  }

  /** Makes the money of one organisation visible at 0, in its own currency. */
  introduceCurrency(orgId: number, currency: string): void {
    const names = this.begun.has(orgId) ? MONEY_COUNTERS : [PORTAL_MONEY];
    for (const name of names) this.count(name, { org_id: orgId, currency }, 0);
  }

  /** Makes failures of one operation of such an organisation visible at 0, before its call can fail. */
  introduceCalls(orgId: number, operation: string): void {
    if (this.begun.has(orgId)) this.count('crm_qbo_api_errors_total', { org_id: orgId, operation }, 0);
  }

  /** Says which process this is. */
  showProcess(role: string): void {
    const { name, help, labels } = PROCESS_INFO;
    const gauge = reuseOrMake(name, () => new Gauge({ name, help, labelNames: [...labels] }));
    gauge.set({ version: VERSION, role }, 1);
  }

  observeRequest(route: string, method: string, status: number, seconds: number): void {
    this.requestDuration.observe({ route, method, status_class: `${Math.floor(status / 100)}xx` }, seconds);
  }
}

function durationOfRequests(): Histogram {
  const { name, help, labels, bucketsSeconds } = REQUEST_DURATION;
  const made = new Histogram({ name, help, labelNames: [...labels], buckets: [...bucketsSeconds] });
  for (const series of INITIAL_REQUESTS) made.zero(series);
  return made;
}

/** Two applications in one process (a test) count into the same registry. */
function reuseOrMake<T>(name: string, make: () => T): T {
  return (register.getSingleMetric(name) as T | undefined) ?? make();
}
