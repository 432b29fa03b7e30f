import type { Contractor } from './contractor.ts';
import type { ReportFacts } from './facts.ts';
import { lastMonth, sum } from './reading.ts';

interface ComparedItem {
  unexplained_cents: number;
  reasons: { reason: string; documents: { proposal_id: number | null }[] }[];
}

/** Reads what an organisation earned, and has its reports compared with those of QuickBooks, over HTTP. */
export async function readReports(contractor: Contractor): Promise<ReportFacts> {
  const { body } = await contractor.ask('GET', `/reports/revenue?by=proposal&from=${lastMonth()}-01`);
  const rows = (body.rows ?? []) as { proposal_id: number; earned_cents: number }[];
  return {
    earned: rows.map((row) => ({ proposalId: row.proposal_id, cents: row.earned_cents })),
    open: await openInvoices(contractor),
    owed: await owedByCustomers(contractor),
    costs: await costsOf(contractor),
    comparisons: [
      await compared(contractor, 'revenue', { basis: 'accrual' }),
      await compared(contractor, 'revenue', { basis: 'cash' }),
      await compared(contractor, 'aging'),
    ],
    closed: await closedMonths(contractor),
  };
}

async function openInvoices(contractor: Contractor): Promise<ReportFacts['open']> {
  const { body } = await contractor.ask('GET', '/reports/aging?group=invoice&limit=10000');
  return ((body.rows ?? []) as { qbo_id: string; total_cents: number }[]).map((row) => ({
    qboId: row.qbo_id,
    cents: row.total_cents,
  }));
}

async function owedByCustomers(contractor: Contractor): Promise<ReportFacts['owed']> {
  const { body } = await contractor.ask('GET', '/reports/aging');
  const aged = [...(body.rows ?? []), ...(body.credits ?? [])] as {
    customer_id: number | null;
    currency: string;
    total_cents: number;
  }[];
  const owed: ReportFacts['owed'][number][] = [];
  for (const customerId of new Set(contractor.jobs.map((job) => job.customerId))) {
    const { body: statement } = await contractor.ask('GET', `/customers/${customerId}/statement`);
    const stated = (statement.totals ?? []) as { currency: string; closing_cents: number }[];
    const own = aged.filter((row) => row.customer_id === customerId);
    for (const currency of new Set([...stated, ...own].map((row) => row.currency)))
      owed.push({
        customerId,
        currency,
        stated: stated.find((row) => row.currency === currency)?.closing_cents ?? 0,
        aged: sum(own.filter((row) => row.currency === currency).map((row) => row.total_cents)),
      });
  }
  return owed;
}

async function costsOf(contractor: Contractor): Promise<ReportFacts['costs']> {
  const { body } = await contractor.ask('GET', `/reports/margin?from=${lastMonth()}-01`);
  const totals = (body.totals ?? []) as {
    currency: string;
    cost_cents: number;
    foreign_cost_cents: number;
    unallocated_cents: number;
  }[];
  return totals.map((one) => ({
    currency: one.currency,
    cents: one.cost_cents + one.foreign_cost_cents + one.unallocated_cents,
  }));
}

async function closedMonths(contractor: Contractor): Promise<ReportFacts['closed']> {
  const { body } = await contractor.ask('GET', '/periods?limit=100');
  const months = ((body.items ?? []) as { month: string; state: string }[]).filter(
    ({ state }) => state === 'closed',
  );
  return Promise.all(
    months.map(async ({ month }) => {
      const pack = await contractor.ask('GET', `/periods/${month}/pack`);
      return { month, isVerified: (pack.body.verified ?? null) as boolean | null };
    }),
  );
}

async function compared(
  contractor: Contractor,
  report: 'revenue' | 'aging',
  asked: { basis?: 'accrual' | 'cash' } = {},
): Promise<ReportFacts['comparisons'][number]> {
  const { status, body } = await contractor.ask('POST', `/reports/${report}/compare`, asked);
  const items = (body.items ?? []) as ComparedItem[];
  const missing = items
    .flatMap(({ reasons }) => reasons.filter(({ reason }) => reason === 'not_in_books'))
    .flatMap(({ documents }) => documents.map((one) => one.proposal_id))
    .filter((proposalId) => proposalId !== null);
  return {
    report: asked.basis ? `${report} (${asked.basis})` : report,
    status,
    unexplainedCents: items.reduce((total, item) => total + Math.abs(item.unexplained_cents), 0),
    // Money that came and went beside the books is no income of theirs, and stays so.
    missing: asked.basis === 'accrual' ? missing : [],
  };
}
