import type { InvoiceKey } from '../../../invoices/invoice-key.js';
import { markup, type Markup } from '../frame/markup.js';
import type { Stage } from '../facts/proposal-stage.js';

const STEPS = ['Approve', 'Deposit', 'Work'] as const;

/** How far the job is, above everything else, and how it ends. Pure. */
export function pageSteps(stage: Exclude<Stage, 'withdrawn'>, due: InvoiceKey, isAllPaid: boolean): Markup {
  const reached = reachedBy(stage, due);
  const steps = [...STEPS, isAllPaid ? 'Paid in full' : 'Settled'];
  return markup`<ol class="steps" aria-label="Progress">${steps.map((step, index) =>
    index < reached
      ? markup`<li class="done">${step}<span class="sr"> (done)</span></li>`
      : index === reached
        ? markup`<li class="now" aria-current="step">${step}</li>`
        : markup`<li>${step}</li>`,
  )}</ol>`;
}

function reachedBy(stage: Exclude<Stage, 'withdrawn'>, due: InvoiceKey): number {
  switch (stage) {
    case 'open':
      return 0;
    case 'complete':
      return STEPS.length + 1;
    case 'paid':
      return 2;
    default:
      return due.kind === 'deposit' ? 1 : 2;
  }
}
