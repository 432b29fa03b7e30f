import type { InvoiceKey } from './invoice-key.js';

/** `deposit`, `progress payment 2`, `final payment`, `retainage`: what is paid by an invoice, inside a sentence. */
export function paymentName({ kind, sequence }: InvoiceKey): string {
  switch (kind) {
    case 'deposit':
      return 'deposit';
    case 'progress':
      return `progress payment ${sequence}`;
    case 'final':
      return sequence === 1 ? 'final payment' : `final payment ${sequence}`;
    case 'retainage':
      return 'retainage';
    default:
      return kind satisfies never;
  }
}

/** The same at the beginning of a line. */
export function paymentTitle(key: InvoiceKey): string {
  const name = paymentName(key);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The same with its article: `the deposit`, `progress payment 2`. */
export function thePayment(key: InvoiceKey): string {
  return key.kind === 'progress' ? paymentName(key) : `the ${paymentName(key)}`;
}
