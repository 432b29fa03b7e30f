import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { ContractsService } from '../contracts/contracts.service.js';
import { CustomersRepository } from '../customers/customers.repository.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import { moneyText } from '../messages/format.js';
import { retryOnConflict } from '../platform/database/failures/retry.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { Clock } from '../platform/time/clock.js';
import { type ExportedRow, PersonalDataRepository } from './personal-data.repository.js';

/** As many of the reasons why somebody is not erased yet are said as one can do something about at once. */
const REASONS_MAX = 20;

/** Why somebody is not erased yet. */
interface Reasons {
  said: string[];
  /** How many more there are that are not said. */
  more: number;
  /** Contracts of which nobody has looked whether they are billed in full. */
  notLookedAt: number;
}

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
    const reasons = await this.reasons(tx, orgId, id, now);
    if (reasons.said.length > 0) throw inUse(id, reasons);
    await this.personalData.erase(tx, orgId, id, now);
    for (const subject of await this.personalData.openQuestions(tx, orgId, id))
      await this.inbox.resolveSubject(tx, orgId, subject);
    await this.audit.record(tx, orgId, { action: 'customer.erased', subject: `customer:${id}` });
    return erasure;
  }

  private async reasons(tx: EntityManager, orgId: number, id: number, now: Date): Promise<Reasons> {
    const underWay = await this.personalData.underWay(tx, orgId, id, now, REASONS_MAX);
    const { sentences, notLookedAt } = await this.notBilled(tx, orgId, id, underWay.said.length);
    return {
      said: [...underWay.said, ...sentences],
      more: underWay.count - underWay.said.length,
      notLookedAt,
    };
  }

  /**
   * What of contracts is not billed yet, retainage too: no invoice is made for a customer who is forgotten. Where that
   * is refused anyway it is not looked for in thousands of them, all of which are locked meanwhile.
   */
  private async notBilled(
    tx: EntityManager,
    orgId: number,
    id: number,
    others: number,
  ): Promise<{ sentences: string[]; notLookedAt: number }> {
    const proposals = await this.personalData.billedProposals(tx, orgId, id);
    const most = others === 0 ? proposals.length : REASONS_MAX;
    const sentences: string[] = [];
    let looked = 0;
    for (const proposalId of proposals.slice(0, most)) {
      if (others + sentences.length >= REASONS_MAX) break;
      looked += 1;
      const sentence = notBilled(await this.contracts.findStatus(tx, orgId, proposalId));
      if (sentence !== null) sentences.push(sentence);
    }
    return { sentences, notLookedAt: proposals.length - looked };
  }
}

function notBilled(status: Awaited<ReturnType<ContractsService['findStatus']>>): string | null {
  if (!status) return null;
  const { remainingCents, retainedCents } = status.standing;
  const cents = Math.max(0, remainingCents) + Math.max(0, retainedCents);
  if (cents === 0) return null;
  const contract = `the contract of proposal ${status.contract.proposalId}`;
  const what = `${moneyText(cents, status.contract.currency)} of ${contract}`;
  return `${what} is not billed (a change order takes off what never will be)`;
}

function inUse(id: number, { said, more, notLookedAt }: Reasons): DomainError {
  const contracts = notLookedAt === 1 ? 'one contract was' : `${notLookedAt} contracts were`;
  const parts = [
    ...said,
    ...(more > 0 ? [`and ${more} more of the like`] : []),
    ...(notLookedAt > 0 ? [`and ${contracts} not looked at for what is not billed`] : []),
  ];
  return new DomainError(
    'conflict',
    'customer_in_use',
    `Customer ${id} cannot be erased yet: ${parts.join('; ')}. Finish or cancel that first.`,
  );
}
