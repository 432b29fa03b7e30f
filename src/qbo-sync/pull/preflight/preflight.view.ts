import type { PreflightView } from './preflight.dto.js';
import type { Preflight } from './preflights.repository.js';

export function preflightView(preflight: Preflight | null): PreflightView {
  return {
    checked_at: preflight?.checkedAt ?? null,
    reads: preflight?.reads ?? 0,
    checks: (preflight?.checks ?? []).map(({ code, ok, severity, found, nextStep }) => ({
      code,
      ok,
      severity,
      found,
      next_step: nextStep,
    })),
  };
}
