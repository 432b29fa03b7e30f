import { DomainError } from '../../platform/errors/domain-error.js';

/** What is a person's in all their organisations, and how they see to it themselves. */
const OWN = {
  name: 'the name is theirs to change, on the page of their account or by PATCH /auth/me',
  password:
    'the password is theirs to change, by POST /auth/password or “Forgotten your password?” on the sign-in page',
  secondFactor:
    'the second factor is theirs to turn off, with a code or a recovery code; where they have neither, whoever runs ' +
    'this PeakPro CRM does',
} as const;

/** Refuses an admin what is a person's in all their organisations. Pure. */
export function inSeveral(email: string, what: keyof typeof OWN): DomainError {
  return new DomainError(
    'conflict',
    'in_several_organisations',
    `${email} is in another organisation too, so ${OWN[what]}. Roles and is_active here are yours.`,
  );
}
