import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inOrganisation } from '../platform/database/scope/scope.js';
import type { AuditEntry, AuditFilter } from './audit-entry.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';

const EXPORT_BATCH = 1_000;
/** More is exported in parts, by `from` and `to`. */
export const EXPORT_ENTRIES_MAX = 100_000;

/** Reads the audit log of an organisation. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly entries: AuditRepository,
    private readonly audit: AuditService,
  ) {}

  /** One more than the page holds, newest first. */
  async list(orgId: number, filter: AuditFilter, limit: number, beforeId?: number): Promise<AuditEntry[]> {
    return this.entries.list(this.dataSource.manager, orgId, filter, { limit: limit + 1, beforeId });
  }

  /** Writes down that the log is exported, then answers its entries, newest first, in batches. */
  async export(orgId: number, filter: AuditFilter): Promise<AsyncGenerator<AuditEntry[]>> {
    await this.dataSource.transaction((tx) =>
      this.audit.record(tx, orgId, {
        action: 'audit.exported',
        subject: `org:${orgId}`,
        after: { ...filter },
      }),
    );
    return this.batches(orgId, filter);
  }

  /** What reads a stream is in no organisation any more, so each batch says in which it is. */
  private async *batches(orgId: number, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
    let beforeId: number | undefined;
    for (let count = 0; count < EXPORT_ENTRIES_MAX; count += EXPORT_BATCH) {
      const page = { limit: EXPORT_BATCH, beforeId };
      const batch = await inOrganisation(orgId, () =>
        this.entries.list(this.dataSource.manager, orgId, filter, page),
      );
      if (batch.length > 0) yield batch;
      if (batch.length < EXPORT_BATCH) return;
      beforeId = batch.at(-1)!.id;
    }
  }
}
