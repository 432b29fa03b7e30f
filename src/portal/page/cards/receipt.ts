import { isSameKey } from '../../../invoices/invoice-key.js';
import { paymentTitle, yourPayment } from '../../../invoices/payment-name.js';
import { momentText, moneyText } from '../../../messages/format.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import { markup, type Markup } from '../frame/markup.js';
import { isAllPaid } from '../facts/page-account.js';
import type { PageFacts } from '../facts/page-facts.js';

/** What was paid last, when, under which reference, and what remains. Pure. */
export function receipt(facts: PageFacts, stage: 'paid' | 'complete'): Markup {
  const { proposal, payments, account, timeZone } = facts;
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  const payment = payments.at(-1);
  const invoice = payment && account?.rows.find(({ key }) => isSameKey(key, payment.key))?.invoiceNumber;
  return markup`<h2 id="act">${titleOf(facts, stage)}</h2>
<p role="status">${thanks(facts, stage)}</p>
<dl class="sums">
${
  payment &&
  markup`<dt class="big">Paid</dt><dd
  class="big">${money(payment.cents)}</dd>
<dt>For</dt><dd>${paymentTitle(payment.key)}</dd>
<dt>Date</dt><dd><time datetime="${payment.at.toISOString()}">${momentText(payment.at, timeZone)}</time></dd>
<dt>Reference</dt><dd>${payment.reference}</dd>
${payment.refundedCents > 0 && markup`<dt>Refunded</dt><dd>${money(payment.refundedCents)}</dd>`}`
}
${invoice && markup`<dt>Invoice</dt><dd>${invoice}</dd>`}
<dt>Contract</dt><dd>${money(account?.valueCents ?? proposal.totalCents)}</dd>
<dt>Remaining</dt><dd>${money(account?.remainingCents ?? 0)}</dd>
</dl>
${overpaid(facts)}
<p class="quiet screen">${
    stage === 'complete'
      ? 'Nothing more is due. You can print this page for your records.'
      : markup`${isolatedText(facts.company)} will be in touch about the next steps. The next invoice is shown
  and paid here. You can print this page for your records.`
  }</p>`;
}

function titleOf({ payments, account }: PageFacts, stage: 'paid' | 'complete'): string {
  if (stage === 'complete') return isAllPaid(account) ? 'Paid in full' : 'Nothing left to pay';
  return payments.length > 0 ? 'Receipt' : 'Paid';
}

function thanks({ payments, account }: PageFacts, stage: 'paid' | 'complete'): string {
  if (stage === 'complete') {
    return isAllPaid(account) ? 'Thank you. Everything is paid.' : 'Thank you. Nothing is left to pay.';
  }
  const payment = payments.at(-1);
  if (!payment || payment.refundedCents + payment.lostCents >= payment.cents) {
    return 'Thank you. Your invoice is paid.';
  }
  return `Thank you. ${yourPayment(payment.key)} is paid.`;
}

/** Money and credits beyond what was open, which the company settles. */
export function overpaid({ account, proposal, company }: PageFacts): Markup | false {
  if (account === null) return false;
  if (account.overpaidCents === 0) {
    return (
      account.creditCents > 0 &&
      markup`<p class="notice" role="status">You have a credit of
  ${moneyText(account.creditCents, proposal.currency)}. ${isolatedText(company)} will settle it with you.</p>`
    );
  }
  const cents = moneyText(account.overpaidCents, proposal.currency);
  return markup`<p class="notice" role="status">You have paid ${cents} more than
  was due. ${isolatedText(company)} will settle it with you.</p>`;
}
