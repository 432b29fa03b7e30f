import { markup, type Markup } from '../frame/markup.js';
import type { PageFacts } from '../facts/page-facts.js';
import { moneyText, quantityText } from '../../../messages/format.js';

/** What is offered, line by line. On a phone quantity and price stand under the description. Pure. */
export function linesTable({ lines, currency, totalCents }: PageFacts['proposal']): Markup {
  return markup`<table>
<caption>What is included</caption>
<thead><tr><th scope="col">Description</th><th scope="col" class="wide">Quantity</th><th scope="col"
  class="wide">Unit price</th><th scope="col">Amount</th></tr></thead>
<tbody>
${lines.map((line) => {
  const quantity = quantityText(line.quantity);
  const price = moneyText(line.unitPriceCents, currency);
  const each =
    line.quantity === 1 ? null : markup`<span class="each" aria-hidden="true">${quantity} × ${price}</span>`;
  return markup`<tr><th scope="row">${line.description}${each}</th><td class="wide">${quantity}</td><td
    class="wide">${price}</td><td>${moneyText(line.amountCents, currency)}</td></tr>
`;
})}</tbody>
<tfoot><tr><th scope="row">Total</th><td class="wide"></td><td
  class="wide"></td><td>${moneyText(totalCents, currency)}</td></tr></tfoot>
</table>`;
}
