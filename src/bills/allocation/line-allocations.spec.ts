import { describe, expect, it } from 'vitest';
import type { BillAllocation } from '../bill.js';
import { CostJobs } from './job-candidates.js';
import type { CostFacts, CostJob } from './job-evidence.js';
import { lineAllocations, lineBearers, type LineFacts } from './line-allocations.js';

const ROOF: CostJob = {
  proposalId: 7,
  customerId: 3,
  name: 'Roof of 12 Elm Street',
  site: null,
  approvedOn: '2026-03-10',
  completedOn: '2026-05-20',
  isLive: true,
};
const GARAGE: CostJob = { ...ROOF, proposalId: 8, name: 'Garage', site: '4b N. Birch Ave Denver' };
const OTHER: CostJob = { ...ROOF, proposalId: 9, customerId: 4, name: 'Gutters' };
const JOBS = new CostJobs([ROOF, GARAGE, OTHER], new Map([['56', new Set([8])]]));

const ANN = { qboId: '58', name: 'Ann Ruiz', isOwnCustomer: true };
const PROJECT = { qboId: '61', name: 'Ann Ruiz:Garage', isOwnCustomer: false };

function line(
  named: Partial<CostFacts['line']>,
  {
    bill = {},
    ...more
  }: Partial<Omit<LineFacts, 'bill' | 'line'>> & { bill?: Partial<CostFacts['bill']> } = {},
): LineFacts {
  const head = {
    vendorId: null,
    vendorName: null,
    number: null,
    memo: null,
    txnOn: '2026-04-02',
  };
  return {
    bill: { ...head, ...bill },
    line: { description: null, customerId: null, party: null, ...named },
    cents: 20_000,
    isCost: true,
    decided: [],
    projectOf: null,
    ...more,
  };
}

/** Each allocation as a word, and each candidate with its score. */
function whose(facts: LineFacts, jobs = JOBS) {
  const { allocations, candidates } = lineAllocations(facts, jobs);
  return {
    borne: allocations.map(
      ({ proposalId, state, basis, cents }) => `${state} ${proposalId} ${basis} ${cents}`,
    ),
    candidates: candidates.map(({ proposalId, score }) => [proposalId, score]),
  };
}

