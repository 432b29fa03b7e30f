import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../../../audit/audit.service.js';
import type { AuthenticatedUser } from '../../../auth/access/authenticated-user.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { ConnectionService } from '../../connection/connection.service.js';
import type { ReconciliationProgress } from './reconciliation-run.js';
import { ReconciliationRunsRepository, type NewReconciliationRun } from './reconciliation-runs.repository.js';

/** Takes requests for a full comparison of a company's invoices, and tells how far it has got. */
@Injectable()
export class ReconciliationRunsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: ReconciliationRunsRepository,
    private readonly connections: ConnectionService,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
  ) {}

  /** Has everything compared because a person wants it. Throws QboError where no company is connected. */
  async request({ orgId, userId }: AuthenticatedUser): Promise<ReconciliationProgress> {
    const company = await this.connections.requireCompany(orgId);
    return this.dataSource.transaction(async (tx) => {
      const progress = await this.open(tx, company, { reason: 'asked', askedBy: userId });
      if (!progress) throw anotherConnected();
      const deed = { action: 'invoice.compare_requested', subject: `comparison:${progress.id}` } as const;
      await this.audit.record(tx, orgId, deed);
      return progress;
    });
  }

  /**
   * The same as part of the caller's transaction, for whatever reason. One that is open stands for this one. Null where
   * another company is connected by now: what is open of that one goes on.
   */
  async open(
    tx: EntityManager,
    company: QboCompany,
    request: NewReconciliationRun,
  ): Promise<ReconciliationProgress | null> {
    if (!(await this.connections.isStill(tx, company))) return null;
    const { progress, restsUntil } = await this.runs.open(tx, company, request);
    await this.jobs.enqueue(tx, 'qbo.invoice.compare', { orgId: company.orgId }, restsUntil ?? undefined);
    return progress;
  }

  /** Throws not found for a comparison that is not this organisation's. */
  async progress(orgId: number, id: string): Promise<ReconciliationProgress> {
    const progress = await this.runs.find(orgId, id);
    if (!progress) throw notFound('comparison', id);
    return progress;
  }
}

function anotherConnected(): QboError {
  return new QboError('not_connected', 'Another company was connected meanwhile: ask again.', {
    operation: 'connection.read',
  });
}
