import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { DatabaseMetricsRepository } from './database-metrics.repository.js';
import { type Fact, type GaugeName, GAUGES } from './gauges.js';

const FRESH_MS = 10_000;
const SCRAPE_WAIT_MS = 800;

/**
 * Shows facts of the database to Prometheus. Promise: a scrape asks the database at most once in ten seconds and waits
 * for it less than a second; where it does not answer, the last values stand and `crm_facts_age_seconds` grows.
 */
@Injectable()
export class DatabaseMetricsService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseMetricsService.name);
  private readonly gauges = new Map<GaugeName, Gauge>();
  private reading: Promise<void> | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private readAt = performance.now();
  private failing = false;

  constructor(
    private readonly facts: DatabaseMetricsRepository,
    private readonly metrics: MetricsService,
  ) {}

  /** Of two applications in one process (a test), the later one shows its facts. */
  onModuleInit(): void {
    for (const [name, { help, labels }] of Object.entries(GAUGES)) {
      register.removeSingleMetric(name);
      const gauge = new Gauge({ name, help, labelNames: [...labels], collect: () => this.refresh() });
      this.gauges.set(name as GaugeName, gauge);
    }
  }

  onApplicationShutdown(): void {
    for (const [name, gauge] of this.gauges) {
      if (register.getSingleMetric(name) === gauge) register.removeSingleMetric(name);
    }
  }

  private async refresh(): Promise<void> {
    if (this.reading === null && performance.now() - this.askedAt > FRESH_MS) {
      this.askedAt = performance.now();
      this.reading = this.read().finally(() => (this.reading = null));
    }
    if (this.reading !== null)
      await Promise.race([this.reading, pause(SCRAPE_WAIT_MS, null, { ref: false })]);
    this.gauges.get('crm_facts_age_seconds')!.set((performance.now() - this.readAt) / 1000);
  }

  private async read(): Promise<void> {
    try {
      this.show(await this.facts.read());
      // An organisation added by another process begins at 0 here too: `increase()` misses a first sample.
      for (const { id, currency } of await this.facts.listNewcomers()) {
        this.metrics.introduceOrg(id);
        this.metrics.introduceCurrency(id, currency);
      }
      this.readAt = performance.now();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn({ err: error }, 'The facts for the metrics could not be read');
      this.failing = true;
    }
  }

  private show(facts: readonly Fact[]): void {
    for (const gauge of this.gauges.values()) gauge.reset();
    for (const { gauge, labels, value } of facts) this.gauges.get(gauge)!.set(labels, value);
  }
}
