import { isolatedText } from '../../platform/text/isolated-text.js';
import { markup, type Markup } from './markup.js';
import type { PageFacts } from './page-facts.js';
import type { Stage } from './proposal-stage.js';
import { momentText, moneyText } from '../../messages/format.js';

/** What was paid, when, under which reference, and what remains. Pure. */
export function receipt(facts: PageFacts, stage: Stage): Markup {
  const { payment, paidCents, proposal, invoice, timeZone } = facts;
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  const remaining = Math.max(proposal.totalCents - paidCents, 0);
  const thanks =
    stage === 'settled' ? 'Thank you. Your invoice is paid.' : 'Thank you. Your deposit is paid.';
  return markup`<h2 id="act">${payment ? 'Receipt' : 'Paid'}</h2>
<p role="status">${thanks}</p>
<dl class="sums">
${
  payment &&
  markup`<dt class="big">Paid</dt><dd class="big">${money(payment.cents)}</dd>
<dt>Date</dt><dd><time datetime="${payment.at.toISOString()}">${momentText(payment.at, timeZone)}</time></dd>
<dt>Reference</dt><dd>${payment.reference}</dd>
${payment.refundedCents > 0 && markup`<dt>Refunded</dt><dd>${money(payment.refundedCents)}</dd>`}`
}
${invoice?.number && markup`<dt>Invoice</dt><dd>${invoice.number}</dd>`}
<dt>Proposal total</dt><dd>${money(proposal.totalCents)}</dd>
${payment && markup`<dt>Remaining</dt><dd>${money(remaining)}</dd>`}
</dl>
<p class="quiet screen">${isolatedText(facts.company)} will be in touch about the next steps. You can print this
  page for your records.</p>`;
}
