/** Where somebody is to be found: a customer's invoices go there, or the work is done there. */
export interface PostalAddress {
  line1: string;
  line2?: string | null;
  city?: string | null;
  /** State or province, as people write it: `CO`. */
  region?: string | null;
  postal_code?: string | null;
  /** ISO 3166, two letters. */
  country?: string | null;
}

/** As people read it, in one line. Pure. */
export function postalAddressText({
  line1,
  line2,
  city,
  region,
  postal_code: code,
  country,
}: PostalAddress): string {
  const place = [region, code].filter(Boolean).join(' ');
  return [line1, line2, city, place, country].filter(Boolean).join(', ');
}

/** A copy without a class, as it is stored. */
export function plainAddress(address: PostalAddress | null): PostalAddress | null {
  return address && { ...address };
}
