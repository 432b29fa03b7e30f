import type { CrmFacts, Difference } from './facts.ts';
import { hasItem } from './reading.ts';

const UNDER_WAY = ['ready', 'sent', 'uncertain'];
const WITH_A_PERSON = ['needs_person', 'refused'];

/** Once all is at rest nothing is under way, and whatever is open stands before a person. Pure. */
export function openLaws(crm: CrmFacts): Difference[] {
  return [...operationLaws(crm), ...requestLaws(crm), ...whyLaws(crm)];
}

function newestOf({ operations }: CrmFacts): CrmFacts['operations'][number][] {
  const byRequest = Map.groupBy(operations, ({ kind, entityId }) => `${kind} ${entityId}`);
  return [...byRequest.values()].map((all) =>
    all.reduce((newest, one) => (one.generation > newest.generation ? one : newest)),
  );
}

function operationLaws(crm: CrmFacts): Difference[] {
  return newestOf(crm).flatMap(({ id, kind, entityId, state, error, proposalId }) => {
    const about = proposalId === null ? {} : { proposalId };
    const what = `${kind} of ${entityId} is ${state}: ${error ?? 'no reason'}`;
    if (UNDER_WAY.includes(state)) return [{ law: 'nothing is under way at rest', what, ...about }];
    const isHanded = crm.inbox.some(({ operationId }) => operationId === id) || hasItem(crm, proposalId);
    if (state === 'waiting' && !isHanded) {
      return [{ law: 'what waits is before a person', what, ...about }];
    }
    return [];
  });
}

function requestLaws({ refunds, payments, pendingEvents }: CrmFacts): Difference[] {
  return [
    ...refunds
      .filter(({ state }) => state === 'requested')
      .map(({ paymentId, cents }) => ({
        law: 'nothing is under way at rest',
        what: `a refund of ${cents} was asked for and is not at Stripe`,
        proposalId: payments.find(({ id }) => id === paymentId)?.proposalId ?? 0,
      })),
    ...pendingEvents.map((id) => ({
      law: 'no event is lost',
      what: `Intuit's event ${id} was not looked into`,
    })),
  ];
}

/** `why` sends nobody home while something of the proposal is open. */
function whyLaws(crm: CrmFacts): Difference[] {
  return crm.why.flatMap(({ proposalId, answer, nextStep }) => {
    if (!nextStep.startsWith('Nothing to do')) return [];
    const waiting = newestOf(crm).find(
      (one) => one.proposalId === proposalId && (UNDER_WAY.includes(one.state) || one.state === 'waiting'),
    );
    const item = crm.inbox.find((one) => one.proposalId === proposalId);
    const refused = newestOf(crm).find(
      ({ id, state }) =>
        WITH_A_PERSON.includes(state) &&
        crm.inbox.some((one) => one.operationId === id && one.proposalId === proposalId),
    );
    const open = item?.reason ?? (waiting ?? refused)?.kind;
    if (open === undefined) return [];
    return [{ law: 'why is true', what: `"${answer} ${nextStep}" while it is open: ${open}`, proposalId }];
  });
}
