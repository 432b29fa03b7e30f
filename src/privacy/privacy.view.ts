import type { Erasure } from './customer-privacy.service.js';
import { PERSONAL_DATA } from './personal-data.js';
import type { ErasureView } from './privacy.dto.js';

/** Says what was erased, what is kept and why, and what is left to do elsewhere. Pure. */
export function erasureView({ customerId, erasedAt, qboCustomerId, realmId }: Erasure): ErasureView {
  const rules = Object.values(PERSONAL_DATA);
  const company = realmId === null ? 'the QuickBooks company' : `the QuickBooks company ${realmId}`;
  return {
    customer_id: customerId,
    erased_at: erasedAt.toISOString(),
    erased: rules.flatMap((rule) => (rule.holds === 'erased' ? [rule.what] : [])),
    kept: rules.flatMap((rule) =>
      rule.holds === 'kept' ? [{ what: rule.what, because: rule.because }] : [],
    ),
    next_steps: [
      ...(qboCustomerId === null
        ? []
        : [
            `Customer ${qboCustomerId} of ${company} still has name, e-mail and phone, and so have its documents: ` +
              'change it there.',
          ]),
      'Stripe keeps what it knows of whoever paid: ask for its redaction in the Dashboard.',
      'Backups hold the data until they are deleted.',
    ],
  };
}
