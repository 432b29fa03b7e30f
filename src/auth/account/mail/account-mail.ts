import { mailLayout } from '../../../platform/mail/mail-layout.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import type { FactorNotice, PasswordChanger } from './account-mails.repository.js';

export interface MailText {
  subject: string;
  text: string;
  html: string;
}

const CLOSING = 'PeakPro CRM';

/** Brings a person the link to a new password. `url` works once and until `expiresAt`, which is text. Pure. */
export function resetMail(mail: { fullName: string; url: string; expiresAt: string }): MailText {
  const subject = 'Choose a new password for PeakPro CRM';
  return {
    subject,
    ...mailLayout({
      title: subject,
      paragraphs: [
        `Hello ${isolatedText(mail.fullName)},`,
        'A new password was asked for at PeakPro CRM for this e-mail address.',
      ],
      button: { text: 'Choose a new password', url: mail.url },
      note:
        `The link is yours alone, so please do not pass it on. It works once, until ${mail.expiresAt}. ` +
        'If you did not ask for it, there is nothing to do: your password stays as it is.',
      closing: CLOSING,
    }),
  };
}

const CHANGE: Record<PasswordChanger, string> = {
  self: 'You changed the password of your PeakPro CRM account.',
  reset: 'The password of your PeakPro CRM account was changed by a link that we mailed to you.',
  admin: 'An admin of your organisation gave your PeakPro CRM account a new password.',
  operator: 'Whoever runs this PeakPro CRM gave your account a new password.',
};

/** Says to a person that the password was replaced, by whom and when; `at` is text, `url` leads to a new one. Pure. */
export function passwordChangedMail(mail: {
  fullName: string;
  by: PasswordChanger;
  at: string;
  url: string;
}): MailText {
  const subject = 'Your PeakPro CRM password was changed';
  return {
    subject,
    ...mailLayout({
      title: subject,
      paragraphs: [
        `Hello ${isolatedText(mail.fullName)},`,
        CHANGE[mail.by],
        `That was on ${mail.at}. You were signed out everywhere.`,
      ],
      button: { text: 'Choose another password', url: mail.url },
      note:
        'If you know of it, there is nothing to do. If not, choose another password now and tell an admin of your ' +
        'organisation.',
      closing: CLOSING,
    }),
  };
}

const FACTOR_NOTICES: Record<
  FactorNotice,
  { subject: string; sentence: Partial<Record<PasswordChanger, string>> }
> = {
  second_factor_on: {
    subject: 'The second factor of your PeakPro CRM account is on',
    sentence: {
      self: 'You turned the second factor of your PeakPro CRM account on. You were signed out elsewhere.',
    },
  },
  second_factor_off: {
    subject: 'The second factor of your PeakPro CRM account is off',
    sentence: {
      self: 'You turned the second factor of your PeakPro CRM account off.',
      admin:
        'An admin of your organisation turned the second factor of your PeakPro CRM account off. You were signed ' +
        'out everywhere.',
      operator:
        'Whoever runs this PeakPro CRM turned the second factor of your account off. You were signed out everywhere.',
    },
  },
  recovery_code_used: {
    subject: 'A recovery code of your PeakPro CRM account was used',
    sentence: { self: 'A recovery code of your PeakPro CRM account was used in place of a code of the app.' },
  },
};

/** Says to a person what became of the second factor; `at` is text, `url` leads to a new password. Pure. */
export function factorMail(mail: {
  fullName: string;
  kind: FactorNotice;
  by: PasswordChanger;
  at: string;
  url: string;
}): MailText {
  const { subject, sentence } = FACTOR_NOTICES[mail.kind];
  return {
    subject,
    ...mailLayout({
      title: subject,
      paragraphs: [`Hello ${isolatedText(mail.fullName)},`, `${sentence[mail.by]!} That was on ${mail.at}.`],
      button: { text: 'Choose another password', url: mail.url },
      note:
        'If you know of it, there is nothing to do. If not, choose another password now and tell an admin of your ' +
        'organisation.',
      closing: CLOSING,
    }),
  };
}

/**
 * Invites a person, who signs in already or not; `inviter` is the admin who asked. `url` works once and until
 * `expiresAt`, which is text. Pure.
 */
export function invitationMail(mail: {
  fullName: string;
  signsIn: boolean;
  company: string;
  inviter: string;
  url: string;
  expiresAt: string;
}): MailText {
  const company = isolatedText(mail.company);
  const subject = `Join ${company} at PeakPro CRM`;
  return {
    subject,
    ...mailLayout({
      title: subject,
      paragraphs: [
        `Hello ${isolatedText(mail.fullName)},`,
        `${isolatedText(mail.inviter)} invites you to work with ${company} at PeakPro CRM.`,
        ...(mail.signsIn ? ['You sign in there already: join with the password you have.'] : []),
      ],
      button: { text: mail.signsIn ? 'Join' : 'Choose a password and join', url: mail.url },
      note:
        `The link is yours alone, so please do not pass it on. It works once, until ${mail.expiresAt}. ` +
        'If you do not know of it, there is nothing to do.',
      closing: CLOSING,
    }),
  };
}
