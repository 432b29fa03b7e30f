import type { QboInvoice } from '../../api/model/qbo-objects.js';
import { moneyText } from '../../../messages/format.js';

/** A payment over more than is open on its invoice: QuickBooks would keep the rest as a credit. Pure. */
export function isOverpayment(
  amountCents: number,
  { balanceCents }: Pick<QboInvoice, 'balanceCents'>,
): boolean {
  return amountCents > balanceCents;
}

/** Why a payment does not fit what is open on its invoice, as a clause. Pure. */
export function openTooLittle(
  {
    docNumber,
    id,
    totalCents,
    balanceCents,
  }: Pick<QboInvoice, 'docNumber' | 'id' | 'totalCents' | 'balanceCents'>,
  currency: string,
): string {
  const open = balanceCents === 0 ? 'nothing' : `only ${moneyText(balanceCents, currency)}`;
  const settled = totalCents - balanceCents;
  const rest = settled === 0 ? '' : ` and ${moneyText(settled, currency)} of it is settled already`;
  return `${open} is open on invoice ${docNumber ?? id}: it is over ${moneyText(totalCents, currency)}${rest}`;
}
