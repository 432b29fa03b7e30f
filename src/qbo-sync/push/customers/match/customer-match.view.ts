import type { CustomerMatchView } from './customer-match.dto.js';
import type { CustomerMatch } from './customer-match-state.service.js';

export function customerMatchView({ state, candidates }: CustomerMatch): CustomerMatchView {
  return {
    state,
    candidates: candidates.map(({ customer, score, class: matchClass, evidence }) => ({
      qbo_customer_id: customer.qboId,
      display_name: customer.displayName,
      email: customer.email,
      phone: customer.phone,
      score,
      class: matchClass,
      evidence,
    })),
  };
}
