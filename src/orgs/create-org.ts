import { UsageError } from '../platform/command-line.js';
import { isEmailAddress, normalizedEmail } from '../platform/text/email-address.js';
import { passwordProblem } from '../auth/passwords/password-rules.js';

/** What the command line said. */
export interface NewOrgArguments {
  name?: string;
  email?: string;
  password?: string;
  'full-name'?: string;
}

export const NEW_ORG_USAGE =
  'npm run org:create -- --name "Acme Roofing" --email owner@acme.test, which asks for the password';

/**
 * Reads what an organisation is founded with. Throws a `UsageError` that names everything missing or bad at once. Pure.
 */
export function readNewOrg(given: NewOrgArguments): {
  name: string;
  email: string;
  password: string;
  fullName: string;
} {
  const name = given.name?.trim() ?? '';
  const email = normalizedEmail(given.email ?? '');
  const password = given.password ?? '';
  const fullName = given['full-name']?.trim() || email.split('@')[0]!;
  const problems = [
    ...(name === '' ? ['--name is missing'] : []),
    ...(name.length > 200 ? ['--name must have at most 200 characters'] : []),
    ...(email === ''
      ? ['--email is missing']
      : isEmailAddress(email)
        ? []
        : ['--email is not an e-mail address']),
    ...(password === '' ? ['--password is missing'] : []),
    ...(password === ''
      ? []
      : [passwordProblem(password, { email, fullName: given['full-name'], company: name })]
    )
      .filter((problem) => problem !== undefined)
      .map((problem) => `--${problem}`),
  ];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { name, email, password, fullName };
}
