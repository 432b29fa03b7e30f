import { DomainError } from '../../platform/errors/domain-error.js';
import { VendorError } from '../../platform/errors/vendor-error.js';
import { isolatedText } from '../../platform/text/isolated-text.js';
import type { ConsentFailure } from './consent/oauth-state.entity.js';

const START = '/qbo/oauth/start';

/** `state` is none of ours, is of another browser, too old or used. */
export function badState(): DomainError {
  return new DomainError(
    'bad_request',
    'qbo_bad_state',
    'This answer from QuickBooks does not belong to a connection begun here in the last ten minutes, or ' +
      `was used before. Begin again at ${START} in the same browser.`,
  );
}

/** The browser began a consent for one organisation and is in another by now. Nothing was spent. */
export function inOtherOrg(begunFor: { name: string }, { company }: { company: string }): DomainError {
  return new DomainError(
    'conflict',
    'qbo_other_organisation',
    `You are signed in to ${isolatedText(company)} by now, and this was begun for ${isolatedText(begunFor.name)}. ` +
      'Nothing was connected. Switch back on the page of your account and load this page again, or begin again at ' +
      `${START}.`,
  );
}

/** A link to the start was made for another organisation than the one its person is in. Nothing was begun. */
export function startOfOtherOrg({ company }: { company: string }): DomainError {
  return new DomainError(
    'conflict',
    'qbo_other_organisation',
    `You are signed in to ${isolatedText(company)}, and this is to connect another organisation of yours. Nothing ` +
      'was begun. Switch to that one on the page of your account and open this again; to connect ' +
      `${isolatedText(company)}, begin at ${START}.`,
  );
}

/** The person said no. */
export function accessDenied(): DomainError {
  return new DomainError(
    'bad_request',
    'qbo_access_denied',
    `Access was declined in QuickBooks, so nothing was connected. Begin again at ${START} when you want to.`,
  );
}

export function badCallback(): DomainError {
  return new DomainError(
    'bad_request',
    'qbo_bad_callback',
    `QuickBooks sent an answer that cannot be used. Begin again at ${START}.`,
  );
}

export function codeRefused(): DomainError {
  return new DomainError(
    'bad_request',
    'qbo_code_refused',
    `QuickBooks no longer accepts this consent: it was used or is too old. Begin again at ${START}.`,
  );
}

/** `error` is OAuth's own word, `invalid_client`. */
export function clientRefused(error: string): DomainError {
  return new DomainError(
    'conflict',
    'qbo_client_refused',
    `Intuit refuses this installation (${error}): QBO_CLIENT_ID, QBO_CLIENT_SECRET or QBO_REDIRECT_URI ` +
      'is not what Intuit has on file.',
  );
}

export function companyNotConfirmed(): DomainError {
  return new DomainError(
    'bad_request',
    'qbo_company_not_confirmed',
    `QuickBooks does not let this consent into that company. Begin again at ${START} as an administrator ` +
      'of the company.',
  );
}

export function companyTaken(): DomainError {
  return new DomainError(
    'conflict',
    'qbo_company_taken',
    'This QuickBooks company is connected to another organisation here. It has to be given up there first.',
  );
}

/** `ours` is the company the links point into, `theirs` the one of the consent. */
export function otherCompany(ours: string, theirs: string): DomainError {
  return new DomainError(
    'conflict',
    'qbo_other_company',
    `Customers and invoices here belong to the company "${ours}", but the consent is for "${theirs}". ` +
      `Either connect "${ours}" again at ${START}, or leave it for good at ${START}?replace_company=true: ` +
      'what is linked to it stays as it is and is no longer kept in step.',
  );
}

/** How what went wrong with a consent is shown to the browser that gave it. */
export function consentFailureOf(error: unknown): ConsentFailure {
  if (error instanceof VendorError) {
    return { status: error.facts.status, code: error.facts.code, detail: error.message };
  }
  if (error instanceof DomainError) {
    return { status: error.kind === 'conflict' ? 409 : 400, code: error.code, detail: error.message };
  }
  return {
    status: 500,
    code: 'internal_error',
    detail: `Something failed here, not at QuickBooks, and nothing was connected. Begin again at ${START}.`,
  };
}

/** True where nothing is known of the consent, so that there is no result of it. */
export function isBadState(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'qbo_bad_state';
}
