import type { SecondFactor } from './second-factors.repository.js';
import type { TotpView } from './totp.dto.js';

/** Shows a second factor, or that there is none, to the person it is of. Pure. */
export function totpView(factor: SecondFactor | null): TotpView {
  return {
    enabled: factor !== null,
    enabled_at: factor?.confirmedAt?.toISOString() ?? null,
    recovery_codes_left: factor?.codesLeft ?? 0,
  };
}
