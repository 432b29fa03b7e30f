import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { CustomersRepository } from '../customers/customers.repository.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import { moneyText } from '../messages/format.js';
import { retryOnConflict } from '../platform/database/retry.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { type ExportedRow, PersonalDataRepository } from './personal-data.repository.js';

export interface Erasure {
  customerId: number;
  erasedAt: Date;
  /** The customer's id in QuickBooks, where the name stays. */
  qboCustomerId: string | null;
  realmId: string | null;
}

/** What a customer may ask for by law: everything that is known of them, and that it is forgotten. */
@Injectable()
export class CustomerPrivacyService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly customers: CustomersRepository,
    private readonly personalData: PersonalDataRepository,
    private readonly contracts: ContractsService,
    private readonly inbox: InboxRepository,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Everything of a customer, which is written down. Throws `not_found`. */
  async export(orgId: number, id: number): Promise<{ at: Date; parts: Record<string, ExportedRow[]> }> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      await this.customers.getInOrg(tx, orgId, id);
      await this.audit.record(tx, orgId, { action: 'customer.exported', subject: `customer:${id}` });
      return { at: this.clock.now(), parts: await this.personalData.exported(tx, orgId, id) };
    });
  }

  /**
   * Empties name, e-mail, phone and evidence everywhere here, for good; figures and documents stay. Twice is the same
   * as once. Throws a conflict that says what is under way, which has to be finished first. Begun anew where a draft
   * came to the customer after their proposals were locked, and somebody is at it.
   */
  async erase(orgId: number, id: number): Promise<Erasure> {
    return retryOnConflict(() => this.dataSource.transaction((tx) => this.eraseIn(tx, orgId, id)));
  }

  private async eraseIn(tx: EntityManager, orgId: number, id: number): Promise<Erasure> {
    await this.personalData.lockProposals(tx, orgId, id);
    const { qboCustomerId, qboRealmId, erasedAt } = await this.customers.getForUpdate(tx, orgId, id);
    const now = this.clock.now();
    const erasure = { customerId: id, erasedAt: erasedAt ?? now, qboCustomerId, realmId: qboRealmId };
    if (erasedAt !== null) return erasure;
    const underWay = [
      ...(await this.personalData.underWay(tx, orgId, id, now)),
      ...(await this.notBilled(tx, orgId, id)),
    ];
    if (underWay.length > 0) throw inUse(id, underWay);
    await this.personalData.erase(tx, orgId, id, now);
    for (const subject of await this.personalData.openQuestions(tx, orgId, id))
      await this.inbox.resolveSubject(tx, orgId, subject);
    await this.audit.record(tx, orgId, { action: 'customer.erased', subject: `customer:${id}` });
    return erasure;
  }

  /** What of contracts is not billed yet, retainage too: no invoice is made for a customer who is forgotten. */
  private async notBilled(tx: EntityManager, orgId: number, id: number): Promise<string[]> {
    const sentences: string[] = [];
    for (const proposalId of await this.personalData.billedProposals(tx, orgId, id)) {
      const status = await this.contracts.findStatus(tx, orgId, proposalId);
      if (!status) continue;
      const { remainingCents, retainedCents } = status.standing;
      const cents = Math.max(0, remainingCents) + Math.max(0, retainedCents);
      if (cents === 0) continue;
      const amount = moneyText(cents, status.contract.currency);
      const what = `${amount} of the contract of proposal ${proposalId}`;
      sentences.push(`${what} is not billed (a change order takes off what never will be)`);
    }
    return sentences;
  }
}

function inUse(id: number, underWay: readonly string[]): DomainError {
  return new DomainError(
    'conflict',
    'customer_in_use',
    `Customer ${id} cannot be erased yet: ${underWay.join('; ')}. Finish or cancel that first.`,
  );
}
