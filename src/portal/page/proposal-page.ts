import { isolatedText } from '../../platform/text/isolated-text.js';
import { actionCard, type FormProblem } from './cards/action-card.js';
import { linesTable } from './cards/lines-table.js';
import { accountCard } from './cards/account-card.js';
import { approvedChangesCard, type ChangeProblem, openChangesCard } from './cards/changes-card.js';
import { markup, type Markup } from './frame/markup.js';
import { isAllPaid, type PageAccount } from './facts/page-account.js';
import type { PageFacts } from './facts/page-facts.js';
import { framedPage } from './frame/page-frame.js';
import { pageSteps } from './cards/page-steps.js';
import { type Stage, stageOf } from './facts/proposal-stage.js';
import { dayText, momentText, percentText } from '../../messages/format.js';

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
  changeProblem?: ChangeProblem;
  /** Said above everything else. */
  notice?: string;
}

/**
 * The customer's page: the proposal, how far it is, and the one thing there is to do, which comes first once
 * approved. Pure.
 */
export function proposalPage(facts: PageFacts, showing: Showing): string {
  const { path, now, returning, problem, changeProblem, notice } = showing;
  const { company, proposal, payStartedAt } = facts;
  const { charge, account } = facts;
  const stage = stageOf({
    status: proposal.status,
    owed: charge.owed,
    pending: !charge.owed && charge.code === 'payment_pending',
    inDoubt: !charge.owed && charge.code === 'payment_unknown',
    invoiceInQuestion: !charge.owed && charge.code === 'invoice_in_other_currency',
    hasPaid: facts.paidCents > 0 || (account?.hasSettled ?? false),
    takenBack: (account?.takenBackCents ?? 0) > 0,
    remainingCents: account?.remainingCents ?? 0,
    isTaxToCome: account?.isTaxToCome ?? false,
    hasOpenCheckout: facts.hasOpenCheckout,
    returning,
  });
  const waits = stage === 'confirming' && now.getTime() - (payStartedAt?.getTime() ?? 0) < REFRESH_FOR_MS;
  const lines = markup`<section class="card lines" aria-label="Lines of the proposal">
${linesTable(proposal)}${terms(facts)}</section>`;
  const action = actionCard(facts, stage, path, problem);
  const afterwards = [accountCard(facts), lines, approvedChangesCard(facts)];
  return framedPage({
    title: `${isolatedText(proposal.name)} · ${isolatedText(company)}`,
    company,
    logo: facts.papers.logo,
    layout: 'split',
    ...(waits ? { refreshSeconds: REFRESH_SECONDS } : {}),
    main: markup`${heading(facts)}
${stage !== 'withdrawn' && pageSteps(stage, facts.due.key, isAllPaid(account))}
${notice !== undefined && markup`<p class="notice bad" role="alert">${notice}</p>`}
${standing(facts, stage)}
${stage === 'open' ? [lines, action] : [openChangesCard(facts, path, changeProblem), action, afterwards]}`,
    footer: footer(facts),
  });
}

/** What the customer agrees to beside the lines. */
function terms({
  terms: { termsDays, retainagePercent, taxMode, taxPercent, companyTerms },
}: PageFacts): Markup {
  const due =
    termsDays === 0
      ? 'Each invoice is due on its date.'
      : `Each invoice is due ${termsDays} ${termsDays === 1 ? 'day' : 'days'} after its date.`;
  const kept =
    retainagePercent > 0 &&
    ` ${percentText(retainagePercent)} of each invoice for the work is kept back until the work is complete.`;
  const taxed =
    taxMode !== 'none' &&
    ` Tax${taxMode === 'ours' ? ` of ${percentText(taxPercent)}` : ''} is added on the invoices.`;
  return markup`<h3>Terms</h3>
<p class="quiet">${due}${kept}${taxed}</p>
${companyTerms !== null && markup`<p class="terms quiet">${companyTerms}</p>`}`;
}

function heading({ proposal, customerName, site, timeZone }: PageFacts): Markup {
  const day = dayText(proposal.createdAt, timeZone);
  return markup`<div class="title"><h1>${proposal.name}</h1>
<p>${customerName === null ? null : `Prepared for ${isolatedText(customerName)} · `}${day}</p>
${site !== null && markup`<p>${isolatedText(site)}</p>`}</div>`;
}

/** What has happened so far, in one box. */
function standing({ approval, payments, account, timeZone }: PageFacts, stage: Stage): Markup | null {
  if (stage === 'withdrawn') return markup`<p class="notice">This proposal was withdrawn.</p>`;
  if (approval === null) return null;
  const { at, signerName } = approval;
  const approved =
    'Approved on ' +
    `${momentText(at, timeZone)}${signerName === null ? '' : ` by ${isolatedText(signerName)}`}.`;
  const deposit = payments.findLast(
    ({ key, cents, refundedCents, lostCents }) => key.kind === 'deposit' && cents > refundedCents + lostCents,
  );
  const paid = deposit ? ` Deposit paid on ${dayText(deposit.at, timeZone)}.` : '';
  return markup`<p class="notice good">${approved}${paid}${invoicesPaid(stage, account)}</p>`;
}

function invoicesPaid(stage: Stage, account: PageAccount | null): string {
  if (stage === 'complete')
    return isAllPaid(account) ? ' All invoices are paid.' : ' Nothing is left to pay.';
  const number = account?.settledNumber ?? null;
  return stage === 'paid' && number !== null ? ` Invoice ${number} paid.` : '';
}

function footer({ company, papers, contact, expiresAt, timeZone }: PageFacts): Markup {
  const ways = [papers.phone, papers.address?.replaceAll(/\s*\n\s*/g, ', ')].filter((one) => one != null);
  const reach = ways.length > 0 && markup`<p>${ways.map((one) => isolatedText(one)).join(' · ')}</p>`;
  const whom = contact === null ? '' : markup`${isolatedText(contact)} at `;
  return markup`<p>Questions about this proposal? Ask ${whom}${isolatedText(company)}.</p>
${reach}
<p>This page is yours alone. It stays open until ${dayText(expiresAt, timeZone)}.</p>`;
}
