import type { Body } from '../json.ts';
import { dated, requireFields } from './lined.ts';
import type { Rules } from './rule-context.ts';

export const timeRules: Rules = {
  complete(context, draft, before) {
    requireFields(draft, 'NameOf');
    requireFields(draft, draft.NameOf === 'Vendor' ? 'VendorRef' : 'EmployeeRef');
    return { BillableStatus: 'NotBillable', Taxable: false, ...dated(context, draft, before) };
  },
};

/** Records with required fields and no rule beyond them. */
export function recordOnly(needs: string[], defaults: Body = {}): Rules {
  return {
    complete(_context, draft) {
      requireFields(draft, ...needs);
      return { ...defaults, ...draft };
    },
  };
}
