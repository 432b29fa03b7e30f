import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { MetricsService } from '../../platform/metrics/metrics.service.js';
import { DatabaseMetricsRepository, type FactsPart } from './database-metrics.repository.js';
import { GAUGE_PARTS, type GaugeName, gaugePart, GAUGES } from './gauges.js';

const FRESH_MS = 10_000;
const SCRAPE_WAIT_MS = 800;

/**
 * Shows facts of the database to Prometheus. Promise: a scrape asks the database at most once in ten seconds and waits
 * for it less than a second; where it does not answer, or a part takes too long, the last values of that stand and
 * its `crm_facts_age_seconds` grows.
 */
@Injectable()
export class DatabaseMetricsService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(DatabaseMetricsService.name);
  private readonly gauges = new Map<GaugeName, Gauge>();
  private reading: Promise<void> | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private readonly readAt = new Map(GAUGE_PARTS.map((part) => [part, performance.now()]));
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
    const age = this.gauges.get('crm_facts_age_seconds')!;
    for (const [part, at] of this.readAt) age.set({ part }, (performance.now() - at) / 1000);
  }

  private async read(): Promise<void> {
    try {
      const parts = await this.facts.read();
      for (const part of parts) this.show(part);
      // An organisation added by another process begins at 0 here too: `increase()` misses a first sample.
      for (const { id, currency } of await this.facts.listNewlyConnected()) {
        this.metrics.introduceOrg(id);
        this.metrics.introduceCurrency(id, currency);
      }
      this.noteFailure(parts.find(({ facts }) => facts === null)?.error ?? null);
    } catch (error) {
      this.noteFailure(error);
    }
  }

  /** Logged once, until a reading is whole again. */
  private noteFailure(error: unknown): void {
    if (error !== null && !this.failing) {
      this.logger.warn({ err: error }, 'The facts for the metrics could not be read');
    }
    this.failing = error !== null;
  }

  private show({ name: part, facts }: FactsPart): void {
    if (facts === null) return;
    for (const [name, gauge] of this.gauges) if (gaugePart(name) === part) gauge.reset();
    for (const { gauge, labels, value } of facts) this.gauges.get(gauge)!.set(labels, value);
    this.readAt.set(part, performance.now());
  }
}
