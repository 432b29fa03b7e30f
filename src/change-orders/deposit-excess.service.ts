import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ContractsService } from '../contracts/contracts.service.js';
import { InboxRepository } from '../inbox/inbox.repository.js';
import { depositExceedsFinal } from '../messages/reasons/credit-reasons.js';

/** Has a person decide where more of a deposit is held than is left to bill of its contract. */
@Injectable()
export class DepositExcessService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly inbox: InboxRepository,
  ) {}

  /** Opens the item, says it anew, or closes it, by how the contract stands now. Part of the caller's transaction. */
  async review(tx: EntityManager, orgId: number, proposalId: number): Promise<void> {
    const contract = await this.contracts.find(orgId, proposalId, tx);
    if (!contract || contract.depositMode === 'income') return;
    const subject = `deposit.excess:${proposalId}`;
    const { depositHeldCents, remainingCents } = (await this.contracts.statusOf(tx, contract)).standing;
    const cents = depositHeldCents - Math.max(remainingCents, 0);
    if (cents <= 0) return this.inbox.resolveSubject(tx, orgId, subject);
    await this.inbox.open(tx, {
      orgId,
      subject,
      code: 'deposit_exceeds_final',
      reason: depositExceedsFinal({ cents, currency: contract.currency }, proposalId),
      proposalId,
      customerId: contract.customerId,
    });
  }
}
