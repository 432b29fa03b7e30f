import type { InvoiceKind } from '../../invoices/invoice.entity.js';
import type { InvoiceLineKind } from '../../invoices/invoice-line.entity.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { chargeablePercent, chargeStepCents } from '../../platform/money/charge-amount.js';
import { contractCancelled } from '../contract-cancelled.js';
import { lineShares } from './line-shares.js';
import { isWorkOfDepositToBill, type PlannedContract, type PlannedEntry } from '../schedule/entry-plan.js';
import type { ContractStanding } from './contract-standing.js';

/** A line of the contract with what live invoices billed of it. */
export interface BillableLine {
  id: number;
  description: string;
  amountCents: number;
  billedCents: number;
}

export interface BillableContract extends PlannedContract {
  proposalId: number;
  /** 0 too once what was withheld is billed: nothing is withheld any more. */
  retainagePercent: number;
  isFinalBilled: boolean;
  lines: readonly BillableLine[];
}

/** A line to bill. */
export interface PlannedLine {
  kind: InvoiceLineKind;
  contractLineId: number | null;
  description: string;
  amountCents: number;
}

/** What an invoice is to be over, before tax, and what it does to the contract. */
export interface InvoicePlan {
  lines: PlannedLine[];
  amountCents: number;
  /** Withheld; negative where what was withheld is billed. */
  retainedCents: number;
  /** Of the deposit that is held, released. */
  releasedCents: number;
}

export interface PlanRequest {
  contract: BillableContract;
  standing: ContractStanding;
  entry: PlannedEntry;
  /** Of a deposit: what was paid, else the deposit that was approved. */
  depositCents: number;
  /** What stands on the line of a deposit, billed or taken off. */
  depositDescription: string;
}

/**
 * The invoice of an entry as it would be now. Progress and final invoices carry the contract's own lines; the final one
 * brings all of them to their end and takes the billed deposit off, in mode `liability` never more than is held. No
 * invoice comes to less than nothing. Throws a conflict where there is nothing to bill. Pure.
 */
export function planInvoice(request: PlanRequest): InvoicePlan {
  const { contract, entry } = request;
  if (contract.isCancelled) throw contractCancelled(contract.proposalId);
  switch (entry.kind) {
    case 'deposit':
      return planDeposit(request);
    case 'progress':
      return planProgress(request);
    case 'final':
      return planFinal(request);
    case 'retainage':
      return planRetainage(request);
    default:
      return entry.kind satisfies never;
  }
}

function planDeposit({
  contract,
  standing,
  entry,
  depositCents,
  depositDescription,
}: PlanRequest): InvoicePlan {
  const openCents = standing.remainingCents - standing.depositHeldCents;
  const amountCents = entry.state === 'void' ? 0 : Math.min(depositCents, openCents);
  if (amountCents <= 0) throw nothingToBill(contract.proposalId, entry);
  return {
    lines: [{ kind: 'deposit', contractLineId: null, description: depositDescription, amountCents }],
    amountCents,
    retainedCents: 0,
    releasedCents: 0,
  };
}

/** Once the final invoice is out, what is still held of the deposit is released by what is billed after it. */
function planProgress(request: PlanRequest): InvoicePlan {
  const { contract, standing, entry } = request;
  const workCents = entry.plannedCents;
  if (workCents <= 0) throw nothingToBill(contract.proposalId, entry);
  const heldCents = contract.isFinalBilled ? Math.max(standing.depositHeldCents, 0) : 0;
  return planWork(request, workCents, Math.min(heldCents, workCents));
}

function planFinal(request: PlanRequest): InvoicePlan {
  const { contract, standing, entry } = request;
  const billedDepositCents = contract.depositMode === 'income' ? standing.depositCents : 0;
  const workCents = standing.remainingCents + billedDepositCents;
  const isAllBilled = standing.remainingCents <= 0 && !isWorkOfDepositToBill(contract, standing);
  if (isAllBilled || workCents <= 0) throw nothingToBill(contract.proposalId, entry);
  const offCents = contract.depositMode === 'income' ? billedDepositCents : standing.depositHeldCents;
  return planWork(request, workCents, Math.min(Math.max(offCents, 0), workCents));
}

function planWork(request: PlanRequest, workCents: number, offCents: number): InvoicePlan {
  const { contract, standing, entry, depositDescription } = request;
  const shares = lineShares(contract.lines, workCents, chargeStepCents(contract.currency));
  const retainedCents = withheldCents(contract, standing, entry.kind, workCents, workCents - offCents);
  const lines: PlannedLine[] = contract.lines.map(({ id, description }, index) => ({
    kind: 'work',
    contractLineId: id,
    description,
    amountCents: shares[index]!,
  }));
  lines.push({
    kind: 'deposit',
    contractLineId: null,
    description: `Less ${depositDescription}`,
    amountCents: -offCents,
  });
  lines.push({
    kind: 'retainage',
    contractLineId: null,
    description:
      contract.retainagePercent === 0
        ? 'Retainage that is billed already'
        : `Retainage of ${contract.retainagePercent} %`,
    amountCents: -retainedCents,
  });
  return {
    lines: lines.filter(({ amountCents }) => amountCents !== 0),
    amountCents: workCents - offCents - retainedCents,
    retainedCents,
    releasedCents: contract.depositMode === 'liability' ? offCents : 0,
  };
}

/** Its share of the work; the final invoice withholds what is missing to the share of the whole, if it is over that. */
function withheldCents(
  { valueCents, retainagePercent, currency }: BillableContract,
  { retainedCents }: ContractStanding,
  kind: InvoiceKind,
  workCents: number,
  mostCents: number,
): number {
  // Billed already for an invoice that was voided since: it is not billed a second time.
  if (retainagePercent === 0) return Math.min(Math.max(-retainedCents, 0), mostCents);
  const wholeCents = chargeablePercent(currency, valueCents, retainagePercent);
  const share = chargeablePercent(currency, workCents, retainagePercent);
  const wanted = kind === 'final' ? wholeCents - retainedCents : share;
  return Math.min(Math.max(wanted, 0), mostCents);
}

function planRetainage({ contract, standing, entry }: PlanRequest): InvoicePlan {
  const amountCents = standing.retainedCents;
  if (amountCents <= 0) throw nothingToBill(contract.proposalId, entry);
  const { proposalId, completedOn } = contract;
  if (!contract.isComplete) {
    const when = completedOn === null ? `: POST /proposals/${proposalId}/complete` : `, on ${completedOn}`;
    throw refused(
      'contract_not_completed',
      `Retainage of proposal ${proposalId} is billed once the work is complete${when}.`,
    );
  }
  return {
    lines: [
      {
        kind: 'retainage',
        contractLineId: null,
        description: `Retainage of ${contract.retainagePercent} %, due on completion`,
        amountCents,
      },
    ],
    amountCents,
    retainedCents: -amountCents,
    releasedCents: 0,
  };
}

function nothingToBill(proposalId: number, { number, kind }: PlannedEntry): DomainError {
  return refused(
    'nothing_to_bill',
    `Entry ${number} (${kind}) of proposal ${proposalId} comes to nothing: the contract's value is billed.`,
  );
}

function refused(code: string, detail: string): DomainError {
  return new DomainError('conflict', code, detail);
}
