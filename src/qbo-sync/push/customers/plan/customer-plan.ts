import type { CustomerDraft } from '../../../api/model/qbo-objects.js';
import type { CallOptions } from '../../../api/pipeline/qbo-http-pipeline.service.js';
import type { OperationRequests } from '../../../operations/operation-payloads.js';
import { baseOfMatched, type CustomerBase, conflictsText, diffCustomer } from '../profile/customer-diff.js';
import type { LinkedCustomer } from '../customer-links.repository.js';
import type { CustomerOperation } from './customer-operations.repository.js';
import {
  activeName,
  type CrmCustomer,
  draftOf,
  profileIn,
  profileOf,
  suffixedName,
} from '../profile/customer-profile.js';
import type { CustomerSync } from '../customer-sync.js';
import type { MatchVerdict } from '../match/customer-matcher.service.js';

/** What is known already of how a customer gets to QuickBooks. */
export interface PlanHints {
  verdict?: MatchVerdict;
  /** The plain name is taken. */
  suffix?: boolean;
  /** It was made a moment ago, by a creation that was begun before. */
  isMade?: boolean;
  options?: CallOptions;
}

/** What is to be done for one customer. */
export type CustomerPlan =
  | { kind: 'settled'; sync: CustomerSync }
  /** `earlier`: it was stored before, and may not say what the CRM says now. */
  | { kind: 'send'; operation: CustomerOperation; earlier: boolean; adopted: boolean };

type CustomerChange = OperationRequests['customer.update'];

/** A link of which both sides' last word is known. */
interface KnownLink {
  qboCustomerId: string;
  syncToken: string;
  base: CustomerBase;
}

export function planSettledBy(sync: CustomerSync): CustomerPlan {
  return { kind: 'settled', sync };
}

export function planToSend(
  operation: CustomerOperation,
  { earlier = false, adopted = false }: { earlier?: boolean; adopted?: boolean } = {},
): CustomerPlan {
  return { kind: 'send', operation, earlier, adopted };
}

/**
 * What to change of a linked customer; null where QuickBooks shows it already. `refused` is the newest change, where
 * QuickBooks refused it: one that was to be made active again is still to be, with what the CRM says now. Pure.
 */
export function changeOf(
  customer: CrmCustomer,
  { qboCustomerId, syncToken, base }: KnownLink,
  { suffix = false, refused = null }: { suffix?: boolean; refused?: CustomerChange | null } = {},
): CustomerChange | null {
  const { patch: changed, conflicts } = diffCustomer(customer, base);
  const sent = profileOf(customer);
  const isStillInactive = refused?.patch.id === qboCustomerId && refused.patch.active === true;
  const patch = isStillInactive
    ? { displayName: activeName(base.said.displayName), ...changed, active: true }
    : changed;
  if (!patch) return null;
  const named =
    suffix && patch.displayName
      ? { ...patch, displayName: suffixedName(sent.displayName, customer.id) }
      : patch;
  return {
    patch: { ...named, id: qboCustomerId, syncToken },
    sent,
    overwrites: conflicts.length > 0 ? conflictsText(conflicts) : null,
  };
}

/** A new customer, under a name of our own where the plain one is taken. Pure. */
export function draftFor(
  customer: CrmCustomer,
  { suffix = false }: { suffix?: boolean } = {},
): CustomerDraft {
  const profile = profileOf(customer);
  const displayName = suffix ? suffixedName(profile.displayName, customer.id) : profile.displayName;
  return draftOf({ ...profile, displayName });
}

/** Makes one that was found inactive in QuickBooks active again, by its name, and changes nothing else. Pure. */
export function reactivationOf(customer: CrmCustomer, found: LinkedCustomer): CustomerChange {
  const { id, syncToken, displayName } = found;
  const { sent } = baseOfMatched(customer, profileIn(found));
  return {
    patch: { id, syncToken, active: true, displayName: activeName(displayName) },
    sent,
    overwrites: null,
  };
}
