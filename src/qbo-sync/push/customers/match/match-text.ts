import type { MatchEvidence, MatchCandidate } from './match-score.js';

const CANDIDATES_NAMED = 3;

const WORDS: Record<MatchEvidence, string> = {
  mark: 'our own mark',
  email: 'same e-mail',
  role_email: 'same office e-mail',
  phone: 'same phone',
  name: 'same name',
  similar_name: 'similar name',
  company: 'same company',
  inactive: 'inactive',
  sub_customer: 'a sub-customer',
};

/** Who it may be and why, for people: `customer 1, "Amy's Bird Sanctuary" (same e-mail, same phone)`. */
export function candidatesText(candidates: readonly MatchCandidate[]): string {
  const named = candidates.slice(0, CANDIDATES_NAMED).map(({ customer, evidence }) => {
    const why = evidence.map((what) => WORDS[what]).join(', ');
    return `customer ${customer.qboId}, "${customer.displayName}" (${why})`;
  });
  const more = candidates.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** How a person decides. */
export function matchNextStep(customerId: number): string {
  return [
    `Link one by POST /customers/${customerId}/match {"action":"link","qbo_customer_id":"…"}`,
    'make a new one by {"action":"create"}',
    'or keep the customer out of QuickBooks by {"action":"exclude"}.',
  ].join(', ');
}
