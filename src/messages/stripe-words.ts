/** What Stripe calls an early question of the bank, which takes no money yet. */
const INQUIRY = /^warning_/;

/** A code of Stripe's, such as `product_not_received`, in the words of a sentence; anything else as it is. Pure. */
export function stripeWords(code: string): string {
  if (!/^[a-z]+(?:_[a-z]+)*$/.test(code)) return code;
  return code.replace(INQUIRY, 'inquiry, ').replaceAll('_', ' ');
}
