import { DomainError } from '../../platform/errors/domain-error.js';

/** The refusal of an installation that names no mail server. `instead` ends the sentence: what can be done by hand. */
export function smtpNotConfigured(instead: string): DomainError {
  return new DomainError(
    'conflict',
    'smtp_not_configured',
    'This installation sends no e-mail. Set SMTP_URL, such as smtp://user:password@mail.example.com:587, ' +
      `or ${instead}`,
  );
}
