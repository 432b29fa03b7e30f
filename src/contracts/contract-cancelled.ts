import { DomainError } from '../platform/errors/domain-error.js';

/** The refusal of whatever would bill or change the contract of a proposal that was cancelled. */
export function contractCancelled(proposalId: number): DomainError {
  return new DomainError(
    'conflict',
    'contract_cancelled',
    `Proposal ${proposalId} was cancelled: its contract is neither billed nor changed any more. Draft a new proposal ` +
      'for work that is wanted after all.',
  );
}
