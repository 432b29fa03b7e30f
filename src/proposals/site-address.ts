/** Where the work is done. QuickBooks counts tax by it. */
export interface SiteAddress {
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
export function siteAddressText({
  line1,
  line2,
  city,
  region,
  postal_code: code,
  country,
}: SiteAddress): string {
  const place = [region, code].filter(Boolean).join(' ');
  return [line1, line2, city, place, country].filter(Boolean).join(', ');
}
