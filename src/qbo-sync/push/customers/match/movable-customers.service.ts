import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import type { QboCompany } from '../../../api/model/qbo-company.js';
import { ConnectionService } from '../../../connection/connection.service.js';
import { isInHand } from '../../../operations/operation-state.js';
import { OperationTriesRepository } from '../../../operations/rows/operation-tries.repository.js';
import { OperationsRepository } from '../../../operations/rows/operations.repository.js';
import { CustomerLinksRepository, type LinkableCustomer } from '../customer-links.repository.js';

/** Knows which customers can be linked otherwise: those of which nothing is on its way to QuickBooks. */
@Injectable()
export class MovableCustomersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: ConnectionService,
    private readonly links: CustomerLinksRepository,
    private readonly operations: OperationsRepository,
    private readonly tries: OperationTriesRepository,
  ) {}

  /**
   * The company, where nothing of the customer is on its way to it; asked before QuickBooks is. Throws a conflict else.
   */
  async companyFor(orgId: number, customerId: number): Promise<QboCompany> {
    await this.links.get(orgId, customerId);
    const company = await this.connections.requireCompany(orgId);
    await this.assertNotUnderWay(this.dataSource.manager, company, customerId);
    return company;
  }

  /** The customer, locked, where nothing of it is on its way by now: what goes out later follows the decision. */
  async lock(tx: EntityManager, company: QboCompany, customerId: number): Promise<LinkableCustomer> {
    const customer = await this.links.getForUpdate(tx, company.orgId, customerId);
    await this.assertNotUnderWay(tx, company, customerId);
    return customer;
  }

  private async assertNotUnderWay(tx: EntityManager, company: QboCompany, customerId: number): Promise<void> {
    const { orgId } = company;
    const ofHome = [
      await this.operations.findNewest('customer.create', orgId, customerId, tx),
      await this.operations.findNewest('customer.update', orgId, customerId, tx),
    ];
    // Generations over all currencies: the newest may be about another one.
    const ofCurrencies = await this.tries.listOf('customer.currency', orgId, customerId, tx);
    const written = [...ofHome, ...ofCurrencies.filter(({ realmId }) => realmId === company.realmId)];
    if (written.some((one) => one !== null && isInHand(one))) {
      throw new DomainError(
        'conflict',
        'goes_on_by_itself',
        `Customer ${customerId} is being written to QuickBooks at this moment. Look again in a minute.`,
      );
    }
  }
}
