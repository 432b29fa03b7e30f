import type { NamedKey } from '../../invoices/invoice-key.js';
import { paymentName, paymentTitle, thePayment } from '../../invoices/payment-name.js';
import { moneyText } from '../../messages/format.js';
import { escapeHtml, page } from '../../platform/http/pages/html.js';

/** What a page tells of a payment. Amounts in cents of the currency. */
export interface ShownCheckout {
  sessionId: string;
  amountCents: number;
  currency: string;
  /** What is paid. */
  key: NamedKey;
  status: 'open' | 'pending' | 'paid' | 'failed' | 'expired';
}

/** The mock of Stripe's page, where no money moves. Pure. */
export function devCheckoutPage(checkout: ShownCheckout): string {
  return page(
    `Pay ${thePayment(checkout.key)}`,
    `<h1>${moneyText(checkout.amountCents, checkout.currency)}</h1>
<p class="quiet">Dev mode: there is no Stripe key, and no money moves.</p>
<form method="post" action="/portal/dev-checkout/${escapeHtml(checkout.sessionId)}">
<button id="pay">Pay</button>
</form>`,
  );
}

/** Where a customer comes back to after the hosted page. Pure. */
export function returnPage(checkout: ShownCheckout): string {
  const [title, text, tone] = noticeOf(checkout);
  return page(
    title,
    `<h1>${title}</h1>
<p class="notice${tone}" role="status">${text}</p>
<dl><dt>${paymentTitle(checkout.key)}</dt><dd>${moneyText(checkout.amountCents, checkout.currency)}</dd></dl>
<p class="quiet">You can close this page.</p>`,
  );
}

/** Where a customer comes back to who left the hosted page; another tab may have paid on it. Pure. */
export function cancelledPage(): string {
  return page(
    'You left the payment page',
    `<h1>You left the payment page</h1>
<p>Open the link of your proposal again: it shows what is paid, and there you can pay later.</p>`,
  );
}

/** What became of a payment: title, sentence, and how the box looks. */
function noticeOf({ status, key }: ShownCheckout): [title: string, text: string, tone: string] {
  return status === 'paid'
    ? ['Thank you', `We have received your ${paymentName(key)}.`, '']
    : NOTICES[status];
}

const NOTICES: Record<
  Exclude<ShownCheckout['status'], 'paid'>,
  [title: string, text: string, tone: string]
> = {
  open: ['Thank you', 'Your payment is on its way to us. This page shows it in a moment.', ''],
  pending: ['Thank you', 'Your bank has been asked. We confirm the payment as soon as it arrives.', ''],
  failed: ['Not paid', 'The payment did not go through. Nothing was taken.', ' bad'],
  expired: ['Not paid', 'This page has expired. Open the link of your proposal again.', ' bad'],
};
