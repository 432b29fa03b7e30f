import type { QboCustomer } from '../../api/model/qbo-objects.js';
import { emailKeys, nameKey, phoneKeys } from './match-keys.js';

/** A customer of QuickBooks as the mirror keeps it, with the keys it is found by. */
export interface MirroredCustomer {
  qboId: string;
  syncToken: string;
  displayName: string;
  companyName: string | null;
  email: string | null;
  phone: string | null;
  active: boolean;
  parentId: string | null;
  /** Null where QuickBooks does not say. */
  currency: string | null;
  /** Of the display name, and of first and last name where they say something else. */
  nameKeys: string[];
  companyKey: string | null;
  emailKeys: string[];
  phoneKeys: string[];
}

export function mirrored(customer: QboCustomer): MirroredCustomer {
  const { id, givenName, familyName, otherPhones, ...facts } = customer;
  const { syncToken, displayName, companyName, email, phone, active, parentId, currency } = facts;
  const person = [givenName, familyName].filter((name) => name !== null).join(' ');
  const names = [displayName, ...(givenName && familyName ? [person] : [])].map(nameKey);
  return {
    qboId: id,
    syncToken,
    displayName,
    companyName,
    email,
    phone,
    active,
    parentId,
    currency,
    nameKeys: [...new Set(names.filter((key) => key !== ''))],
    companyKey: companyName === null ? null : nameKey(companyName) || null,
    emailKeys: emailKeys(email),
    phoneKeys: phoneKeys([phone, ...otherPhones]),
  };
}
