import { bookLaws } from './book-laws.ts';
import type { Difference, Facts, ReportFacts } from './facts.ts';
import { mailLaws } from './mail-laws.ts';
import { openLaws } from './open-laws.ts';
import { recordLaws } from './record-laws.ts';
import { reportLaws } from './report-laws.ts';
import { signInLaws } from './sign-in-laws.ts';
import { stripeLaws } from './stripe-laws.ts';

/**
 * Everything that the CRM, QuickBooks and Stripe do not agree about, row by row and cent by cent, and that no open item
 * of the inbox accounts for. Knows nothing of how the product decides. Pure.
 */
export function differencesIn(facts: Facts): Difference[] {
  const ofOrganisations = facts.crm.flatMap((crm) => {
    const books = facts.books[crm.org];
    const found = [...(books ? bookLaws(crm, books) : []), ...openLaws(crm), ...recordLaws(crm)];
    return found.map((difference) => ({ ...difference, org: crm.org }));
  });
  return [...stripeLaws(facts), ...ofOrganisations, ...mailLaws(facts), ...signInLaws(facts.signIns)];
}

/** The same between what the product reports, by organisation, and the books. */
export function reportDifferencesIn(
  facts: Facts,
  reports: Readonly<Record<number, ReportFacts>>,
): Difference[] {
  return facts.crm.flatMap((crm) => {
    const [books, reported] = [facts.books[crm.org], reports[crm.org]];
    if (!books || !reported) return [];
    return reportLaws(crm, books, reported).map((difference) => ({ ...difference, org: crm.org }));
  });
}
