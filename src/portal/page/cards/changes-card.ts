import { momentText, moneyText, quantityText } from '../../../messages/format.js';
import { isolatedText } from '../../../platform/text/isolated-text.js';
import { type FormProblem, SIGNER_NAME_MAX } from './action-card.js';
import { markup, type Markup } from '../frame/markup.js';
import type { PageFacts } from '../facts/page-facts.js';
import type { ShownChange } from '../facts/page-changes.js';

/** What a form of a change order that was not taken says. */
export interface ChangeProblem extends FormProblem {
  number: number;
}

/** The changes that wait for the customer, to read and to sign. Nothing where none does. Pure. */
export function openChangesCard(facts: PageFacts, path: string, problem?: ChangeProblem): Markup | null {
  const open = facts.changes.filter(({ offer }) => offer !== null);
  if (open.length === 0) return null;
  const toApprove = open.every(({ isRefused }) => isRefused) ? 'under discussion' : 'for you to approve';
  return markup`<section class="card lines" aria-labelledby="open-changes">
<h2 id="open-changes">${open.length === 1 ? 'A change' : 'Changes'} ${toApprove}</h2>
${open.map((change, place) => markup`${place > 0 && markup`<hr>`}${changeForm(facts, change, path, problem)}`)}
</section>`;
}

/** The changes that are part of the contract. Nothing where there is none. Pure. */
export function approvedChangesCard({ changes, proposal, account, timeZone }: PageFacts): Markup | null {
  const approved = changes.filter(({ offer }) => offer === null);
  if (approved.length === 0) return null;
  return markup`<section class="card lines" aria-label="Approved changes">
<table>
<caption>Approved changes</caption>
<thead><tr><th scope="col">Change</th><th scope="col">Amount</th></tr></thead>
<tbody>
${approved.map(
  (change) => markup`<tr><th scope="row">${titleOf(change)}<span class="when">${approvalText(
    change,
    timeZone,
  )}</span>${creditText(change, proposal.currency)}</th><td>${signed(change.deltaCents, proposal.currency)}</td></tr>
`,
)}</tbody>
${
  account &&
  markup`<tfoot><tr><th scope="row">Contract</th><td>${moneyText(
    account.valueCents,
    proposal.currency,
  )}</td></tr></tfoot>`
}
</table>
</section>`;
}

function changeForm(facts: PageFacts, change: ShownChange, path: string, problem?: ChangeProblem): Markup {
  const { currency } = facts.proposal;
  const { lines, deltaCents, isRefused } = change;
  const { valueCents } = change.offer!;
  return markup`<table>
<caption>${titleOf(change)}</caption>
<thead><tr><th scope="col">Description</th><th scope="col">Amount</th></tr></thead>
<tbody>
${lines.map((line) => lineRow(line, currency))}</tbody>
<tfoot><tr><th scope="row">Change</th><td>${signed(deltaCents, currency)}</td></tr>
<tr><th scope="row">Contract with this change</th><td>${moneyText(valueCents, currency)}</td></tr></tfoot>
</table>
${isRefused ? refusedText(facts) : signForm(facts, change, path, problem)}`;
}

/** What to sign would be refused, whoever signs: the company has to act first. */
function refusedText({ company }: PageFacts): Markup {
  return markup`<p role="status">This change cannot be approved at the moment. ${isolatedText(company)} will be in touch
  about it.</p>`;
}

function signForm(
  { company }: PageFacts,
  { number, offer }: ShownChange,
  path: string,
  problem?: ChangeProblem,
): Markup {
  const name = `name-${number}`;
  const mine = problem?.number === number ? problem : undefined;
  const describedBy = mine ? `${name}-error ${name}-hint` : `${name}-hint`;
  return markup`<form method="post" action="${path}/change-orders/${number}/approve">
<input type="hidden" name="version" value="${offer!.version}">
<label for="${name}">Your full name</label>
<input id="${name}" name="name" autocomplete="name" autocapitalize="words" maxlength="${SIGNER_NAME_MAX}" required
  aria-describedby="${describedBy}" value="${mine?.typedName}"${mine && markup` aria-invalid="true" autofocus`}>
${mine && markup`<p class="error" id="${name}-error">${mine.message}</p>`}
<p class="hint" id="${name}-hint">By pressing Approve you accept this change to your contract with
  ${isolatedText(company)} under your name. We keep the time and your network address with it.</p>
<button>Approve change order ${number}</button>
</form>
<p class="print">To approve this change, open the link of this page.</p>`;
}

function lineRow(line: ShownChange['lines'][number], currency: string): Markup {
  const each =
    line.quantity === 1
      ? null
      : markup`<span class="when">${quantityText(line.quantity)} × ${moneyText(line.unitPriceCents, currency)}</span>`;
  const amount = moneyText(line.amountCents, currency);
  return markup`<tr><th scope="row">${line.description}${each}</th><td>${amount}</td></tr>
`;
}

function titleOf({ number, description }: ShownChange): string {
  return `Change order ${number}: ${isolatedText(description)}`;
}

function approvalText({ approved }: ShownChange, timeZone: string): string {
  const { at, signerName } = approved!;
  return `Approved on ${momentText(at, timeZone)}${signerName === null ? '' : ` by ${isolatedText(signerName)}`}`;
}

function creditText({ creditCents }: ShownChange, currency: string): Markup | false {
  if (creditCents === 0) return false;
  return markup`<span class="when good">${moneyText(creditCents, currency)} of it is your credit</span>`;
}

/** With its sign, so that what is added is told from what is left out. */
function signed(cents: number, currency: string): string {
  return cents > 0 ? `+${moneyText(cents, currency)}` : moneyText(cents, currency);
}
