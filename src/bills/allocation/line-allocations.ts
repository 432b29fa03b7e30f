import { type BillAllocation, type BillLine, leftCents } from '../bill.js';
import { type CostJobs, proposedOf, type ScoredJob } from './job-candidates.js';
import type { CostFacts } from './job-evidence.js';

/** A line with what decides whose it is. */
export interface LineFacts extends CostFacts {
  cents: number;
  /** Costs something by itself. */
  isCost: boolean;
  /** What people decided of it. */
  decided: readonly BillAllocation[];
  /** The job that a person gave the line's sub-customer or project to. */
  projectOf: number | null;
}

/**
 * Who bears a line: what people decided; of what costs something the rest the job of the sub-customer or project on it,
 * or the one live job of the customer on it; else a job is proposed where the evidence is strong and alone, and nothing
 * is borne. Pure.
 */
export function lineAllocations(
  facts: LineFacts,
  jobs: CostJobs,
): Pick<BillLine, 'allocations' | 'candidates'> {
  return allocate(facts, jobs, () => jobs.candidates(facts));
}

/** The same without the candidates, for whoever asks only who bears a line. Pure. */
export function lineBearers(facts: LineFacts, jobs: CostJobs): Pick<BillLine, 'allocations'> {
  return { allocations: allocate(facts, jobs, () => jobs.contenders(facts)).allocations };
}

/** Whether a rest of the line is for jobs to bear: its customer's, or one that something of the cost names. Pure. */
export function asksForJobs({ cents, isCost, decided, projectOf }: LineFacts): boolean {
  if (!isCost || leftCents({ cents, allocations: withinLine(cents, decided) }) === 0) return false;
  return projectOf === null || decided.some((one) => one.proposalId === projectOf);
}

function allocate<Candidate extends ScoredJob>(
  facts: LineFacts,
  jobs: CostJobs,
  candidatesOf: () => readonly Candidate[],
): { allocations: BillAllocation[]; candidates: Candidate[] } {
  const { cents, isCost, projectOf, line } = facts;
  const decided = withinLine(cents, facts.decided);
  const allocations = [...decided];
  const rest = leftCents({ cents, allocations });
  if (!isCost || rest === 0) return { allocations, candidates: [] };
  const isDecided = (proposalId: number): boolean => decided.some((one) => one.proposalId === proposalId);
  const proposalId =
    projectOf ?? (line.party?.isOwnCustomer ? jobs.onlyJobOf(line.customerId)?.proposalId : null) ?? null;
  if (proposalId !== null && !isDecided(proposalId)) {
    const basis = projectOf === null ? 'customer_ref' : 'project';
    allocations.push({ id: null, proposalId, cents: rest, basis, state: 'accepted' });
    return { allocations, candidates: [] };
  }
  const candidates = candidatesOf().filter((one) => !isDecided(one.proposalId));
  const proposed = proposedOf(candidates);
  if (proposed) {
    const suggestion = { id: null, proposalId: proposed.proposalId, cents: rest } as const;
    allocations.push({ ...suggestion, basis: 'suggested', state: 'proposed' });
  }
  return { allocations, candidates };
}

/** A line that was lowered in QuickBooks after it was allocated bears no more than it has, the first decision first. */
function withinLine(cents: number, decided: readonly BillAllocation[]): BillAllocation[] {
  let left = cents;
  return decided.map((one) => {
    if (one.state !== 'accepted') return one;
    const isWithin = Math.sign(one.cents) === Math.sign(left) && Math.abs(one.cents) <= Math.abs(left);
    const part = isWithin ? one.cents : Math.sign(one.cents) === Math.sign(left) ? left : 0;
    left -= part;
    return { ...one, cents: part };
  });
}
