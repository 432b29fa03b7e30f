/**
 * `block`: invoices will fail until it is mended. `warn`: they can come out other than expected. `info`: good to know.
 */
export const PREFLIGHT_SEVERITIES = ['block', 'warn', 'info'] as const;
export type PreflightSeverity = (typeof PREFLIGHT_SEVERITIES)[number];

/** One thing that was looked at in the connected company before its books are written to. */
export interface PreflightCheck {
  /** Stable, for programs. */
  code: PreflightCode;
  ok: boolean;
  severity: PreflightSeverity;
  /** What QuickBooks says, as a clause. */
  found: string;
  /** What a bookkeeper does next, as a sentence; null where nothing is to be done. */
  nextStep: string | null;
}

export const PREFLIGHT_CODES = [
  'rights',
  'subscription',
  'plan',
  'income_account',
  'chart_of_accounts',
  'deposit_mode',
  'deposit_item',
  'currencies',
  'tax',
  'tax_codes',
  'document_numbers',
  'automatic_application',
  'closing_date',
  'classes',
  'locations',
  'terms',
  'sales_forms',
  'cost_tracking',
  'reports',
] as const;
export type PreflightCode = (typeof PREFLIGHT_CODES)[number];

/** A check that found what is wanted. */
export function passed(code: PreflightCode, severity: PreflightSeverity, found: string): PreflightCheck {
  return { code, ok: true, severity, found, nextStep: null };
}

/** A check that did not. */
export function failed(
  code: PreflightCode,
  severity: PreflightSeverity,
  found: string,
  nextStep: string,
): PreflightCheck {
  return { code, ok: false, severity, found, nextStep };
}
