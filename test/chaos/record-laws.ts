import type { CrmFacts, Difference } from './facts.ts';
import { sum } from './reading.ts';

type Operation = CrmFacts['operations'][number];

const GONE = ['pending', 'succeeded'];
const RECORDED = { 'payment.create': 'payment_recorded', 'refund.create': 'refund_recorded' } as const;

/** What happened is written down once: timeline, audit log and the sums made of them. Pure. */
export function recordLaws(crm: CrmFacts): Difference[] {
  return [...eventLaws(crm), ...paidLaws(crm), ...auditLaws(crm), ...contractLaws(crm), ...depositLaws(crm)];
}

function eventLaws({ activity, payments, operations }: CrmFacts): Difference[] {
  const isRecorded = (occurrence: string): boolean =>
    activity.some((one) => one.event === 'refund_recorded' && one.occurrence === occurrence);
  const expected = [
    ...payments.map(({ proposalId, id }) => ({ proposalId, event: 'payment_success', occurrence: `${id}` })),
    ...operations.flatMap((one) => {
      const { kind, state, proposalId, qboId, entityId, generation } = one;
      if (state !== 'done' || proposalId === null) return [];
      if (kind === 'invoice.create') return [{ proposalId, event: 'invoice_created', occurrence: qboId! }];
      if (!(kind in RECORDED)) return [];
      const event = RECORDED[kind as keyof typeof RECORDED];
      const byHand = `${sentFirst(operations, one)}:${qboId}`;
      const isByHand = kind === 'refund.create' && isRecorded(byHand);
      return [{ proposalId, event, occurrence: isByHand ? byHand : `${entityId}#${generation}` }];
    }),
  ];
  return expected.flatMap(({ proposalId, event, occurrence }) => {
    const count = activity.filter(
      (one) => one.proposalId === proposalId && one.event === event && one.occurrence === occurrence,
    ).length;
    if (count === 1) return [];
    return [
      { law: 'each step is written down once', what: `${event} ${occurrence}: ${count} times`, proposalId },
    ];
  });
}

/** The step a person's receipt is written down with: one receipt may stand for several steps of a payment. */
function sentFirst(operations: CrmFacts['operations'], { kind, entityId, qboId }: Operation): string {
  const together = operations.filter(
    (one) => one.kind === kind && one.entityId === entityId && one.qboId === qboId,
  );
  return `${entityId}#${Math.min(...together.map(({ generation }) => generation))}`;
}

/** An invoice that is paid was paid once more often than it was reopened; one that is open, as often. */
function paidLaws({ activity, invoices }: CrmFacts): Difference[] {
  return invoices.flatMap(({ qboId, number, state, proposalId }) => {
    if (qboId === null) return [];
    const count = (event: string): number =>
      activity.filter(
        (one) =>
          one.proposalId === proposalId &&
          one.event === event &&
          (one.occurrence ?? '').startsWith(`${qboId}#`),
      ).length;
    const more = count('invoice_paid') - count('invoice_reopened');
    const expected =
      state === 'paid' ? [1] : ['open', 'partially_paid', 'overdue'].includes(state ?? '') ? [0] : [0, 1];
    if (expected.includes(more)) return [];
    const what = `invoice ${number ?? qboId} is ${state} and was paid ${more} times more often than reopened`;
    return [{ law: 'each transition to paid is written down once', what, proposalId }];
  });
}

function auditLaws({ audit, proposals }: CrmFacts): Difference[] {
  return proposals.flatMap(({ id, status, isLogged }) => {
    if (status !== 'approved' || !isLogged) return [];
    const count = audit.filter((one) => one.action === 'proposal.approved' && one.proposalId === id).length;
    if (count === 1) return [];
    return [
      { law: 'the audit log is whole', what: `approval of proposal ${id}: ${count} entries`, proposalId: id },
    ];
  });
}

/** A contract is worth what was offered and every change that was approved, each of which is in the audit log once. */
function contractLaws({ contracts, audit }: CrmFacts): Difference[] {
  return contracts.flatMap(({ proposalId, valueCents, offeredCents, changedCents, approvals }) => {
    const logged = audit.filter(
      (one) => one.action === 'change_order.approved' && one.proposalId === proposalId,
    ).length;
    const agreed = offeredCents + changedCents;
    return [
      ...(valueCents === agreed
        ? []
        : [{ law: 'a contract is worth what was agreed', what: `${valueCents} for ${agreed}`, proposalId }]),
      ...(logged === approvals
        ? []
        : [{ law: 'the audit log is whole', what: `${approvals} changes: ${logged} entries`, proposalId }]),
    ];
  });
}

function depositLaws({ proposals, payments, refunds, disputes }: CrmFacts): Difference[] {
  return proposals.flatMap(({ id: proposalId, depositPaidCents }) => {
    const left = payments
      .filter((one) => one.proposalId === proposalId && one.kind === 'deposit')
      .map(({ id, cents }) => {
        const back = refunds.filter((one) => one.paymentId === id && GONE.includes(one.state));
        const lost = disputes.filter((one) => one.paymentId === id && one.state === 'lost');
        return Math.max(cents - sum([...back, ...lost].map((one) => one.cents)), 0);
      });
    if (sum(left) === depositPaidCents) return [];
    const what = `${depositPaidCents} of the deposit is said to be with us, ${sum(left)} is`;
    return [{ law: 'the deposit is what was paid less what went back', what, proposalId }];
  });
}
