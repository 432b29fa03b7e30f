import { describe, expect, it } from 'vitest';
import { stripeEmailOf } from './stripe-email.js';

describe("A customer's e-mail address at Stripe", () => {
  it.each([
    { address: 'ann+roof@example.com', sent: 'ann+roof@example.com' },
    { address: 'ann@exämple.com', sent: 'ann@xn--exmple-cua.com' },
    { address: 'ANN@EXÄMPLE.com', sent: 'ANN@xn--exmple-cua.com' },
    { address: 'josé@example.com', sent: null },
    { address: '"ann ruiz"@example.com', sent: null },
    { address: null, sent: null },
  ])('$address is sent as $sent', ({ address, sent }) => {
    expect(stripeEmailOf(address)).toBe(sent);
  });
});
