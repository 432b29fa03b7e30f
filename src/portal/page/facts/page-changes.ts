import type { WholeChangeOrder } from '../../../contracts/change-orders/change-orders.repository.js';
import { changeOrderHash } from '../../approval/change-order-content.js';

/** A change of the contract as its customer sees it. */
export interface ShownChange {
  number: number;
  description: string;
  deltaCents: number;
  lines: readonly { description: string; quantity: number; unitPriceCents: number; amountCents: number }[];
  /** Null while it waits for the customer. */
  approved: { at: Date; signerName: string | null } | null;
  /** What the contract comes to with it, and the name of exactly this; null once it is approved. */
  offer: { valueCents: number; version: string } | null;
  /** It waits for the customer, and cannot be approved as the contract stands. */
  isRefused: boolean;
  /** What of its credit is on no invoice. */
  creditCents: number;
}

/** The changes of a contract that its customer is shown: none that was withdrawn. Pure. */
export function pageChanges(
  contract: { proposalId: number; currency: string; valueCents: number },
  orders: readonly WholeChangeOrder[],
  signers: ReadonlyMap<number, string>,
  isRefused: (one: WholeChangeOrder) => boolean,
): ShownChange[] {
  return orders
    .filter(({ order }) => order.state !== 'void')
    .map((one) => {
      const { order, lines, creditMemo } = one;
      const { number, description, deltaCents, approvedAt } = order;
      const valueCents = contract.valueCents + deltaCents;
      const content = { ...contract, number, description, deltaCents, valueCents, lines };
      const isOpen = order.state === 'draft';
      return {
        number,
        description,
        deltaCents,
        lines,
        approved: isOpen ? null : { at: approvedAt!, signerName: signers.get(order.id) ?? null },
        offer: isOpen ? { valueCents, version: changeOrderHash(content).toString('hex') } : null,
        isRefused: isOpen && isRefused(one),
        creditCents: creditMemo?.state === 'open' ? (creditMemo.balanceCents ?? 0) : 0,
      };
    });
}
