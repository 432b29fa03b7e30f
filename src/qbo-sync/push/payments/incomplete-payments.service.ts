import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../../jobs/handlers/due-rows.decorator.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import type { JobRef } from '../../../jobs/queue/queue-payloads.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { OperationsRepository } from '../../operations/rows/operations.repository.js';
import { LeftPaymentsService } from '../invoices/create/left-payments.service.js';
import { IncompletePaymentsRepository } from './incomplete-payments.repository.js';

/**
 * Enqueues payments whose operations do not come to what the ledger has, or whose invoice is still to be looked at: at
 * the start of a process, whenever a company is connected, and of the last day every few seconds. The net for jobs that
 * were lost; there is nothing to do while none is.
 */
@Injectable()
export class IncompletePaymentsService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
    private readonly payments: IncompletePaymentsRepository,
    private readonly operations: OperationsRepository,
    private readonly connections: ConnectionService,
    private readonly leftPayments: LeftPaymentsService,
  ) {}

  onModuleInit(): void {
    this.connections.onConnected(this, async (tx, company) => {
      const { orgId, realmId } = company;
      await this.operations.unblockPayments(tx, orgId, realmId);
      await this.leftPayments.ask(tx, company);
      await this.enqueue(tx, orgId);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.dataSource.transaction((tx) => this.enqueue(tx, null));
  }

  /** Payments, their invoices, and those whose newest refunds, nobody has taken up in time. */
  @DueRows('payments')
  async listLost(tx: EntityManager, limit: number): Promise<JobRef[]> {
    const rows = await this.payments.listLost(tx, limit);
    return rows.map((payload) => ({ name: 'qbo.payment.record', payload }));
  }

  private async enqueue(tx: EntityManager, orgId: number | null): Promise<void> {
    const rows = await this.payments.list(tx, orgId);
    await this.jobs.enqueueAll(tx, 'qbo.payment.record', rows);
  }
}
