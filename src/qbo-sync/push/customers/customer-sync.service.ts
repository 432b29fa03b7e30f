import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '../../../jobs/jobs.service.js';
import { MetricsService } from '../../../platform/metrics/metrics.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { CustomerPatch, QboCustomer } from '../../api/model/qbo-objects.js';
import { ConnectionService } from '../../connection/connection.service.js';
import { CustomerCreationService } from './customer-creation.service.js';
import {
  CustomerLinksRepository,
  type CustomerLink,
  linkInto,
  type LinkableCustomer,
} from './customer-links.repository.js';
import { type CustomerProfile, patchFor, profileIn, suffixedName } from './customer-profile.js';
import type { CustomerWriter } from './customer-writer.js';

/** How the sync of one customer went; `error` is a sentence for people. */
export type CustomerSync =
  | { ok: true; result: 'created' | 'updated'; qboCustomerId: string }
  | { ok: false; result: 'skipped'; qboCustomerId: null; error: string }
  | { ok: false; result: 'error'; qboCustomerId: string | null; error: string; failure: QboError };

/**
 * Keeps a customer in QuickBooks in step with the CRM. Promise: however often and however many at once ask, there is
 * one customer; only what differs is sent, and nothing where nothing differs. Without a connection it is skipped.
 */
@Injectable()
export class CustomerSyncService implements OnApplicationBootstrap {
  private readonly logger = new Logger(CustomerSyncService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly creation: CustomerCreationService,
    private readonly client: QboClient,
    private readonly links: CustomerLinksRepository,
    private readonly dataSource: DataSource,
    private readonly metrics: MetricsService,
    private readonly jobs: JobsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.work('qbo.customer.create', async ({ orgId, customerId }) => {
      await this.ensureInQbo(orgId, customerId);
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
  async sync(orgId: number, customerId: number, writer: CustomerWriter = this.client): Promise<CustomerSync> {
    const customer = await this.links.get(orgId, customerId);
    const company = await this.connections.company(orgId);
    return company
      ? this.syncInto(company, customer, writer)
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
  ): Promise<CustomerSync> {
    const link = linkInto(company, customer);
    try {
      if (link) {
        await this.update(company, customer, link, writer);
        return { ok: true, result: 'updated', qboCustomerId: link.qboCustomerId };
      }
      const made = await this.creation.create(company, customer, writer);
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

  /** Sends what differs from what QuickBooks last said, if anything. */
  private async update(
    company: QboCompany,
    customer: LinkableCustomer,
    link: CustomerLink,
    writer: CustomerWriter,
  ): Promise<void> {
    const known = link.profile
      ? { syncToken: link.syncToken, profile: link.profile }
      : knownFrom(await this.client.getCustomer(company, link.qboCustomerId));
    const changed = await this.sendDifference(company, customer, link, known, writer);
    if (!changed) {
      await this.links.markSeen(company.orgId, customer.id);
      return;
    }
    await this.dataSource.transaction((tx) => this.links.save(tx, company, customer.id, changed));
  }

  private async sendDifference(
    company: QboCompany,
    customer: LinkableCustomer,
    { qboCustomerId }: CustomerLink,
    known: KnownCustomer,
    writer: CustomerWriter,
  ): Promise<QboCustomer | null> {
    const patch = patchFor(customer, known.profile);
    if (!patch) return null;
    const send = (version: KnownCustomer, fields: Partial<CustomerPatch>): Promise<QboCustomer> =>
      writer.updateCustomer(company, { ...fields, id: qboCustomerId, syncToken: version.syncToken });
    try {
      return await send(known, patch);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      if (error.kind === 'duplicate_name' && patch.displayName) {
        return send(known, { ...patch, displayName: suffixedName(patch.displayName, customer.id) });
      }
      if (error.kind !== 'stale') throw error;
    }
    // Someone else changed it first: what still differs is sent once more, on top of their version.
    const current = await this.client.getCustomer(company, qboCustomerId);
    const stillDiffers = patchFor(customer, profileIn(current));
    return stillDiffers ? send(knownFrom(current), stillDiffers) : current;
  }
}

interface KnownCustomer {
  syncToken: string;
  profile: CustomerProfile;
}

function knownFrom(customer: QboCustomer): KnownCustomer {
  return { syncToken: customer.syncToken, profile: profileIn(customer) };
}
