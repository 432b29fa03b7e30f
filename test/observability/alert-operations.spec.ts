import { describe, expect, it } from 'vitest';
import { alertText } from '../../src/alerts/alert-text.js';
import type { Incident } from '../../src/alerts/incident.js';
import type { OperationKind } from '../../src/qbo-sync/operations/operation-payloads.js';

const ACME = { orgName: 'Acme', email: null, hasSlack: false, quietHours: null, timeZone: 'UTC' };

/** What an alert calls each kind, of proposal 7 or else of customer 5. */
const NAMES: Record<OperationKind, string> = {
  'customer.create': 'customer 5',
  'customer.update': 'the change of customer 5',
  'customer.currency': 'the record in a foreign currency of customer 5',
  'item.create': 'the product of its invoices',
  'invoice.create': 'the invoice of proposal 7',
  'invoice.void': 'the voiding of the invoice of proposal 7',
  'payment.create': 'the payment for proposal 7',
  'payment.apply': 'the payment on the new invoice of proposal 7',
  'refund.create': 'the refund for proposal 7',
  'credit.create': 'the credit memo for proposal 7',
  'credit.apply': 'the use of the credit memo for proposal 7',
};

function lost(operation: string, name: string): Incident {
  return {
    id: '1',
    orgId: 1,
    kind: 'answer_lost',
    subject: '9',
    facts: { operation, entity_id: 5, proposal_id: name.endsWith('7') ? 7 : null },
    since: new Date('2026-03-02T17:00:00Z'),
    closedAt: null,
    notifiedAt: null,
  };
}

describe('An alert about a lost answer', () => {
  it.each(Object.entries(NAMES))(
    'of %s says in words what it is about, and where to look',
    (operation, name) => {
      const { body } = alertText([lost(operation, name)], ACME);
      expect(body).toContain(`has not answered about ${name} since`);
      const page = / See (\S+)\.$/.exec(body)?.[1] ?? null;
      const isOfCustomer = operation.startsWith('customer.');
      expect(page).toBe(isOfCustomer ? '/why/customers/5' : name.endsWith('7') ? '/why/proposals/7' : null);
    },
  );
});
