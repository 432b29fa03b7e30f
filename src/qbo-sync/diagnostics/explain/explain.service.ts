import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { approvalRefusal } from '../../../contracts/change-orders/change-order-effect.js';
import type { ContractStatus } from '../../../contracts/contract-record.js';
import { ContractsService } from '../../../contracts/contracts.service.js';
import { WorkProgressRepository } from '../../../contracts/progress/work-progress.repository.js';
import { isSameKey } from '../../../invoices/invoice-key.js';
import { OrgSettingsService } from '../../../orgs/settings/org-settings.service.js';
import { EntryMoneyRepository } from '../../../payments/ledger/entry-money.repository.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { dayInZone } from '../../../platform/time/calendar-day.js';
import { Clock } from '../../../platform/time/clock.js';
import { diffCustomer } from '../../push/customers/profile/customer-diff.js';
import { whyCustomer } from './answers/explain-customer.js';
import type {
  CustomerExplanationFacts,
  HiddenMoneyFacts,
  OpenChangeFacts,
  ProposalFacts,
} from './explain-facts.js';
import { whyProposal } from './answers/explain-proposal.js';
import { unearnedFrom } from './answers/unearned.js';
import { spentEntries, unbilledOf } from './answers/unbilled.js';
import { ExplainRepository } from './explain.repository.js';
import type { Answer } from './answers/wording.js';

/** An answer with what it rests on. */
export interface Explanation<Facts> extends Answer {
  facts: Facts;
}

/** Answers why something is not paid, invoiced or synced, from what is written down. Asks no vendor. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: OrgSettingsService,
    private readonly rows: ExplainRepository,
    private readonly contracts: ContractsService,
    private readonly work: WorkProgressRepository,
    private readonly money: EntryMoneyRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws where the organisation has no such lead or proposal. */
  async proposal(orgId: number, id: number): Promise<Explanation<ProposalFacts>> {
    const now = this.clock.now();
    const row = await this.rows.findProposal(this.dataSource.manager, orgId, id, now);
    if (!row) throw notFound('proposal', id);
    const { timeZone, formerTimeZones, invoicesFrom, recordPayments } = await this.settings.get(orgId);
    const { hasLink, hasLiveLink, isErased, ...known } = row;
    const { manager } = this.dataSource;
    const contract = row.status === 'approved' ? await this.contracts.findStatus(manager, orgId, id) : null;
    const facts: ProposalFacts = {
      ...known,
      id,
      link: hasLiveLink ? 'live' : hasLink ? 'over' : 'none',
      invoicesFrom,
      recordPayments,
      hidden: await this.hiddenMoney(orgId, id, row),
      unbilled: contract && !isErased ? unbilledOf(contract) : null,
      unearnedFromPercent: contract && (await this.unearned(contract)),
      openChange: contract && (await this.openChange(contract)),
      spentEntries: contract ? spentEntries(contract) : [],
      now,
      today: dayInZone(now, timeZone),
      timeZone,
      formerTimeZones,
    };
    return { ...whyProposal(facts), facts };
  }

  private async unearned(status: ContractStatus): Promise<number | null> {
    const { progress } = await this.work.find(this.dataSource.manager, status.contract);
    return unearnedFrom(status, progress);
  }

  /** Of the invoice that is told of. */
  private async hiddenMoney(
    orgId: number,
    id: number,
    { invoice }: Pick<ProposalFacts, 'invoice'>,
  ): Promise<HiddenMoneyFacts | null> {
    if (!invoice) return null;
    const all = await this.money.listOfProposal(this.dataSource.manager, orgId, id);
    const paid = all.find((one) => isSameKey(one, invoice.key));
    if (!paid || paid.unrecordedCents === 0) return null;
    const { unrecordedCents: cents, removedCents, removedPaymentId } = paid;
    return { cents, removedCents, removedPaymentId };
  }

  /** The first change order that waits for approval, and whether it can be given. */
  private async openChange(status: ContractStatus): Promise<OpenChangeFacts | null> {
    const orders = await this.contracts.changeOrdersOf(status.contract);
    const open = orders.find(({ order }) => order.state === 'draft');
    if (!open) return null;
    const { number, deltaCents } = open.order;
    return { number, deltaCents, refusal: approvalRefusal(status, open) };
  }

  /** Throws where the organisation has no such customer. */
  async customer(orgId: number, id: number): Promise<Explanation<CustomerExplanationFacts>> {
    const now = this.clock.now();
    const row = await this.rows.findCustomer(this.dataSource.manager, orgId, id);
    if (!row) throw notFound('customer', id);
    const { timeZone, formerTimeZones } = await this.settings.get(orgId);
    const { email, fullName, phone, said, sent, ...known } = row;
    const base = said && sent ? { said, sent } : null;
    const facts: CustomerExplanationFacts = {
      ...known,
      id,
      differs: base !== null && diffCustomer({ id, email, fullName, phone }, base).patch !== null,
      now,
      today: dayInZone(now, timeZone),
      timeZone,
      formerTimeZones,
    };
    return { ...whyCustomer(facts), facts };
  }

  /** What people call what is explained, for a page that they come to by a link alone. */
  async namesOf(orgId: number, what: 'proposal' | 'customer', id: number): Promise<readonly string[]> {
    return this.rows.names(this.dataSource.manager, orgId, what, id);
  }
}
