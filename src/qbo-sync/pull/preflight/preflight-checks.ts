import { accountChecks } from './account-checks.js';
import { companyChecks } from './company-checks.js';
import { preferenceChecks } from './preference-checks.js';
import { PREFLIGHT_CODES, type PreflightCheck } from './preflight-check.js';
import type { PreflightFacts } from './preflight-facts.js';
import { taxChecks } from './tax-checks.js';

/** Everything that is looked at before the books of a company are written to, in one order. Pure and total. */
export function preflightChecks(facts: PreflightFacts): PreflightCheck[] {
  const checks = [
    ...companyChecks(facts),
    ...accountChecks(facts),
    ...preferenceChecks(facts),
    ...taxChecks(facts),
  ];
  return checks.toSorted(
    (one, other) => PREFLIGHT_CODES.indexOf(one.code) - PREFLIGHT_CODES.indexOf(other.code),
  );
}
