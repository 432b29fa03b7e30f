import { isolatedText } from '../../platform/text/isolated-text.js';
import { actionCard, type FormProblem } from './action-card.js';
import { linesTable } from './lines-table.js';
import { markup, type Markup } from './markup.js';
import type { PageFacts } from './page-facts.js';
import { framedPage } from './page-frame.js';
import { type Stage, stageOf } from './proposal-stage.js';
import { dayText, momentText } from '../../messages/format.js';

const REFRESH_SECONDS = 3;
const REFRESH_FOR_MS = 15 * 60_000;

/** What makes one showing of the page differ from another. */
export interface Showing {
  /** The page's own address, as a path. */
  path: string;
  now: Date;
  /** The customer was led back from a payment page. */
  returning: boolean;
  problem?: FormProblem;
  /** Said above everything else. */
  notice?: string;
}

/**
 * The customer's page: the proposal, how far it is, and the one thing there is to do, which comes first once
 * approved. Pure.
 */
export function proposalPage(facts: PageFacts, { path, now, returning, problem, notice }: Showing): string {
  const { company, proposal, payStartedAt } = facts;
  const stage = stageOf({
    status: proposal.status,
    paidCents: facts.paidCents,
    lostCents: facts.payment?.lostCents ?? 0,
    invoiceState: facts.invoice?.state ?? null,
    owed: facts.charge.owed,
    checkout: facts.checkout,
    returning,
  });
  const waits = stage === 'confirming' && now.getTime() - (payStartedAt?.getTime() ?? 0) < REFRESH_FOR_MS;
  const lines = markup`<section class="card lines" aria-label="Lines of the proposal">
${linesTable(proposal)}</section>`;
  const action = actionCard(facts, stage, path, problem);
  return framedPage({
    title: `${isolatedText(proposal.name)} · ${isolatedText(company)}`,
    company,
    layout: 'split',
    ...(waits ? { refreshSeconds: REFRESH_SECONDS } : {}),
    main: markup`${heading(facts)}
${stage !== 'withdrawn' && steps(stage)}
${notice !== undefined && markup`<p class="notice bad" role="alert">${notice}</p>`}
${standing(facts, stage)}
${stage === 'open' ? [lines, action] : [action, lines]}`,
    footer: footer(facts),
  });
}

function heading({ proposal, customerName, timeZone }: PageFacts): Markup {
  const day = dayText(proposal.createdAt, timeZone);
  return markup`<div class="title"><h1>${proposal.name}</h1>
<p>${customerName === null ? null : `Prepared for ${isolatedText(customerName)} · `}${day}</p></div>`;
}

const STEPS = ['Approve', 'Pay deposit', 'All set'] as const;

const REACHED: Record<Exclude<Stage, 'withdrawn'>, number> = {
  open: 0,
  payable: 1,
  confirming: 1,
  bank_pending: 1,
  taken_back: 1,
  unpayable: 1,
  paid: 3,
  settled: 3,
};

function steps(stage: Exclude<Stage, 'withdrawn'>): Markup {
  const reached = REACHED[stage];
  return markup`<ol class="steps" aria-label="Progress">${STEPS.map((step, index) =>
    index < reached
      ? markup`<li class="done">${step}<span class="sr"> (done)</span></li>`
      : index === reached
        ? markup`<li class="now" aria-current="step">${step}</li>`
        : markup`<li>${step}</li>`,
  )}</ol>`;
}

/** What has happened so far, in one box. */
function standing({ approval, payment, invoice, timeZone }: PageFacts, stage: Stage): Markup | null {
  if (stage === 'withdrawn') return markup`<p class="notice">This proposal was withdrawn.</p>`;
  if (approval === null) return null;
  const { at, signerName } = approval;
  const approved =
    'Approved on ' +
    `${momentText(at, timeZone)}${signerName === null ? '' : ` by ${isolatedText(signerName)}`}.`;
  const paid =
    payment && (stage === 'paid' || stage === 'settled')
      ? ` Deposit paid on ${dayText(payment.at, timeZone)}.`
      : '';
  const number = invoice?.number ? ` ${invoice.number}` : '';
  const settled = stage === 'settled' ? ` Invoice${number} paid.` : '';
  return markup`<p class="notice good">${approved}${paid}${settled}</p>`;
}

function footer({ company, contact, expiresAt, timeZone }: PageFacts): Markup {
  const whom = contact === null ? '' : markup`${isolatedText(contact)} at `;
  return markup`<p>Questions about this proposal? Ask ${whom}${isolatedText(company)}.</p>
<p>This page is yours alone. It stays open until ${dayText(expiresAt, timeZone)}.</p>`;
}
