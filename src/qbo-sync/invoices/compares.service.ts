import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../../auth/caller.js';
import { notFound } from '../../errors/domain-error.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { QboCompany } from '../client/qbo-company.js';
import { ConnectionService } from '../connection/connection.service.js';
import type { CompareProgress } from './compare-run.js';
import { ComparesRepository, type CompareWish } from './compares.repository.js';

/** Takes wishes for a full comparison of a company's invoices, and tells how far it has got. */
@Injectable()
export class Compares {
  constructor(
    private readonly dataSource: DataSource,
    private readonly compares: ComparesRepository,
    private readonly connections: ConnectionService,
    private readonly jobs: JobsService,
  ) {}

  /** Has everything compared because a person wants it. Throws QboError where no company is connected. */
  async request({ orgId, userId }: Caller): Promise<CompareProgress> {
    const company = await this.connections.requireCompany(orgId);
    return this.dataSource.transaction((tx) => this.open(tx, company, { reason: 'asked', askedBy: userId }));
  }

  /** The same as part of the caller's transaction, for whatever reason. One that is open stands for this one. */
  async open(tx: EntityManager, company: QboCompany, wish: CompareWish): Promise<CompareProgress> {
    const { progress, restsUntil } = await this.compares.open(tx, company, wish);
    await this.jobs.enqueue(tx, 'qbo.invoice.compare', { orgId: company.orgId }, restsUntil ?? undefined);
    return progress;
  }

  /** Throws not found for a comparison that is not this organisation's. */
  async progress(orgId: number, id: string): Promise<CompareProgress> {
    const progress = await this.compares.find(orgId, id);
    if (!progress) throw notFound('comparison', id);
    return progress;
  }
}
