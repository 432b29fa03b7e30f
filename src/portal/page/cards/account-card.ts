import { paymentTitle } from '../../../invoices/payment-name.js';
import { calendarDayText, dayText, moneyText } from '../../../messages/format.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import { markup, type Markup } from '../frame/markup.js';
import type { AccountRow, PageAccount } from '../facts/page-account.js';
import type { PageFacts, ShownPayment } from '../facts/page-facts.js';

/** By which payments the contract is paid, what was paid, and what remains. Nothing before the approval. Pure. */
export function accountCard({ account, payments, proposal, timeZone }: PageFacts): Markup | null {
  if (account === null) return null;
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  return markup`<section class="card account" aria-label="Payments">
<table>
<caption>Payments</caption>
<thead><tr><th scope="col">What</th><th scope="col">Amount</th></tr></thead>
<tbody>
${account.rows.map(
  (
    row,
  ) => markup`<tr><th scope="row">${paymentTitle(row.key)}<span class="when ${TONES[row.state]}">${wordsOf(
    row,
    money,
  )}</span></th><td>${money(row.amountCents)}</td></tr>
`,
)}</tbody>
<tfoot>${sums(account, money)}</tfoot>
</table>
${payments.length > 0 && received(payments, money, timeZone)}
</section>`;
}

const TONES: Record<AccountRow['state'], string> = {
  planned: '',
  on_its_way: '',
  due: 'wait',
  overdue: 'bad',
  paid: 'good',
  paid_here: 'good',
  credited: 'good',
};

function wordsOf(row: AccountRow, money: (cents: number) => string): string {
  const invoice = row.invoiceNumber === null ? '' : `Invoice ${isolatedText(row.invoiceNumber)} · `;
  const part = row.openCents > 0 && row.openCents < row.amountCents ? `${money(row.openCents)} open, ` : '';
  switch (row.state) {
    case 'planned':
      return planned(row);
    case 'on_its_way':
      return 'The invoice is on its way';
    case 'due':
      return `${invoice}${part}${row.dueOn === null ? 'due' : `due ${calendarDayText(row.dueOn)}`}`;
    case 'overdue':
      return `${invoice}${part}${row.dueOn === null ? 'overdue' : `overdue since ${calendarDayText(row.dueOn)}`}`;
    case 'paid':
    case 'paid_here':
      return `${invoice}paid`;
    case 'credited':
      return `${invoice}nothing left to pay`;
    default:
      return row.state satisfies never;
  }
}

function planned({ key, milestone, plannedOn }: AccountRow): string {
  if (milestone !== null) return `When this is reached: ${isolatedText(milestone)}`;
  if (plannedOn !== null) return `On ${calendarDayText(plannedOn)}`;
  switch (key.kind) {
    case 'deposit':
      return 'After the approval';
    case 'progress':
      return 'As the work goes on';
    case 'final':
      return 'When the work is complete';
    case 'retainage':
      return 'After the work is complete';
    default:
      return key.kind satisfies never;
  }
}

function sums(account: PageAccount, money: (cents: number) => string): Markup {
  const { valueCents, taxCents, remainingCents, creditCents, refundedCents, writtenOffCents } = account;
  const settledCents = valueCents + taxCents - remainingCents + creditCents;
  const paidCents = Math.max(settledCents - refundedCents - writtenOffCents, 0);
  const line = (name: string, cents: number): Markup =>
    markup`<tr><th scope="row">${name}</th><td>${money(cents)}</td></tr>`;
  const paid = refundedCents > 0 ? 'Paid, less refunds' : 'Paid';
  return markup`${[
    line('Contract', valueCents),
    taxCents !== 0 && line('Tax', taxCents),
    line(paid, paidCents),
    refundedCents > 0 && line('Refunded', refundedCents),
    writtenOffCents > 0 && line('No longer asked for', writtenOffCents),
    creditCents > 0 && line('Your credit', creditCents),
    line('Remaining', remainingCents),
  ]}`;
}

/** Every payment by the payment page, oldest first. */
function received(
  payments: readonly ShownPayment[],
  money: (cents: number) => string,
  timeZone: string,
): Markup {
  return markup`<h3>Received online</h3>
<ul class="received">${payments.map(
    ({ key, cents, refundedCents, lostCents, at, reference }) => markup`<li><span>${paymentTitle(key)},
${dayText(at, timeZone)}<span class="when">${reference}</span>${
      refundedCents > 0 && markup`<span class="when">${money(refundedCents)} refunded</span>`
    }${lostCents > 0 && markup`<span class="when bad">${money(lostCents)} taken back by your bank</span>`}</span>
<span>${money(cents)}</span></li>
`,
  )}</ul>`;
}
