import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { InvoiceKey } from '../../invoices/invoice-key.js';
import type { Invoice } from '../../invoices/invoice.entity.js';
import { isLive } from '../../invoices/invoice-state.js';
import { InvoicesRepository } from '../../invoices/invoices.repository.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { Clock } from '../../platform/time/clock.js';
import { contractCancelled } from '../contract-cancelled.js';
import { billableContract, type ContractStatus } from '../contract-record.js';
import type { Contract } from '../contract.entity.js';
import { ContractsService } from '../contracts.service.js';
import type { PlannedEntry } from '../schedule/entry-plan.js';
import { planInvoice } from './invoice-plan.js';

/** What of a deposit is billed, and how it is named on an invoice. */
export interface DepositWording {
  cents: number;
  description: string;
}

/**
 * Puts what an entry comes to on its invoice. Promise: the contract is locked meanwhile, so that however many ask at
 * once, what is billed of it never comes to more than its value.
 */
@Injectable()
export class ContractBillingService {
  constructor(
    private readonly contracts: ContractsService,
    private readonly invoices: InvoicesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The entry with this number. Throws not found where the contract has none, a conflict where it was cancelled before
   * the entry was billed.
   */
  async entry(orgId: number, proposalId: number, number: number): Promise<PlannedEntry> {
    const { contract, plannedEntries } = await this.contracts.get(orgId, proposalId);
    const entry = plannedEntries.find((one) => one.number === number);
    if (!entry) throw notFound('entry', number);
    if (entry.state === 'void' && contract.cancelledAt !== null) throw contractCancelled(proposalId);
    return entry;
  }

  /** Keeps others from billing anything of the contract until the transaction ends. Answers its terms. */
  async lock(tx: EntityManager, orgId: number, proposalId: number): Promise<Contract> {
    return this.contracts.lock(tx, orgId, proposalId);
  }

  /**
   * The invoice that the entry is billed by: the one that stands, or one with its lines and amount written down now, of
   * the next generation where the one before is gone. `renew` has an invoice that was never sent worked out anew. Part
   * of the transaction that has locked the contract. Throws a conflict where there is nothing to bill.
   */
  async reserve(
    tx: EntityManager,
    contract: Contract,
    { kind, sequence }: InvoiceKey,
    deposit: DepositWording,
    { renew = false } = {},
  ): Promise<Invoice> {
    const { orgId, proposalId, currency } = contract;
    const newest = await this.invoices.findNewest(tx, orgId, proposalId, kind, sequence);
    const isRenewed = renew && newest !== null && newest.qboInvoiceId === null;
    if (isRenewed) await this.invoices.setAside(tx, newest, this.clock.now());
    const status = await this.contracts.statusOf(tx, contract);
    const entry = entryOf(status, { kind, sequence });
    if (newest && !isRenewed && entry.state === 'invoiced') return newest;
    const plan = planInvoice({
      contract: billableContract(status),
      standing: status.standing,
      entry,
      depositCents: deposit.cents,
      depositDescription: deposit.description,
    });
    const at = this.clock.now();
    const isGone = newest !== null && newest.qboInvoiceId !== null && !isLive(newest);
    const generation = (newest?.generation ?? 0) + 1;
    const next = { orgId, proposalId, kind, sequence, generation, currency };
    const invoice = newest && !isGone ? newest : await this.invoices.insertOnce(tx, next, at);
    return this.invoices.saveLines(tx, invoice, plan, at);
  }
}

function entryOf({ plannedEntries, contract }: ContractStatus, { kind, sequence }: InvoiceKey): PlannedEntry {
  const entry = plannedEntries.find((one) => one.kind === kind && one.sequence === sequence);
  if (entry) return entry;
  throw new DomainError(
    'conflict',
    'entry_gone',
    `The schedule of proposal ${contract.proposalId} has no ${kind} entry ${sequence} any more.`,
  );
}