describe('A line of a bill', () => {
  it('is borne by the one live job of the customer on it', () => {
    const named = line({ customerId: 4, party: { ...ANN, qboId: '59' } });
    expect(whose(named)).toEqual({ borne: ['accepted 9 customer_ref 20000'], candidates: [] });
  });

  it('is put before a person where the customer on it has more than one', () => {
    const named = line({ customerId: 3, party: ANN });
    expect(whose(named)).toEqual({
      borne: [],
      candidates: [
        [7, 60],
        [8, 60],
      ],
    });
  });

  it('is borne by the job that its sub-customer or project was given to', () => {
    const named = line({ customerId: 3, party: PROJECT }, { projectOf: 8 });
    expect(whose(named).borne).toEqual(['accepted 8 project 20000']);
  });

  it('is proposed to the job that a project has the name of, and nothing is borne before a person accepts it', () => {
    const named = line({ customerId: 3, party: PROJECT });
    expect(whose(named)).toEqual({
      borne: ['proposed 8 suggested 20000'],
      candidates: [
        [8, 100],
        [7, 60],
      ],
    });
  });

  it('is proposed to the only job of the customer above a project that nobody gave to a job', () => {
    const named = line({ customerId: 4, party: { ...PROJECT, name: 'Bo Li:Job 1' } });
    expect(whose(named).borne).toEqual(['proposed 9 suggested 20000']);
  });

  it.each([
    ['the number of the proposal', line({}, { bill: { memo: 'PO for CRM-7-P1' } }), 7],
    ['the site of the job as it is written', line({ description: 'Shingles, 12 Elm St.' }), 7],
    ['the site behind a direction', line({ description: 'Delivered to 4b Birch' }), 8],
  ])('is proposed by %s', (_what, facts, proposalId) => {
    expect(whose(facts).borne).toEqual([`proposed ${proposalId} suggested 20000`]);
  });

  it('names a job of the vendor as a candidate, and proposes none by that alone', () => {
    const bought = line({}, { bill: { vendorId: '56', vendorName: 'Norton' } });
    expect(whose(bought)).toEqual({ borne: [], candidates: [[8, 45]] });
  });

  it('has no candidate by its date alone, or that is cancelled', () => {
    expect(whose(line({})).candidates).toEqual([]);
    const cancelled = new CostJobs([{ ...ROOF, isLive: false }]);
    expect(whose(line({}, { bill: { memo: 'CRM-7' } }), cancelled).candidates).toEqual([]);
  });

  it('counts a date from two weeks before the approval until six weeks after the completion', () => {
    const score = (txnOn: string) =>
      lineAllocations(line({}, { bill: { memo: 'CRM-7', txnOn } }), JOBS).candidates[0]!.score;
    expect(['2026-02-23', '2026-02-24', '2026-07-04', '2026-07-05'].map(score)).toEqual([80, 100, 100, 80]);
  });

  it('is borne by the same jobs whether they are asked for with the candidates or without', () => {
    const bought = { vendorId: '56', vendorName: 'Norton' };
    // Every job bears a cost of the vendor, so that all of them are candidates by that alone.
    const many = Array.from({ length: 8 }, (_, at) => ({
      ...OTHER,
      proposalId: 20 + at,
      customerId: 40 + at,
    }));
    const all = [ROOF, GARAGE, OTHER, ...many];
    const jobs = new CostJobs(all, new Map([['56', new Set(all.map(({ proposalId }) => proposalId))]]));
    const texts = [null, 'CRM-7', 'CRM-7 or CRM-8', '12 Elm', 'CRM-9 at 12 Elm', 'to 4b Birch'];
    const parties = [
      { customerId: null, party: null },
      { customerId: 3, party: ANN },
      { customerId: 3, party: PROJECT },
      { customerId: 4, party: { ...PROJECT, name: 'Bo Li:Gutters' } },
      { customerId: null, party: { ...PROJECT, name: 'Garage' } },
      { customerId: 4, party: { ...PROJECT, name: '—' } },
    ];
    const days = ['2026-01-01', '2026-04-02'];
    const decisions = [[], [7], [8], [20, 21, 22, 23, 24]].map((ids) =>
      ids.map((proposalId) => ({ id: 1, proposalId, cents: 0, basis: 'manual', state: 'rejected' }) as const),
    );
    const proposed = new Set<number>();
    for (const description of texts)
      for (const named of parties)
        for (const txnOn of days)
          for (const bill of [{ txnOn }, { txnOn, ...bought }])
            for (const decided of decisions) {
              const facts = line({ description, ...named }, { bill, decided });
              const { allocations } = lineAllocations(facts, jobs);
              expect({ facts, ...lineBearers(facts, jobs) }).toEqual({ facts, allocations });
              for (const { state, proposalId } of allocations)
                if (state === 'proposed') proposed.add(proposalId);
            }
    expect(proposed).toEqual(new Set([7, 8, 9]));
  });

  describe('that people decided about', () => {
    const decided = (proposalId: number, cents: number, state: BillAllocation['state'] = 'accepted') =>
      ({ id: proposalId, proposalId, cents, basis: 'manual', state }) as const;
    const named = { customerId: 4, party: { ...ANN, qboId: '59' } };

    it('are all that bears what is no cost by itself', () => {
      expect(whose(line(named, { isCost: false }))).toEqual({ borne: [], candidates: [] });
      const facts = line(named, { isCost: false, decided: [decided(7, 5_000)] });
      expect(whose(facts)).toEqual({ borne: ['accepted 7 manual 5000'], candidates: [] });
    });

    it('leaves the rest to the customer on it', () => {
      const facts = line(named, { decided: [decided(7, 5_000)] });
      expect(whose(facts).borne).toEqual(['accepted 7 manual 5000', 'accepted 9 customer_ref 15000']);
    });

    it('proposes no job again that was rejected', () => {
      const facts = line({}, { bill: { memo: 'CRM-7' }, decided: [decided(7, 0, 'rejected')] });
      expect(whose(facts)).toEqual({ borne: ['rejected 7 manual 0'], candidates: [] });
    });

    it('bears no more than it has after it was lowered in QuickBooks', () => {
      const facts = line({}, { cents: 6_000, decided: [decided(7, 5_000), decided(8, 5_000)] });
      expect(whose(facts).borne).toEqual(['accepted 7 manual 5000', 'accepted 8 manual 1000']);
      const turned = line({}, { cents: -6_000, decided: [decided(7, 5_000)] });
      expect(whose(turned).borne).toEqual(['accepted 7 manual 0']);
    });
  });
});
