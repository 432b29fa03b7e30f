import { describe, expect, it } from 'vitest';
import { DEPOSIT, type NamedKey } from './invoice-key.js';
import { paymentName, paymentTitle, thePayment, yourPayment } from './payment-name.js';

const key = (kind: NamedKey['kind'], sequence = 1): NamedKey => ({ kind, sequence, change: null });
const CHANGE: NamedKey = {
  kind: 'progress',
  sequence: 3,
  change: { number: 2, description: 'Two skylights' },
};

describe('What is paid', () => {
  it.each([
    [DEPOSIT, 'Deposit', 'the deposit', 'Your deposit', 'deposit'],
    [
      key('progress', 2),
      'Progress payment 2',
      'progress payment 2',
      'Progress payment 2',
      'progress payment 2',
    ],
    [key('final'), 'Final payment', 'the final payment', 'Your final payment', 'final payment'],
    [key('retainage'), 'Retainage', 'the retainage', 'Your retainage', 'retainage'],
    [
      CHANGE,
      'Change order 2: Two skylights',
      'change order 2',
      'Change order 2',
      'payment for change order 2',
    ],
  ])(
    '%j is called by its entry, or by the change order that the entry bills',
    (of, title, the, your, name) => {
      expect([paymentTitle(of), thePayment(of), yourPayment(of), paymentName(of)]).toEqual([
        title,
        the,
        your,
        name,
      ]);
    },
  );
});
