import { Injectable, Logger } from '@nestjs/common';
import { QboError } from '../api/errors/qbo-error.js';
import { isOfCompany, type QboCompany } from '../api/model/qbo-company.js';
import { ConnectionService } from '../connection/connection.service.js';
import { BlockedOperationsService } from './questions/blocked-operations.service.js';
import { OperationAttemptsRepository } from './rows/operation-attempts.repository.js';
import type { OperationHandler } from './operation-handler.js';
import type { OperationKind, OperationPayload } from './operation-payloads.js';
import { OperationRunnerService } from './operation-runner.service.js';
import { isMaybeDone } from './operation-state.js';
import type { OutboundOperation } from './rows/operation.entity.js';
import { OperationsElsewhereService } from './questions/operations-elsewhere.service.js';

/** What one kind of operation needs to get into the books. */
interface PushParts<K extends OperationKind, Made extends { id: string }> {
  /** What it is about, for people. */
  title: string;
  /** Gives it its request, where it has none; null where it waits, or a person has to decide. Throws QboError. */
  prepare: (operation: OutboundOperation<K>) => Promise<OutboundOperation<K> | null>;
  handler: (prepared: OutboundOperation<K>) => OperationHandler<K, Made> | Promise<OperationHandler<K, Made>>;
  /** What follows once it is done. */
  onDone?: (made: Made, prepared: OutboundOperation<K>) => Promise<void>;
  /** Somebody waits for what comes of it. */
  waits: boolean;
  /** What the log says where QuickBooks does not let it, with the ids it is about. */
  unfinished: string;
  about: Record<string, number>;
}

/**
 * Takes an operation from its preparation as far as it gets now. Where QuickBooks fails that, the operation says why,
 * and is tried again or left to a person.
 */
@Injectable()
export class OperationPushService {
  private readonly logger = new Logger(OperationPushService.name);

  constructor(
    private readonly connections: ConnectionService,
    private readonly attempts: OperationAttemptsRepository,
    private readonly runner: OperationRunnerService,
    private readonly blocked: BlockedOperationsService,
    private readonly elsewhere: OperationsElsewhereService,
  ) {}

  /** The company that an operation goes to; null where none is connected, or another one than that it is for. */
  async companyFor(operation: Pick<OutboundOperation, 'orgId' | 'realmId'>): Promise<QboCompany | null> {
    const company = await this.connections.companyOfParked(operation.orgId);
    return company && isOfCompany(company, operation) ? company : null;
  }

  /**
   * The company that an operation goes to, with it as it is then. One for another company than the one connected, that
   * was never sent there, is prepared anew from `blocked` for this one, which asks a person where it cannot be: nobody
   * would hear of it else. Null where none is connected, and of what was sent to another one: where that never
   * answered, a person is asked.
   */
  async takeUp<K extends OperationKind>(
    operation: OutboundOperation<K>,
    blocked: OperationPayload<K>,
  ): Promise<{ company: QboCompany; operation: OutboundOperation<K> } | null> {
    const company = await this.connections.companyOfParked(operation.orgId);
    if (!company) return null;
    const now = isOfCompany(company, operation)
      ? operation
      : await this.attempts.blockElsewhere(operation, company, blocked);
    if (isOfCompany(company, now)) return { company, operation: now };
    if (isMaybeDone(now.state)) await this.elsewhere.ask(company, now);
    return null;
  }

  async push<K extends OperationKind, Made extends { id: string }>(
    operation: OutboundOperation<K>,
    { title, prepare, handler, onDone, waits, unfinished, about }: PushParts<K, Made>,
  ): Promise<void> {
    try {
      const prepared = await prepare(operation);
      if (!prepared) return;
      const outcome = await this.runner.run(prepared, await handler(prepared), { waits });
      if (outcome.kind === 'done') await onDone?.(outcome.made, prepared);
    } catch (error) {
      if (!(error instanceof QboError)) throw error;
      await this.blocked.defer(operation, title, error);
      this.logger.warn({ err: error, orgId: operation.orgId, ...about }, unfinished);
    }
  }
}
