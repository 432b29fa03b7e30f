import { DomainError } from '../platform/errors/domain-error.js';

/** The refusal of whatever would have new personal data of a customer whose data was erased. */
export function customerErased(id: number): DomainError {
  return new DomainError(
    'conflict',
    'customer_erased',
    `The personal data of customer ${id} was erased. Add a new customer instead.`,
  );
}
