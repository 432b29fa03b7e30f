import { forCustomer, namedProposal, type NamedProposal } from './sentence-parts.js';

/** `reminder_failed` and `reminder_uncertain`. `why` is a sentence. */
export function reminderNotSent(
  number: string | null,
  { id, customer }: Omit<NamedProposal, 'name'>,
  why: string,
): string {
  return `The reminder of invoice ${number ?? ''} of proposal ${id}${forCustomer(customer)}: ${why}`;
}

/** `proposal_not_emailed`. `why` is a sentence. */
export function proposalNotEmailed(proposal: NamedProposal, why: string): string {
  return `The e-mail with ${namedProposal(proposal)}, was not taken: ${why}`;
}
