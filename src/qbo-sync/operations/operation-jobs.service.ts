import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DueRows } from '../../jobs/handlers/due-rows.decorator.js';
import { JobsService } from '../../jobs/jobs.service.js';
import type { JobRef } from '../../jobs/queue/queue-payloads.js';
import { OrgSettingsService } from '../../orgs/settings/org-settings.service.js';
import type { OutboundOperation } from './rows/operation.entity.js';
import {
  DueOperationsRepository,
  type JobSubject,
  type OperationSubject,
} from './rows/due-operations.repository.js';

/**
 * The job of each operation. Promise: whoever makes an operation due, now or at a later instant, enqueues its job here
 * in the same transaction, so that no timer has to find it.
 */
@Injectable()
export class OperationJobsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly due: DueOperationsRepository,
    private readonly settings: OrgSettingsService,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.settings.onChanged(this, (tx, orgId) => this.enqueueReleased(tx, orgId));
  }

  @DueRows('sync_operations')
  async listDue(tx: EntityManager, limit: number): Promise<JobRef[]> {
    return (await this.due.list(tx, limit)).map(jobOf);
  }

  async enqueue(tx: EntityManager, operation: OperationSubject, startAfter?: Date): Promise<void> {
    const { name, payload } = jobOf(operation);
    await this.jobs.enqueue(tx, name, payload, startAfter);
  }

  /** Makes the blocked operations of a proposal due now: what they wait for is there. */
  async enqueueBlocked(tx: EntityManager, orgId: number, proposalId: number): Promise<void> {
    const blocked = await this.due.makeBlockedDue(tx, orgId, proposalId);
    await this.jobs.enqueueEach(tx, blocked.map(jobOf));
  }

  /** A company is connected: blocked operations are due now, and what is to be tried again has a job at its time. */
  async enqueueUnfinished(tx: EntityManager, orgId: number): Promise<void> {
    const blocked = await this.due.makeBlockedDue(tx, orgId);
    await this.jobs.enqueueEach(tx, blocked.map(jobOf));
    const prepared = await this.due.listPrepared(tx, orgId);
    await this.jobs.enqueueEach(
      tx,
      prepared.map((operation) => ({ ...jobOf(operation), startAfter: operation.nextAttemptAt })),
    );
  }

  /**
   * Lets a blocked operation wait until an instant, unless what it waits for is there by now. That is asked under the
   * row's lock, which whoever makes it due has to wait for: so neither can miss the other. Answers whether it waits.
   */
  async waitUntil(
    operation: OutboundOperation,
    until: Date,
    isReady: (tx: EntityManager) => Promise<boolean>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.due.lockBlocked(tx, operation))) return true; // another worker has prepared it
      if (await isReady(tx)) return false;
      await this.due.postpone(tx, operation, until);
      await this.enqueue(tx, operation, until);
      return true;
    });
  }

  /**
   * False where operations of this subject are unfinished and none is due: a job that comes then, because it was
   * enqueued for an instant that was changed, has nothing to do.
   */
  async isDue(subject: JobSubject): Promise<boolean> {
    return this.due.isDue(subject);
  }

  /** Whether a retry still has something to do: what it was for may have ended, or been refused, in between. */
  async hasDue(subject: JobSubject): Promise<boolean> {
    return this.due.hasDue(subject);
  }

  /**
   * An organisation changed its settings: what the start date held back and holds back no longer is due, and so is what
   * waits for an answer that is not asked for any more.
   */
  private async enqueueReleased(tx: EntityManager, orgId: number): Promise<void> {
    const undecided = await this.due.makeUndecidedDue(tx, orgId);
    const released = [...undecided, ...(await this.due.listReleased(tx, orgId))];
    await this.jobs.enqueueEach(tx, released.map(jobOf));
  }
}

function jobOf({ orgId, kind, entityId, proposalId }: OperationSubject): JobRef {
  switch (kind) {
    case 'customer.create':
    case 'customer.update':
      return { name: 'qbo.customer.create', payload: { orgId, customerId: entityId } };
    case 'customer.currency':
      return { name: 'qbo.customer.currency', payload: { orgId, customerId: entityId } };
    case 'invoice.create':
      return { name: 'qbo.invoice.create', payload: { orgId, proposalId: proposalId!, retry: true } };
    case 'payment.create':
    case 'payment.apply':
      return { name: 'qbo.payment.carry', payload: { orgId, paymentId: entityId } };
    case 'refund.create':
      return { name: 'qbo.refund.carry', payload: { orgId, paymentId: entityId } };
    case 'credit.create':
    case 'credit.apply':
      return { name: 'qbo.credit.carry', payload: { orgId, creditMemoId: entityId } };
    case 'item.create':
      return { name: 'qbo.item.create', payload: { orgId } };
    case 'invoice.void':
      return { name: 'qbo.invoice.void', payload: { orgId, invoiceId: entityId } };
    default:
      return kind satisfies never;
  }
}
