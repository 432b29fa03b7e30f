import type { BookedDocument, CrmFacts } from './facts.ts';

export function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}

/** Neither deleted nor voided. */
export function isLive({ isDeleted, isVoided }: BookedDocument): boolean {
  return !isDeleted && !isVoided;
}

/** As people read it: `$1,234.50`, `€1,234.50`. */
export function moneyOf(cents: number, currency: string): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(cents / 100);
}

/** That of a proposal. */
export function currencyOf({ proposals }: CrmFacts, proposalId: number): string {
  return proposals.find(({ id }) => id === proposalId)?.currency ?? 'USD';
}

/** The same sentence as the first versions wrote amounts: `1234.50 USD`. */
function asBefore(sentence: string): string {
  return sentence.replace(/\$([\d,.]+)/, (_, amount: string) => `${amount.replaceAll(',', '')} USD`);
}

/** What is asked about an e-mail is no answer to a question about money. */
const OF_MAIL = ['reminder_failed', 'reminder_uncertain', 'proposal_not_emailed'];

/** An open item about a proposal, its customer or the whole organisation, that says so (or anything). */
export function hasItem({ inbox, proposals }: CrmFacts, proposalId: number | null, part = ''): boolean {
  const customerId = proposals.find(({ id }) => id === proposalId)?.customerId ?? null;
  return inbox.some(
    (item) =>
      !OF_MAIL.includes(item.code) &&
      (item.proposalId === proposalId ||
        (item.proposalId === null && (item.customerId === null || item.customerId === customerId))) &&
      [part, asBefore(part)].some((said) => item.reason.includes(said)),
  );
}

/** The month before this one, in UTC: on its first hours an organisation may still be in it, and cannot close it. */
export function lastMonth(): string {
  const day = new Date();
  day.setUTCDate(0);
  return day.toISOString().slice(0, 7);
}
