import { Injectable } from '@nestjs/common';
import { Registrations } from '../platform/registrations.js';

const ANSWER_MAX_MS = 1_000;

/** Where each feature says how it stands, for `GET /health`. */
@Injectable()
export class HealthRegistryService {
  private readonly reports = new Registrations<{ part: string; report: () => Promise<object> }>('report');
  /** What needs no asking, by part. */
  readonly settled: Record<string, object> = {};
  private reading: Promise<Record<string, object>> | null = null;

  /**
   * Adds to a part of the answer; several services may add to one, each once. It is read from what is known: no vendor
   * is called for it, and it holds neither a secret nor a name, as anybody may ask.
   */
  contribute(service: object, part: string, report: () => Promise<object>): void {
    this.reports.add(`${part} as ${service.constructor.name}`, { part, report });
  }

  /** The same of what does not change while the process lives: it is told whatever else cannot be read. */
  settle(part: string, facts: object): void {
    this.settled[part] = { ...this.settled[part], ...facts };
  }

  /**
   * The parts as they are now. Throws where one cannot be read within a second; callers at the same time share a
   * reading.
   */
  async read(): Promise<Record<string, object>> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = null;
    });
    return within(this.reading);
  }

  private async readAll(): Promise<Record<string, object>> {
    const read = await Promise.all(
      this.reports.all().map(async ({ part, report }) => ({ part, facts: await report() })),
    );
    const parts: Record<string, object> = { ...this.settled };
    for (const { part, facts } of read) parts[part] = { ...parts[part], ...facts };
    return parts;
  }
}

async function within<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ANSWER_MAX_MS} ms`)), ANSWER_MAX_MS);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
