import { createHash } from 'node:crypto';

/** What a customer approves of a change: nothing of it may change afterwards. */
export interface ChangeOrderContent {
  proposalId: number;
  number: number;
  description: string;
  currency: string;
  deltaCents: number;
  /** What the contract comes to with it. */
  valueCents: number;
  lines: readonly { description: string; quantity: number; unitPriceCents: number; amountCents: number }[];
}

/** SHA-256 over everything a customer approves of a change order. The same content has the same hash. Pure. */
export function changeOrderHash(content: ChangeOrderContent): Buffer {
  const { proposalId, number, description, currency, deltaCents, valueCents, lines } = content;
  const fields = [
    'change_order.v1',
    proposalId,
    number,
    description,
    currency,
    deltaCents,
    valueCents,
    lines.map((line) => [line.description, line.quantity, line.unitPriceCents, line.amountCents]),
  ];
  return createHash('sha256').update(JSON.stringify(fields), 'utf8').digest();
}
