import { DomainError } from '../platform/errors/domain-error.js';

/** Refuses an admin what is a person's in all their organisations. `what` is a noun: `the password`. Pure. */
export function inSeveral(email: string, what: string): DomainError {
  return new DomainError(
    'conflict',
    'in_several_organisations',
    `${email} is in another organisation too, so ${what} is not yours to change: they do it themselves on their ` +
      'account page, or whoever runs this PeakPro CRM does. Roles and is_active here are yours.',
  );
}
