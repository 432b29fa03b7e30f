import type { EntityName } from './catalog.ts';
import { type Body, refOf, textOf } from './json.ts';
import { minorOf } from './money.ts';

/** What one transaction adds to what a customer owes us, or to what we owe a vendor, in minor units. */
export interface PartyBalance {
  party: 'Customer' | 'Vendor';
  id: string;
  minor: number;
}

export function currencyOf(body: Body | undefined): string {
  return refOf(body, 'CurrencyRef') ?? 'USD';
}

const EFFECTS: Partial<Record<EntityName, { party: 'Customer' | 'Vendor'; field: string; sign: 1 | -1 }>> = {
  Invoice: { party: 'Customer', field: 'Balance', sign: 1 },
  Payment: { party: 'Customer', field: 'UnappliedAmt', sign: -1 },
  CreditMemo: { party: 'Customer', field: 'Balance', sign: -1 },
  Bill: { party: 'Vendor', field: 'Balance', sign: 1 },
  BillPayment: { party: 'Vendor', field: 'UnappliedAmt', sign: -1 },
  VendorCredit: { party: 'Vendor', field: 'Balance', sign: -1 },
};

/**
 * The open part of a transaction, charged to its customer or vendor. Balances are sums of these, so a payment
 * lowers a balance by its whole amount: the applied part through the invoice, the rest through
 * `UnappliedAmt`.
 */
export function partyBalanceOf(entity: EntityName, body: Body | undefined): PartyBalance | null {
  const effect = EFFECTS[entity];
  if (!effect || !body) return null;
  const id = refOf(body, `${effect.party}Ref`);
  if (id === undefined) return null;
  return {
    party: effect.party,
    id,
    minor: effect.sign * minorOf(textOf(body, effect.field), currencyOf(body)),
  };
}
