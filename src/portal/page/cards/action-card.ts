import { type InvoiceKey, isSameKey } from '../../../invoices/invoice-key.js';
import { thePayment } from '../../../invoices/payment-name.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import { markup, type Markup } from '../frame/markup.js';
import type { PageFacts } from '../facts/page-facts.js';
import type { Stage } from '../facts/proposal-stage.js';
import { overpaid, receipt } from './receipt.js';
import { calendarDayText, moneyText, percentText } from '../../../messages/format.js';

export const SIGNER_NAME_MAX = 120;

/** What a form that was not taken says, and what the customer had typed. */
export interface FormProblem {
  message: string;
  typedName: string;
}

/** What there is to do now, or what was done: beside the lines on a desk, below them on a phone. Pure. */
export function actionCard(facts: PageFacts, stage: Stage, path: string, problem?: FormProblem): Markup {
  return markup`<section class="card act" aria-labelledby="act">${contentOf(facts, stage, path, problem)}</section>`;
}

function contentOf(facts: PageFacts, stage: Stage, path: string, problem?: FormProblem): Markup {
  switch (stage) {
    case 'open':
      return approveForm(facts, path, problem);
    case 'payable':
      return payForm(facts, path);
    case 'confirming':
      return markup`<h2 id="act">We are confirming your payment</h2>
<p role="status">This usually takes a few seconds, and this page shows your receipt by itself. Please do not pay
  again.</p>
${waitingSums(facts)}
<p class="quiet screen"><a href="${path}">Did not finish paying? Go back to the proposal</a></p>`;
    case 'bank_pending':
      return markup`<h2 id="act">Your bank payment is on its way</h2>
<p role="status">Banks take a few business days. You do not need to do anything, and please do not pay again.</p>
${waitingSums(facts)}`;
    case 'in_doubt':
      return markup`<h2 id="act">We are looking for a payment of yours</h2>
<p role="status">There is a payment of yours that we are yet to put here. You do not need to do anything, and please
  do not pay again. ${isolatedText(facts.company)} will be in touch if anything is open.</p>
${waitingSums(facts)}`;
    case 'invoice_in_question':
      return markup`<h2 id="act">Your invoice is being put right</h2>
${takenBack(facts)}${refunded(facts)}
${accountSums(facts)}
<p role="status">The invoice that is due has an error. Please do not pay it yet: ${isolatedText(facts.company)} will be
  in touch once it can be paid.</p>`;
    case 'taken_back':
      return markup`<h2 id="act">Please get in touch</h2>
${takenBack(facts)}
${accountSums(facts)}
<p>${isolatedText(facts.company)} will tell you how to pay it.</p>`;
    case 'unpayable':
      if (isBeyondStripe(facts)) return payElsewhere(facts);
      return markup`<h2 id="act">Approved</h2>
${takenBack(facts)}${refunded(facts)}
${accountSums(facts)}
<p>There is nothing to pay here at the moment. ${isolatedText(facts.company)} will be in touch.</p>`;
    case 'withdrawn':
      return markup`<h2 id="act">Nothing to do here</h2>
<p>${isolatedText(facts.company)} has withdrawn this proposal. Get in touch if you did not expect this.</p>
${
  facts.paidCents > 0 &&
  markup`<p>Your payment of ${moneyText(facts.paidCents, facts.proposal.currency)} has arrived.
  ${isolatedText(facts.company)} will settle it with you.</p>`
}`;
    case 'paid':
    case 'complete':
      return receipt(facts, stage);
    default:
      return stage satisfies never;
  }
}

/** While a payment is on its way. */
function waitingSums(facts: PageFacts): Markup {
  const { charge, due } = facts;
  if (due.key.kind === 'deposit') return sums(facts);
  return charge.owed ? dueSums(facts, charge.amountCents) : accountSums(facts);
}

function approveForm(facts: PageFacts, path: string, problem?: FormProblem): Markup {
  const describedBy = problem ? 'name-error name-hint' : 'name-hint';
  return markup`<h2 id="act">Approve this proposal</h2>
${sums(facts)}
<form method="post" action="${path}/approve">
<input type="hidden" name="version" value="${facts.proposal.version}">
<label for="name">Your full name</label>
<input id="name" name="name" autocomplete="name" autocapitalize="words" maxlength="${SIGNER_NAME_MAX}" required
  aria-describedby="${describedBy}" value="${problem?.typedName}"${problem && markup` aria-invalid="true" autofocus`}>
${problem && markup`<p class="error" id="name-error">${problem.message}</p>`}
<p class="hint" id="name-hint">By pressing Approve you accept this proposal under your name. We keep the time
  and your network address with it.</p>
<button>Approve</button>
</form>
<p class="print">To approve this proposal, open its link.</p>`;
}

