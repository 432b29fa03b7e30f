import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import { JobsService } from '../../../jobs/jobs.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import type { CallOptions } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';
import { OperationJobsService } from '../../operations/operation-jobs.service.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CustomerCreationService } from './customer-creation.service.js';
import {
  CustomerLinksRepository,
  type CustomerLink,
  linkInto,
  type LinkableCustomer,
} from './customer-links.repository.js';
import {
  baseOfMatched,
  type CustomerBase,
  diffCustomer,
  type FieldConflict,
  conflictsText,
} from './customer-diff.js';
import { displayNameOf, profileIn, profileOf, suffixedName } from './customer-profile.js';
import type { CustomerWriter } from './customer-writer.js';

/** How the sync of one customer went; `error` is a sentence for people. */
export type CustomerSync =
  | { ok: true; result: 'created' | 'updated'; qboCustomerId: string }
  | { ok: false; result: 'skipped'; qboCustomerId: null; error: string }
  | { ok: false; result: 'error'; qboCustomerId: string | null; error: string; failure: QboError };

/**
 * Carries a customer's changes from the CRM to QuickBooks. Promise: however often and however many at once ask, there is
 * one customer; only what the CRM changed since it last sent is sent. Without a connection it is skipped.
 */
@Injectable()
export class CustomerSyncService implements OnApplicationBootstrap {
  private readonly logger = new Logger(CustomerSyncService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly creation: CustomerCreationService,
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly inbox: InboxRepository,
    private readonly dataSource: DataSource,
    private readonly metrics: MetricsService,
    private readonly jobs: JobsService,
    private readonly operationJobs: OperationJobsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.customer.create', async ({ orgId, customerId }) => {
      const subject = { orgId, entityId: customerId };
      const due =
        (await this.operationJobs.isDue({ ...subject, kind: 'customer.create' })) &&
        (await this.operationJobs.isDue({ ...subject, kind: 'customer.update' }));
      if (due) await this.ensureInQbo(orgId, customerId);
    });
  }

  /**
   * Makes sure the customer is in QuickBooks as the CRM knows it. QuickBooks' failures are an answer, not an exception.
   * Throws not found for a customer that is not in this organisation.
   */
  async ensureInQbo(orgId: number, customerId: number): Promise<CustomerSync> {
    const sync = await this.sync(orgId, customerId);
    this.count(orgId, sync.result);
    return sync;
  }

  /** The same, sent by a writer of the caller's, who counts each customer once. */
  async sync(
    orgId: number,
    customerId: number,
    writer: CustomerWriter = this.client,
    options?: CallOptions,
  ): Promise<CustomerSync> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    return company
      ? this.syncInto(company, customer, writer, options)
      : { ok: false, result: 'skipped', qboCustomerId: null, error: 'QBO not connected' };
  }

  /** Counts a sync that is over. */
  count(orgId: number, result: CustomerSync['result']): void {
    this.metrics.count('crm_qbo_customer_sync_total', { org_id: orgId, result });
  }

  private async syncInto(
    company: QboCompany,
    customer: LinkableCustomer,
    writer: CustomerWriter,
    options?: CallOptions,
  ): Promise<CustomerSync> {
    const link = linkInto(company, customer);
    try {
      if (link) {
        await this.update(company, customer, link, writer, options);
        return { ok: true, result: 'updated', qboCustomerId: link.qboCustomerId };
      }
      const made = await this.creation.create(company, customer, writer, options);
      const { link: tied } = await this.links.get(company.orgId, customer.id);
      return {
        ok: true,
        result: made === 'created' ? 'created' : 'updated',
        qboCustomerId: tied!.qboCustomerId,
      };
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      this.logger.warn({ err: error, orgId: company.orgId, customerId: customer.id }, 'customer_sync failed');
      return {
        ok: false,
        result: 'error',
        qboCustomerId: link?.qboCustomerId ?? null,
        error: error.message,
        failure: error,
      };
    }
  }

  /** Sends what the CRM changed since it last sent, if anything. */
  private async update(
    company: QboCompany,
    customer: LinkableCustomer,
    link: CustomerLink,
    writer: CustomerWriter,
    options?: CallOptions,
  ): Promise<void> {
    const known = link.base
      ? { syncToken: link.syncToken, base: link.base }
      : adopted(customer, await this.client.getCustomer(company, link.qboCustomerId, options));
    const { changed, conflicts } = await this.sendDifference(company, customer, link, known, writer, options);
    const sent = profileOf(customer);
    if (!changed) {
      await this.links.markSeen(company.orgId, customer.id, sent);
      return;
    }
    await this.dataSource.transaction(async (tx) => {
      await this.links.save(tx, company, customer.id, changed, sent);
      if (conflicts.length > 0) await this.reportConflicts(tx, company, customer, conflicts);
    });
  }

  private async sendDifference(
    company: QboCompany,
    customer: LinkableCustomer,
    { qboCustomerId }: CustomerLink,
    known: KnownCustomer,
    writer: CustomerWriter,
    options?: CallOptions,
  ): Promise<{ changed: QboCustomer | null; conflicts: readonly FieldConflict[] }> {
    const { patch, conflicts } = diffCustomer(customer, known.base);
    if (!patch) return { changed: null, conflicts: [] };
    const send = async (version: KnownCustomer, fields: Partial<CustomerPatch>): Promise<QboCustomer> => {
      const { syncToken } = version;
      return (await writer.updateCustomer(company, { ...fields, id: qboCustomerId, syncToken })).value;
    };
    try {
      return { changed: await send(known, patch), conflicts };
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      if (error.kind === 'duplicate_name' && patch.displayName) {
        const displayName = suffixedName(patch.displayName, customer.id);
        return { changed: await send(known, { ...patch, displayName }), conflicts };
      }
      if (error.kind !== 'stale') throw error;
    }
    // Someone else changed it first: what the CRM changed is sent once more, on top of their version.
    const current = await this.client.getCustomer(company, qboCustomerId, options);
    const version = {
      syncToken: current.syncToken,
      base: { sent: known.base.sent, said: profileIn(current) },
    };
    const again = diffCustomer(customer, version.base);
    return again.patch
      ? { changed: await send(version, again.patch), conflicts: again.conflicts }
      : { changed: current, conflicts: [] };
  }

  /** Tells a person what a bookkeeper had entered in a field that the CRM has changed, too. */
  private async reportConflicts(
    tx: EntityManager,
    { orgId }: QboCompany,
    customer: LinkableCustomer,
    conflicts: readonly FieldConflict[],
  ): Promise<void> {
    await this.inbox.open(tx, {
      orgId,
      subject: `customer.drift:${customer.id}`,
      code: 'customer_drift',
      reason: `Customer ${customer.id}, ${displayNameOf(customer)}, was changed here and in QuickBooks. Overwritten in QuickBooks: ${conflictsText(conflicts)}.`,
      customerId: customer.id,
    });
  }
}

interface KnownCustomer {
  syncToken: string;
  base: CustomerBase;
}

function adopted(customer: LinkableCustomer, found: QboCustomer): KnownCustomer {
  return { syncToken: found.syncToken, base: baseOfMatched(customer, profileIn(found)) };
}
