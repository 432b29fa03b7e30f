import { isolatedText } from '../../platform/text/isolated-text.js';
import { markup, type Markup } from './markup.js';
import type { PageFacts } from './page-facts.js';
import type { Stage } from './proposal-stage.js';
import { receipt } from './receipt.js';
import { moneyText, percentText } from '../../messages/format.js';

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
${sums(facts)}
<p class="quiet screen"><a href="${path}">Did not finish paying? Go back to the proposal</a></p>`;
    case 'bank_pending':
      return markup`<h2 id="act">Your bank payment is on its way</h2>
<p role="status">Banks take a few business days. You do not need to do anything, and please do not pay again.</p>
${sums(facts)}`;
    case 'taken_back':
      return markup`<h2 id="act">Please get in touch</h2>
${takenBack(facts)}
<dl class="sums"><dt>Proposal total</dt><dd>${moneyText(facts.proposal.totalCents, facts.proposal.currency)}</dd>
<dt>Remaining</dt><dd>${remaining(facts)}</dd></dl>
<p>${isolatedText(facts.company)} will tell you how to pay it.</p>`;
    case 'unpayable':
      return markup`<h2 id="act">Approved</h2>
${takenBack(facts)}${refunded(facts)}
${sums(facts)}
<p>There is nothing to pay here at the moment. ${isolatedText(facts.company)} will be in touch.</p>`;
    case 'withdrawn':
      return markup`<h2 id="act">Nothing to do here</h2>
<p>${isolatedText(facts.company)} has withdrawn this proposal. Get in touch if you did not expect this.</p>
${
  facts.paidCents > 0 &&
  markup`<p>Your payment of ${moneyText(facts.paidCents, facts.proposal.currency)} has arrived.
  ${isolatedText(facts.company)} will settle it with you.</p>`
}`;
    default:
      return receipt(facts, stage);
  }
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
  const { charge, deposit, proposal } = facts;
  const cents = charge.owed ? charge.amountCents : 0;
  const amount = moneyText(cents, proposal.currency);
  const isPart = deposit !== null && cents < deposit.cents;
  return markup`<h2 id="act">Pay the deposit</h2>
${takenBack(facts)}${refunded(facts)}
${sums(facts)}
${isPart && markup`<p>${amount} of the deposit is still open; the rest has been paid.</p>`}
<form method="post" action="${path}/pay">
<button>${isPart ? `Pay the remaining ${amount}` : `Pay deposit of ${amount}`}</button>
</form>
<p class="hint screen">You pay on a secure page of Stripe. Your card number never reaches
  ${isolatedText(facts.company)}.</p>`;
}

function takenBack({ payment, proposal }: PageFacts): Markup | false {
  if (payment === null || payment.lostCents === 0) return false;
  const lost = moneyText(payment.lostCents, proposal.currency);
  return markup`<p class="notice bad" role="status">Your bank took back ${lost} of your payment.</p>`;
}

function refunded({ payment, proposal }: PageFacts): Markup | false {
  if (payment === null || payment.refundedCents === 0) return false;
  const text = moneyText(payment.refundedCents, proposal.currency);
  return markup`<p class="quiet">Your payment of ${text} was refunded.</p>`;
}

function sums({ proposal, deposit }: PageFacts): Markup {
  const money = (cents: number): string => moneyText(cents, proposal.currency);
  return markup`<dl class="sums">
<dt>Total</dt><dd>${money(proposal.totalCents)}</dd>
${
  deposit &&
  markup`<dt class="big">Deposit (${percentText(deposit.percent)})</dt><dd class="big">${money(deposit.cents)}</dd>
<dt>Remaining after the deposit</dt><dd>${money(proposal.totalCents - deposit.cents)}</dd>`
}
</dl>`;
}

/** What is left of the whole proposal, never negative. */
function remaining({ proposal, paidCents }: PageFacts): string {
  return moneyText(Math.max(proposal.totalCents - paidCents, 0), proposal.currency);
}
