import { Injectable } from '@nestjs/common';

/** Where each feature says how it stands, for `GET /health`. */
@Injectable()
export class HealthBoard {
  private readonly reports = new Map<string, () => Promise<object>>();

  /** Adds a part of the answer. It is read from what is known: no vendor is called for it. */
  contribute(part: string, report: () => Promise<object>): void {
    this.reports.set(part, report);
  }

  async read(): Promise<Record<string, object>> {
    const parts = await Promise.all(
      [...this.reports].map(async ([part, report]) => [part, await report()] as const),
    );
    return Object.fromEntries(parts);
  }
}
