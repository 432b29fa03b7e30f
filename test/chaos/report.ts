import { table } from '../../bench/harness/report.ts';
import type { Facts } from './facts.ts';
import { storyOf } from './journal.ts';
import { sum } from './reading.ts';
import type { Outcome } from './play.ts';

const STORIES_MAX = 12;

/** Where fewer than one in thirty deeds became a payment that everybody has, agreement says little. Pure. */
export function isIdle({ plan, facts }: Outcome): boolean {
  return facts.stripe.charges.length < plan.deeds.length / 30;
}

/** What a run came to: what was done and went wrong, what stands where, and the story of each difference. Pure. */
export function reportOf(outcome: Outcome): string {
  const { plan, facts, differences, journal, restMs } = outcome;
  const verdict =
    differences.length === 0
      ? `agreed ${(restMs / 1000).toFixed(1)} s after the last fault`
      : `${differences.length} differences`;
  const faults = [...Map.groupBy(plan.faults, ({ fault }) => fault)]
    .map(([fault, all]) => `${fault} ${all.length}`)
    .join(', ');
  const stories = differences.slice(0, STORIES_MAX).map(({ law, what, org, proposalId }) => {
    const about = {
      ...(org === undefined ? {} : { org }),
      ...(proposalId === undefined ? {} : { proposalId }),
    };
    const story = org === undefined ? [] : storyOf(journal.entries, about);
    return [`✗ ${law}: ${what} (organisation ${org ?? '?'}, proposal ${proposalId ?? '?'})`, ...story].join(
      '\n',
    );
  });
  return [
    `seed ${plan.seed}, ${plan.seconds} s: ${plan.deeds.length} deeds, ${plan.faults.length} faults; ${verdict}`,
    `faults: ${faults}`,
    `deeds: ${deedsIn(journal)}`,
    table(['', 'CRM', 'QuickBooks', 'Stripe'], rowsOf(facts)),
    ...stories,
  ].join('\n');
}

/** How often each deed was tried, and how often of that it was answered for good: nothing is proved by refusals. */
function deedsIn({ deeds }: Outcome['journal']): string {
  return [...Map.groupBy(deeds, ({ kind }) => kind)]
    .map(([kind, all]) => `${kind} ${all.filter(({ isDone }) => isDone).length} of ${all.length}`)
    .toSorted()
    .join(', ');
}

function rowsOf({ crm, books, stripe, events }: Facts): string[][] {
  const all = Object.values(books);
  const made = (list: 'invoices' | 'payments' | 'refundReceipts' | 'creditMemos'): string =>
    `${sum(all.map((one) => one[list].filter(({ note }) => note.includes('crm:')).length))}`;
  const rows = (
    name: 'proposals' | 'invoices' | 'payments' | 'refunds' | 'disputes' | 'credits' | 'inbox',
  ): string => `${sum(crm.map((one) => one[name].length))}`;
  return [
    ['proposals', rows('proposals'), '', ''],
    ['invoices', rows('invoices'), made('invoices'), ''],
    ['payments', rows('payments'), made('payments'), `${stripe.charges.length}`],
    ['refunds', rows('refunds'), made('refundReceipts'), `${stripe.refunds.length}`],
    ['disputes', rows('disputes'), '', `${stripe.disputes.length}`],
    ['credits', rows('credits'), made('creditMemos'), ''],
    ['events', `${events.length}`, '', `${stripe.eventIds.length}`],
    ['with a person', rows('inbox'), '', ''],
  ];
}
