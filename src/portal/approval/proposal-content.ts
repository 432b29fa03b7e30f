import { createHash } from 'node:crypto';
import type { AgreedTerms } from '../../contracts/agreed-terms.js';
import type { Deposit } from '../../proposals/deposit.js';

/** What a customer approves: nothing of it may change afterwards. */
export interface ProposalContent {
  id: number;
  name: string;
  currency: string;
  amountCents: number | null;
  lines: readonly { description: string; quantity: number; unitPriceCents: number; amountCents: number }[];
}

/**
 * Which fields the fingerprint of an approval covers: 1 without the deposit, 2 with it, 3 with the terms, 4 with the
 * rate of tax too.
 */
export type ContentVersion = 1 | 2 | 3 | 4;

export const CONTENT_VERSION = 4;

/**
 * SHA-256 over everything a customer approves: name, currency, total, deposit, terms, and each line with its quantity,
 * price and amount, in their order. The same content has the same hash whenever it is taken; any change makes another.
 */
export function contentHash(
  { id, name, currency, amountCents, lines }: ProposalContent,
  deposit: Deposit,
  terms: AgreedTerms,
  version: ContentVersion = CONTENT_VERSION,
): Buffer {
  const content = [
    `proposal.v${version}`,
    id,
    name,
    currency,
    amountCents,
    ...(version === 1 ? [] : [deposit.percent, deposit.cents]),
    ...(version < 3 ? [] : [terms.termsDays, terms.retainagePercent, terms.taxMode, terms.companyTerms]),
    ...(version < 4 ? [] : [terms.taxPercent]),
    lines.map((line) => [line.description, line.quantity, line.unitPriceCents, line.amountCents]),
  ];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest();
}