function payForm(facts: PageFacts, path: string): Markup {
  const { charge, due, account, proposal } = facts;
  const cents = charge.owed ? charge.amountCents : 0;
  const amount = moneyText(cents, proposal.currency);
  const whole = wholeCents(facts);
  const isPart = whole !== null && cents < whole;
  return markup`<h2 id="act">Pay ${thePayment(due.key)}</h2>
${takenBack(facts)}${refunded(facts)}${overpaid(facts)}${onAccount(facts)}
${due.key.kind === 'deposit' ? sums(facts) : dueSums(facts, cents)}
${isPart && markup`<p>${amount} of ${thePayment(due.key)} is still open; the rest is settled.</p>`}
<form method="post" action="${path}/pay">
<button>${buttonText(due.key, amount, isPart)}</button>
</form>
<p class="hint screen">You pay on a secure page of Stripe. Your card number never reaches
  ${isolatedText(facts.company)}.${
    account !== null && account.remainingCents > cents && markup` The rest of the contract is paid later.`
  }</p>`;
}

/** Who has paid by check is not to pay by card as well, because a bookkeeper has yet to put it on the invoice. */
function onAccount({ hasMoneyOnAccount, company }: PageFacts): Markup | false {
  return (
    hasMoneyOnAccount &&
    markup`<p class="notice" role="status">A payment of yours has arrived that is on no invoice yet. If it was for
  this, do not pay again; ${isolatedText(company)} will put it here.</p>`
  );
}

function isBeyondStripe({ charge }: PageFacts): boolean {
  return !charge.owed && (charge.code === 'amount_above_maximum' || charge.code === 'amount_below_minimum');
}

/** More or less is due than one payment by card or bank can be. */
function payElsewhere(facts: PageFacts): Markup {
  const { due } = facts;
  return markup`<h2 id="act">Pay ${thePayment(due.key)}</h2>
${takenBack(facts)}${refunded(facts)}
${due.key.kind === 'deposit' ? sums(facts) : dueSums(facts, wholeCents(facts) ?? 0)}
<p>This amount cannot be paid online. ${isolatedText(facts.company)} will tell you how to pay it.</p>`;
}

function buttonText(key: InvoiceKey, amount: string, isPart: boolean): string {
  if (isPart) return `Pay the remaining ${amount}`;
  return key.kind === 'deposit' ? `Pay deposit of ${amount}` : `Pay ${amount}`;
}

/** What the invoice that is due comes to, or the deposit before it is billed. */
function wholeCents({ account, due, deposit }: PageFacts): number | null {
  const row = account?.rows.find(({ key }) => isSameKey(key, due.key));
  return row && row.invoiceNumber !== null ? row.amountCents : (deposit?.cents ?? null);
}

function dueSums({ account, due, proposal }: PageFacts, cents: number): Markup {
  const money = (amount: number): string => moneyText(amount, proposal.currency);
  const remaining = Math.max((account?.remainingCents ?? 0) - cents, 0);
  return markup`<dl class="sums">
<dt class="big">Amount due</dt><dd class="big">${money(cents)}</dd>
${due.invoiceNumber !== null && markup`<dt>Invoice</dt><dd>${due.invoiceNumber}</dd>`}
${due.dueOn !== null && markup`<dt>Due date</dt><dd>${calendarDayText(due.dueOn)}</dd>`}
<dt>Contract</dt><dd>${money(account?.valueCents ?? proposal.totalCents)}</dd>
<dt>Left after this</dt><dd>${money(remaining)}</dd>
</dl>`;
}

function takenBack({ payments, proposal }: PageFacts): Markup | false {
  const lostCents = payments.at(-1)?.lostCents ?? 0;
  if (lostCents === 0) return false;
  const lost = moneyText(lostCents, proposal.currency);
  return markup`<p class="notice bad" role="status">Your bank took back ${lost} of your payment.</p>`;
}

function refunded({ payments, proposal }: PageFacts): Markup | false {
  const { refundedCents, cents } = payments.at(-1) ?? { refundedCents: 0, cents: 0 };
  if (refundedCents === 0) return false;
  const text = moneyText(refundedCents, proposal.currency);
  return refundedCents < cents
    ? markup`<p class="quiet">${text} of your payment was refunded.</p>`
    : markup`<p class="quiet">Your payment of ${text} was refunded.</p>`;
}

function sums({ proposal, deposit, account }: PageFacts): Markup {
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  const totalCents = account?.valueCents ?? proposal.totalCents;
  return markup`<dl class="sums">
<dt>Total</dt><dd>${money(totalCents)}</dd>
${
  deposit &&
  markup`<dt class="big">Deposit (${percentText(deposit.percent)})</dt><dd class="big">${money(deposit.cents)}</dd>
<dt>Remaining after the deposit</dt><dd>${money(totalCents - deposit.cents)}</dd>`
}
</dl>`;
}

/** The contract and what of it is to be paid. */
function accountSums({ account, proposal }: PageFacts): Markup {
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  return markup`<dl class="sums"><dt>Contract</dt><dd>${money(account?.valueCents ?? proposal.totalCents)}</dd>
<dt>Remaining</dt><dd>${money(account?.remainingCents ?? proposal.totalCents)}</dd></dl>`;
}
