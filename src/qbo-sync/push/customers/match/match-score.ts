import {
  emailKeys,
  isRoleAddress,
  nameKey,
  nameLikeness,
  phoneKeys,
} from '../../../pull/customers/match-keys.js';
import type { MirroredCustomer } from '../../../pull/customers/mirrored-customer.js';
import { type CrmCustomer, displayNameOf, suffixedName } from '../profile/customer-profile.js';

/** Why a customer in QuickBooks may be ours, and what speaks against it, with its points. */
const POINTS = {
  /** It carries the suffix we give to names that are taken, with our very id. */
  mark: 60,
  email: 50,
  /** The same, but of an office and not of a person. */
  role_email: 15,
  phone: 30,
  name: 35,
  /** Four of five words of the name are the same. */
  similar_name: 20,
  /** Our name is the name of its company. */
  company: 20,
  inactive: -10,
  /** It is a sub-customer or job of another. */
  sub_customer: -10,
} as const;

export type MatchEvidence = keyof typeof POINTS;
export type MatchClass = 'certain' | 'likely' | 'weak';

const LIKELY_MIN = 50;
const WEAK_MIN = 30;
const CERTAIN_MIN = 85;
const CERTAIN_LEAD = 25;
const SIMILAR_MIN = 0.8;
const STRONG: readonly MatchEvidence[] = ['mark', 'email', 'phone'];

/** A customer in QuickBooks that may be ours. */
export interface MatchCandidate {
  customer: MirroredCustomer;
  score: number;
  class: MatchClass;
  evidence: MatchEvidence[];
}

/** A customer of ours by the keys it is looked for. */
export interface WantedCustomer {
  id: number;
  name: string;
  nameKey: string;
  emailKeys: string[];
  phoneKeys: string[];
}

export function wantedOf(customer: CrmCustomer): WantedCustomer {
  const name = displayNameOf(customer);
  return {
    id: customer.id,
    name,
    nameKey: nameKey(name),
    emailKeys: emailKeys(customer.email),
    phoneKeys: phoneKeys([customer.phone]),
  };
}

/** Those that may be ours, best first; what has less than 30 points is none. Pure. */
export function rankCandidates(
  wanted: WantedCustomer,
  customers: readonly MirroredCustomer[],
): MatchCandidate[] {
  const scored = customers
    .map((customer) => ({ customer, ...scoreOf(wanted, customer) }))
    .filter(({ score }) => score >= WEAK_MIN)
    .toSorted(
      (one, other) => other.score - one.score || Number(one.customer.qboId) - Number(other.customer.qboId),
    );
  return scored.map((candidate, place) => {
    const next = place === 0 ? scored[1] : scored[0];
    return { ...candidate, class: classOf(candidate, candidate.score - (next?.score ?? 0)) };
  });
}

/** True where it is certainly this customer: our mark, or name and e-mail the same. Pure. */
export function isSame({ evidence }: MatchCandidate): boolean {
  const has = (what: MatchEvidence): boolean => evidence.includes(what);
  return has('name') && (has('mark') || has('email') || has('role_email'));
}

function scoreOf(
  wanted: WantedCustomer,
  customer: MirroredCustomer,
): { score: number; evidence: MatchEvidence[] } {
  const shared = wanted.emailKeys.filter((key) => customer.emailKeys.includes(key));
  const sameName = wanted.nameKey !== '' && customer.nameKeys.includes(wanted.nameKey);
  const evidence: MatchEvidence[] = [];
  if (customer.displayName.trim() === suffixedName(wanted.name, wanted.id)) evidence.push('mark');
  if (shared.some((key) => !isRoleAddress(key))) evidence.push('email');
  else if (shared.length > 0) evidence.push('role_email');
  if (wanted.phoneKeys.some((key) => customer.phoneKeys.includes(key))) evidence.push('phone');
  if (sameName) evidence.push('name');
  else if (customer.nameKeys.some((key) => nameLikeness(key, wanted.nameKey) >= SIMILAR_MIN)) {
    evidence.push('similar_name');
  } else if (customer.companyKey !== null && customer.companyKey === wanted.nameKey) evidence.push('company');
  if (evidence.length > 0 && !customer.active) evidence.push('inactive');
  if (evidence.length > 0 && customer.parentId !== null) evidence.push('sub_customer');
  return { score: evidence.reduce((sum, what) => sum + POINTS[what], 0), evidence };
}

function classOf(
  { score, evidence }: { score: number; evidence: MatchEvidence[] },
  lead: number,
): MatchClass {
  const strong = evidence.some((what) => STRONG.includes(what));
  if (score >= CERTAIN_MIN && strong && lead >= CERTAIN_LEAD) return 'certain';
  return score >= LIKELY_MIN ? 'likely' : 'weak';
}
