import { describe, expect, it } from 'vitest';
import { namedSteps } from './named-steps.js';
import type { DeedFact, Step } from './timeline-facts.js';

const at = (second: number): Date => new Date(Date.parse('2026-03-02T17:00:00Z') + second * 1000);
const ADA = { id: 1, fullName: 'Ada Acme' };
const SAM = { id: 2, fullName: 'Sam Acme' };
const step = (second: number, event: string): Step => ({ at: at(second), event, source: 'crm' });
const deed = (second: number, action: string, actor: DeedFact['actor']): DeedFact => ({
  at: at(second),
  action,
  actor,
});

describe('The steps of a proposal', () => {
  it('name the person whose deed they follow from, each its own', () => {
    const steps = namedSteps(
      [step(0, 'approve'), step(100, 'invoice_void_requested'), step(103, 'invoice_voided')],
      [deed(0, 'proposal.approved', SAM), deed(99, 'invoice.void_requested', ADA)],
    );
    expect(steps.map(({ event, actor }) => [event, actor?.fullName])).toEqual([
      ['approve', 'Sam Acme'],
      ['invoice_void_requested', 'Ada Acme'],
      ['invoice_voided', 'Ada Acme'],
    ]);
  });

  it('name nobody where what was done is a minute away, or nobody did it', () => {
    const steps = namedSteps(
      [step(0, 'approve'), step(200, 'invoice_voided')],
      [deed(0, 'proposal.approved', null), deed(99, 'invoice.void_requested', ADA)],
    );
    expect(steps.map(({ actor }) => actor ?? null)).toEqual([null, null]);
  });

  it.each([
    ['proposal.emailed', 'email_sent'],
    ['invoice.reminded', 'reminder_sent'],
    ['change_order.credited_anew', 'credit_memo_requested'],
  ])('name who asked: %s for %s', (action, event) => {
    const [named] = namedSteps([step(3, event)], [deed(0, action, ADA)]);
    expect(named).toMatchObject({ event, actor: ADA });
  });

  it.each([
    ['contract.milestone_reached', 'milestone_reached'],
    ['contract.progress_set', 'progress_set'],
    ['invoice.updated', 'invoice_updated'],
  ])('have one of their own for %s, which nothing else tells', (action, event) => {
    expect(namedSteps([], [deed(5, action, SAM)])).toEqual([{ at: at(5), event, source: 'crm', actor: SAM }]);
  });

  it('have one of their own for what a person changed and nothing else tells', () => {
    expect(namedSteps([], [deed(5, 'proposal.updated', SAM)])).toEqual([
      { at: at(5), event: 'proposal_updated', source: 'crm', actor: SAM },
    ]);
  });
});
