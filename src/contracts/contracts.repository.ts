import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepared } from '../platform/database/statements/prepared.js';
import { DomainError } from '../platform/errors/domain-error.js';
import type { FrozenSettings } from './agreed-terms.js';
import type { InvoiceCoding } from './billing/invoice-coding.js';
import { Contract } from './contract.entity.js';
import { ContractEntry } from './schedule/contract-entry.entity.js';
import { ContractLine } from './contract-line.entity.js';
import type { ScheduledEntry } from './schedule/entry-plan.js';

/** What is written down once, with the approval. */
export type NewContract = Pick<
  Contract,
  | 'orgId'
  | 'proposalId'
  | 'customerId'
  | 'currency'
  | 'valueCents'
  | 'depositPercent'
  | 'depositCents'
  | 'approvedBy'
  | 'approvedAt'
> &
  FrozenSettings;

/** The contracts of proposals, with their lines and schedules. */
@Injectable()
export class ContractsRepository {
  async insert(
    tx: EntityManager,
    contract: NewContract,
    lines: readonly { description: string; amountCents: number }[],
    entries: readonly ScheduledEntry[],
  ): Promise<void> {
    const { orgId, approvedAt: at } = contract;
    const { identifiers } = await tx.insert(Contract, { ...contract, createdAt: at, updatedAt: at });
    const contractId = identifiers[0]!.id as number;
    await tx.insert(
      ContractLine,
      lines.map(({ description, amountCents }, index) => ({
        orgId,
        contractId,
        position: index + 1,
        description,
        amountCents,
      })),
    );
    await tx.insert(
      ContractEntry,
      entries.map((entry) => ({ ...entry, orgId, contractId })),
    );
  }

  /** The contract of a proposal; null before its approval. */
  async find(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract | null> {
    return tx.findOneBy(Contract, { orgId, proposalId });
  }

  /**
   * The contract, locked against others until the transaction ends. Its proposal is locked before it, as everywhere,
   * so that two cannot wait for each other. Throws not found before the approval.
   */
  async getForUpdate(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract> {
    await tx.query(prepared('select from leads where org_id = $1 and id = $2 for no key update'), [
      orgId,
      proposalId,
    ]);
    const contract = await tx.findOne(Contract, {
      where: { orgId, proposalId },
      lock: { mode: 'for_no_key_update' },
    });
    if (!contract) throw noContract(proposalId);
    return contract;
  }

  async update(
    tx: EntityManager,
    { orgId, id }: Contract,
    facts: Partial<Pick<Contract, 'completedOn' | 'cancelledAt' | 'valueCents' | 'version'>>,
    at: Date,
  ): Promise<void> {
    await tx.update(Contract, { orgId, id }, { ...facts, updatedAt: at });
  }

  /** By which records of which company it is invoiced from now on. */
  async keepCoding(
    tx: EntityManager,
    { orgId, id }: Contract,
    ids: InvoiceCoding,
    booksRealmId: string,
  ): Promise<void> {
    await tx.update(Contract, { orgId, id }, { ...ids, booksRealmId });
  }

  /** Puts this schedule in place of the one there was. */
  async replaceEntries(
    tx: EntityManager,
    { orgId, id: contractId }: Contract,
    entries: readonly ScheduledEntry[],
  ): Promise<void> {
    await tx.delete(ContractEntry, { orgId, contractId });
    await tx.insert(
      ContractEntry,
      entries.map((entry) => ({ ...entry, orgId, contractId })),
    );
  }
}

/** Of a proposal that is not approved, or not there. */
export function noContract(proposalId: number): DomainError {
  return new DomainError(
    'not_found',
    'contract_not_found',
    `Proposal ${proposalId} has no contract: there is no such proposal, it was cancelled before its approval, or it ` +
      `is to be approved by POST /proposals/${proposalId}/approve first.`,
  );
}
