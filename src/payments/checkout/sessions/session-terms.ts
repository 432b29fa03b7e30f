import { type InvoiceKey, isSameKey } from '../../../invoices/invoice-key.js';
import type { OrgSettings } from '../../../orgs/settings/org-settings.service.js';
import type { CheckoutSession } from './checkout-session.entity.js';

/** True where an open page asks for exactly this. Pure. */
export function asksFor(
  { invoiceKind: kind, invoiceSequence: sequence, amountCents }: CheckoutSession,
  asked: { key: InvoiceKey; amountCents: number },
): boolean {
  return amountCents === asked.amountCents && isSameKey({ kind, sequence }, asked.key);
}

/** True of a page by which the account is paid that its organisation is paid into by these settings. Pure. */
export function isInAccountOf(
  { stripeAccountId: ofNow }: Pick<OrgSettings, 'stripeAccountId'>,
  { devMode, stripeAccountId }: CheckoutSession,
): boolean {
  return devMode || stripeAccountId === ofNow;
}
