import { createHash } from 'node:crypto';

/** What a customer approves: nothing of it may change afterwards. */
export interface ProposalContent {
  id: number;
  name: string;
  currency: string;
  amountCents: number | null;
  lines: readonly { description: string; quantity: number; unitPriceCents: number; amountCents: number }[];
}

/**
 * SHA-256 over everything a customer approves: name, currency, total, and each line with its quantity, price and amount,
 * in their order. The same content has the same hash whenever it is taken; any change makes another.
 */
export function contentHash({ id, name, currency, amountCents, lines }: ProposalContent): Buffer {
  const content = [
    'proposal.v1',
    id,
    name,
    currency,
    amountCents,
    lines.map((line) => [line.description, line.quantity, line.unitPriceCents, line.amountCents]),
  ];
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest();
}
