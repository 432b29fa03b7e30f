import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallOptions } from '../../api/pipeline/qbo-http-pipeline.service.js';
import { QboClient } from '../../api/qbo.client.js';
import type { QboCompany } from '../../api/model/qbo-company.js';
import { QboError } from '../../api/errors/qbo-error.js';
import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { InboxRepository } from '../../../inbox/inbox.repository.js';
import type { OutboundOperation } from '../../operations/operation.entity.js';
import { OperationRunnerService, type OperationHandler } from '../../operations/operation-runner.service.js';
import { OperationsRepository } from '../../operations/operations.repository.js';
import { CustomerLinksRepository, linkInto, type LinkableCustomer } from './customer-links.repository.js';
import { draftOf, profileOf, profileOfDraft, suffixedName } from './customer-profile.js';
import { hasEmail } from '../../api/mappers/matching.js';
import type { CustomerWriter } from './customer-writer.js';

const UNFINISHED = new Set(['ready', 'sent', 'uncertain']);

/**
 * Puts a customer into the books for the first time. Two callers make one customer: both carry the same operation, and
 * only one at a time sends it.
 */
@Injectable()
export class CustomerCreationService {
  constructor(
    private readonly client: QboClient,
    private readonly operations: OperationsRepository,
    private readonly runner: OperationRunnerService,
    private readonly links: CustomerLinksRepository,
    private readonly inbox: InboxRepository,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Answers `created` when this call made the customer, `adopted` when it is tied to one that was there already, made by
   * hand or by another caller. Throws QboError when it is not in the books. `writer` sends it.
   */
  async create(
    company: QboCompany,
    customer: LinkableCustomer,
    writer: CustomerWriter = this.client,
    options?: CallOptions,
  ): Promise<'created' | 'adopted'> {
    const operation = await this.wish(company, customer, profileOf(customer).displayName);
    if (operation === null) return 'adopted';
    const outcome = await this.run(company, customer, operation, writer, options);
    if (outcome instanceof QboError && outcome.kind === 'duplicate_name') {
      return this.resolveTakenName(company, customer, operation, options);
    }
    if (outcome instanceof QboError) throw outcome;
    return outcome;
  }

  /**
   * The operation to carry: the unfinished one, or a new generation where there is none or the last was refused.
   * Null where the customer has been tied meanwhile.
   */
  private async wish(
    company: QboCompany,
    customer: LinkableCustomer,
    displayName: string,
  ): Promise<OutboundOperation<'customer.create'> | null> {
    const newest = await this.operations.findNewest('customer.create', company.orgId, customer.id);
    const ofThisCompany = newest?.realmId === company.realmId;
    if (newest && ofThisCompany && UNFINISHED.has(newest.state)) return newest;
    if (newest?.state === 'done' && ofThisCompany && (await this.isLinked(company, customer))) return null;
    return this.dataSource.transaction((tx) =>
      this.operations.insertOnce(tx, {
        orgId: company.orgId,
        realmId: company.realmId,
        kind: 'customer.create',
        entityId: customer.id,
        generation: (newest?.generation ?? 0) + 1,
        requestId: `cust-${randomUUID()}`,
        payload: draftOf({ ...profileOf(customer), displayName }),
      }),
    );
  }

  private async run(
    company: QboCompany,
    customer: LinkableCustomer,
    operation: OutboundOperation<'customer.create'>,
    writer: CustomerWriter,
    options?: CallOptions,
  ): Promise<'created' | 'adopted' | QboError> {
    const outcome = await this.runner.run(operation, this.handler(company, customer, writer, options));
    if (outcome.kind === 'done') return 'created';
    if (outcome.kind === 'open' && outcome.error) return outcome.error;
    const row = outcome.kind === 'busy' ? await this.runner.waitFor(operation) : null;
    if (await this.isLinked(company, customer)) return 'adopted';
    return new QboError(
      'uncertain',
      row?.errorDetail ?? 'QuickBooks has not answered yet; this is tried again by itself.',
      {
        operation: 'customer.create',
      },
    );
  }

  private handler(
    company: QboCompany,
    customer: LinkableCustomer,
    writer: CustomerWriter,
    options?: CallOptions,
  ): OperationHandler<'customer.create', QboCustomer> {
    return {
      subject: `Customer ${profileOf(customer).displayName}`,
      find: async ({ payload }) => this.findOurs(company, customer, payload.displayName, options),
      execute: ({ payload, requestId }) => writer.createCustomer(company, payload, requestId),
      onSucceeded: (tx, made, { payload }) =>
        this.links.save(tx, company, customer.id, made, profileOfDraft(payload)),
    };
  }

  /**
   * Another customer, vendor or employee has the name. A customer with the same e-mail that stands for nobody of ours is
   * this very person; anyone else keeps the name, and ours gets a suffix.
   */
  private async resolveTakenName(
    company: QboCompany,
    customer: LinkableCustomer,
    refused: OutboundOperation<'customer.create'>,
    options?: CallOptions,
  ): Promise<'created' | 'adopted'> {
    const { displayName } = refused.payload;
    const ours = await this.findOurs(company, customer, displayName, options);
    if (ours) return this.adopt(company, customer, ours);
    const suffixed = suffixedName(profileOf(customer).displayName, customer.id);
    if (displayName === suffixed) {
      throw new QboError(
        'duplicate_name',
        `QuickBooks has another "${suffixed}". Rename one of them and sync again.`,
        {
          operation: 'customer.create',
          code: '6240',
        },
      );
    }
    const operation = await this.wish(company, customer, suffixed);
    const outcome =
      operation === null ? 'adopted' : await this.run(company, customer, operation, this.client, options);
    if (outcome instanceof QboError) throw outcome;
    return outcome;
  }

  private async adopt(
    company: QboCompany,
    customer: LinkableCustomer,
    found: QboCustomer,
  ): Promise<'adopted'> {
    const active = found.active ? found : await this.reactivate(company, found);
    await this.dataSource.transaction(async (tx) => {
      await this.links.saveMatched(tx, company, customer, active);
      await this.inbox.resolveSubject(tx, company.orgId, `customer.create:${customer.id}`);
    });
    return 'adopted';
  }

  private async reactivate(company: QboCompany, { id, syncToken }: QboCustomer): Promise<QboCustomer> {
    return (await this.client.updateCustomer(company, { id, syncToken, active: true })).value;
  }

  private async findOurs(
    company: QboCompany,
    customer: LinkableCustomer,
    displayName: string,
    options?: CallOptions,
  ): Promise<QboCustomer | null> {
    const found = await this.client.findCustomersByDisplayName(company, displayName, options);
    const candidates = found.filter((one) => hasEmail(one, customer.email));
    const taken = await this.links.listTaken(
      company,
      candidates.map((one) => one.id),
    );
    return candidates.find((one) => !taken.has(one.id)) ?? null;
  }

  private async isLinked(company: QboCompany, customer: LinkableCustomer): Promise<boolean> {
    return linkInto(company, await this.links.get(company.orgId, customer.id)) !== null;
  }
}
