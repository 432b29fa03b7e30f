/** What decides whether a consented company may become an organisation's company. */
export interface ConnectionChoice {
  orgId: number;
  realmId: string;
  /** The company the organisation has or had. */
  before: { realmId: string; hasLinks: boolean } | null;
  /** The organisation that holds the consented company. */
  holder: number | null;
  /** The person asked for another company in so many words. */
  replaceCompany: boolean;
}

export type ConnectionVerdict = 'connect' | 'taken' | 'other_company';

/**
 * One company belongs to one organisation. The same company may always be connected again; another one only where
 * nothing hangs on the company before, or where the person chose it: links to the old one would otherwise seem to
 * point into the new one.
 */
export function judgeConnection({
  orgId,
  realmId,
  before,
  holder,
  replaceCompany,
}: ConnectionChoice): ConnectionVerdict {
  if (holder !== null && holder !== orgId) return 'taken';
  if (before === null || before.realmId === realmId) return 'connect';
  return replaceCompany || !before.hasLinks ? 'connect' : 'other_company';
}
