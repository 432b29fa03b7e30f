import type { Contractor } from './contractor.ts';
import type { ReportFacts } from './facts.ts';
import { lastMonth } from './reading.ts';

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
    comparisons: [
      await compared(contractor, 'revenue', { basis: 'accrual' }),
      await compared(contractor, 'revenue', { basis: 'cash' }),
      await compared(contractor, 'aging'),
    ],
    closed: await closedMonths(contractor),
  };
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
