import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JobHandler } from '../../../../jobs/handlers/job-handler.decorator.js';
import type { QueuePayloads } from '../../../../jobs/queue/queue-payloads.js';
import { canStandOnLine } from '../../../api/mappers/queries/matching.js';
import { QboError } from '../../../api/errors/qbo-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import type { ItemDraft, QboItem } from '../../../api/model/qbo-objects.js';
import { QboClient } from '../../../api/qbo.client.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { AwaitedOperationsService } from '../../../operations/questions/awaited-operations.service.js';
import type { Outcome } from '../../../operations/operation-handler.js';
import { OperationRunnerService } from '../../../operations/operation-runner.service.js';
import type { OutboundOperation } from '../../../operations/rows/operation.entity.js';
import { QboItemsRepository } from './qbo-items.repository.js';

/**
 * Makes a product or service in QuickBooks, as an operation of its organisation. Item names are unique there, so
 * whoever else made it, and whatever became of a lost answer, its name finds it.
 */
@Injectable()
export class ItemCreationService {
  constructor(
    private readonly connections: ConnectionService,
    private readonly awaited: AwaitedOperationsService,
    private readonly runner: OperationRunnerService,
    private readonly client: QboClient,
    private readonly items: QboItemsRepository,
  ) {}

  /** Throws QboError where it is not made, or not known to be. */
  async create(company: QboCompany, draft: ItemDraft, proposalId: number): Promise<QboItem> {
    const operation = await this.operationFor(company, draft, proposalId);
    const outcome = await this.run(company, operation);
    if (outcome.kind === 'done') return outcome.made;
    if (outcome.kind === 'busy') await this.runner.waitFor(operation);
    const error =
      (outcome.kind === 'open' && outcome.error) ||
      new QboError('uncertain', `QuickBooks has not answered yet whether it made "${draft.name}".`, {
        operation: 'item.create',
      });
    const mayExist = outcome.kind === 'busy' || error.kind === 'duplicate_name';
    const found = mayExist ? await this.findActive(company, draft.name) : null;
    if (!found) throw error;
    return found;
  }

  /** The item of this name, null where there is none. Throws QboError where it is inactive or no product or service. */
  async findActive(company: QboCompany, name: string): Promise<QboItem | null> {
    const item = await this.client.items.findByName(company, name);
    if (item && !canStandOnLine(item)) {
      const what = item.type === 'Category' ? 'category' : 'bundle';
      throw new QboError(
        'validation',
        `"${name}" is the name of a ${what} in QuickBooks, which cannot stand on an invoice. Rename it ` +
          'there: a product or service of that name is made then.',
        { operation: 'item.query' },
      );
    }
    if (item && !item.active) {
      throw new QboError(
        'not_found',
        `The product or service "${name}" is inactive in QuickBooks. Make it active there.`,
        { operation: 'item.query' },
      );
    }
    return item;
  }

  /** The unfinished operation for an item of this name, or a new generation. */
  private async operationFor(
    { orgId, realmId }: QboCompany,
    draft: ItemDraft,
    proposalId: number,
  ): Promise<OutboundOperation<'item.create'>> {
    const requestId = `item-${randomUUID()}`;
    return this.awaited.begin(
      { orgId, realmId, kind: 'item.create', entityId: orgId, proposalId, requestId, payload: draft },
      ({ payload }) => payload.name === draft.name && payload.incomeAccountId === draft.incomeAccountId,
    );
  }

  /** Goes on with what nobody waits for any more. */
  @JobHandler('qbo.item.create')
  async resume({ orgId }: QueuePayloads['qbo.item.create']): Promise<void> {
    const company = await this.connections.company(orgId);
    if (!company) return;
    for (const operation of await this.awaited.listUnfinished('item.create', company, orgId))
      await this.run(company, operation);
  }

  private async run(
    company: QboCompany,
    operation: OutboundOperation<'item.create'>,
  ): Promise<Outcome<QboItem>> {
    return this.runner.run<'item.create', QboItem>(operation, {
      subject: `The product or service "${operation.payload.name}"`,
      find: ({ payload: { name } }) => this.findActive(company, name),
      execute: ({ payload, requestId }) => this.client.items.create(company, payload, requestId),
      onSucceeded: (tx, { id }, { payload: { name } }) => this.items.save(tx, company, name, id),
    });
  }
}
