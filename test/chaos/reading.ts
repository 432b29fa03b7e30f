import type { BookedDocument, CrmFacts } from './facts.ts';

export function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}

/** Neither deleted nor voided. */
export function isLive({ isDeleted, isVoided }: BookedDocument): boolean {
  return !isDeleted && !isVoided;
}

/** As people read it: `$1,234.50`. */
export function dollars(cents: number): string {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(cents / 100);
}

/** The same sentence as the first versions wrote amounts: `1234.50 USD`. */
function asBefore(sentence: string): string {
  return sentence.replace(/\$([\d,.]+)/, (_, amount: string) => `${amount.replaceAll(',', '')} USD`);
}

/** An open item about a proposal, its customer or the whole organisation, that says so (or anything). */
export function hasItem({ inbox, proposals }: CrmFacts, proposalId: number | null, part = ''): boolean {
  const customerId = proposals.find(({ id }) => id === proposalId)?.customerId ?? null;
  return inbox.some(
    (item) =>
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
