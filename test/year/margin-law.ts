import type { Json } from '../support/people.js';
import { add, compare, type Difference, equal } from './difference.js';
import { costShares, type Share } from './job-costs.js';
import type { Moment, Year } from './year.js';

/** Revenue, cost, fees and margin of each job over some days, and what no job bears, against a second computation. */
export async function marginLaw(
  year: Year,
  { papers }: Moment,
  [from, to]: readonly [string, string],
): Promise<Difference[]> {
  const customers = new Map(
    papers.invoices.flatMap(({ number, customer }) => {
      const id = Number(/^CRM-(\d+)/.exec(number)?.[1]);
      const job = year.diary.jobs.find(({ proposalId }) => proposalId === id);
      return job === undefined || year.diary.merged.has(job.customerId)
        ? []
        : [[customer, job.customerId] as const];
    }),
  );
  const shares = costShares(year.diary, papers, customers).filter(({ day }) => day >= from && day <= to);
  const { rows, totals } = await year.read(`/reports/margin?from=${from}&to=${to}`);
  const product = new Map((rows as Json[]).map((row) => [String(row.proposal_id), figuresOf(row)]));
  const expected = new Map<string, string>();
  const sumOf = (fits: (share: Share) => boolean): number =>
    shares.reduce((sum, share) => (fits(share) ? sum + share.cents : sum), 0);
  for (const { proposalId, currency, customerId, charges } of year.diary.jobs) {
    const revenue = year.journal.sum(
      'earned',
      (one) => one.proposalId === proposalId && one.postedOn >= from && one.postedOn <= to,
    );
    const isBorne = (share: Share): boolean => share.borneBy === proposalId;
    const foreign = new Map<string, number>();
    for (const share of shares)
      if (isBorne(share) && share.currency !== currency) add(foreign, share.currency, share.cents);
    const isForeign = [...foreign.values()].some((cents) => cents !== 0);
    const paid = charges.filter(({ day }) => day >= from && day <= to);
    const fees = paid.every(({ feeCurrency }) => feeCurrency === currency)
      ? paid.reduce((sum, { feeCents }) => sum + feeCents, 0)
      : null;
    const cost = sumOf((share) => isBorne(share) && share.currency === currency);
    const figures = {
      revenue_cents: revenue,
      cost_cents: cost,
      fees_cents: fees,
      margin_cents: isForeign ? null : revenue - cost - (fees ?? 0),
      proposed_cents: sumOf((share) => share.proposedTo === proposalId && share.currency === currency),
      // Lines keep the name of a record that was merged into another one; whose they are then is not said here.
      unallocated_cents: year.diary.merged.has(customerId)
        ? (rows as Json[]).find((row) => row.proposal_id === proposalId)?.unallocated_cents
        : sumOf(
            (share) =>
              share.borneBy === null && share.customerId === customerId && share.currency === currency,
          ),
    };
    expected.set(String(proposalId), figuresOf(figures));
  }
  const nobody = new Map<string, number>();
  for (const { currency, borneBy, cents } of shares) if (borneBy === null) add(nobody, currency, cents);
  const ofNobody = new Map((totals as Json[]).map((one) => [one.currency as string, one.unallocated_cents]));
  for (const [currency, cents] of ofNobody) if (cents === 0) ofNobody.delete(currency);
  for (const [currency, cents] of nobody) if (cents === 0) nobody.delete(currency);
  const all = new Map<string, number>();
  for (const { currency, cents } of shares) add(all, currency, cents);
  const shown = new Map(
    (totals as Json[]).map((one) => [
      one.currency as string,
      one.cost_cents + one.foreign_cost_cents + one.unallocated_cents,
    ]),
  );
  for (const [currency, cents] of shown) if (cents === 0) shown.delete(currency);
  for (const [currency, cents] of all) if (cents === 0) all.delete(currency);
  return [
    ...equal('jobs', [...product.keys()].toSorted(), [...expected.keys()].toSorted()),
    ...compare(`margin from ${from} to ${to}`, product, expected),
    ...compare(`costs of nobody from ${from} to ${to}`, ofNobody, nobody),
    ...compare(`all costs from ${from} to ${to}`, shown, all),
  ];
}

/** As text, so that two are compared as a whole and shown as a whole. */
function figuresOf(row: Json): string {
  return ['revenue', 'cost', 'fees', 'margin', 'proposed', 'unallocated']
    .map((name) => `${name} ${row[`${name}_cents`]}`)
    .join(', ');
}
