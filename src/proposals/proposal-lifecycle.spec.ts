import { describe, expect, it } from 'vitest';
import {
  canBecome,
  NEXT_STATUSES,
  notApprovedReason,
  PROPOSAL_STATUSES,
  type ProposalStatus,
} from './proposal-lifecycle.js';

function reachableFrom(start: ProposalStatus): Set<ProposalStatus> {
  const reached = new Set<ProposalStatus>([start]);
  for (const status of reached) for (const next of NEXT_STATUSES[status]) reached.add(next);
  return reached;
}

describe('The life of a proposal', () => {
  it('reaches every status from a lead', () => {
    expect(reachableFrom('lead')).toEqual(new Set(PROPOSAL_STATUSES));
  });

  it.each(PROPOSAL_STATUSES)('can end cancelled from %s', (status) => {
    expect(reachableFrom(status)).toContain('cancelled');
  });

  it.each(PROPOSAL_STATUSES)('never comes back to %s', (status) => {
    const later = NEXT_STATUSES[status].flatMap((next) => [...reachableFrom(next)]);
    expect(later).not.toContain(status);
  });

  it('approves a draft and nothing else', () => {
    expect(PROPOSAL_STATUSES.filter((status) => canBecome(status, 'approved'))).toEqual(['draft']);
  });

  it('ends with cancelled', () => {
    expect(NEXT_STATUSES.cancelled).toEqual([]);
  });
  it.each(PROPOSAL_STATUSES)('advises to approve %s only where that can be done', (status) => {
    const isAdvised = notApprovedReason(7, status).includes('Approve it first');
    expect(isAdvised).toBe(reachableFrom(status).has('approved'));
  });
});
